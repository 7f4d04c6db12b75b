"""Whether a buildspec is for Linux: the rules about shells have nothing to say of another one."""

import re

from localbuild.buildspec.lint.commands import commands
from localbuild.buildspec.model import Buildspec

WINDOWS = re.compile(
    r"^\s*(Get|Set|New|Remove|Invoke|Write|Start|Stop|Test|Copy|Move|Install|Import|Out|Expand)-[A-Z]"
    r"[a-z]+"
    r"|^\s*\$[Ee]nv:|^\s*(choco|xcopy|robocopy|msbuild\.exe)\s"
    r"|^\s*(if not exist|if exist|setx)\s"
    r"|(^|\s)[A-Za-z]:\\\w"
    r"|%[A-Z_]{3,}%|^\s*& ?[\"'\w]",
    re.MULTILINE,
)


def looks_like_windows(command: str) -> bool:
    """Whether a command is of PowerShell or of cmd.exe."""
    return WINDOWS.search(command[:2000]) is not None


def is_for_windows(buildspec: Buildspec) -> bool:
    """Whether any of its commands is for Windows, and nothing says that it is for Linux."""
    if buildspec.env.shell is not None:
        return False
    return any(looks_like_windows(command.value) for _, command in commands(buildspec))


def has_bash(buildspec: Buildspec) -> bool:
    """Whether its commands are run by bash for sure."""
    shell = buildspec.env.shell
    return shell is not None and "bash" in shell.value
