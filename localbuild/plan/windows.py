"""Builds for Windows, recognised before anything is started: nothing of them can run here."""

import re
from dataclasses import replace

from localbuild.buildspec.model import Buildspec
from localbuild.errors import BuildspecError, Problem, Severity

WINDOWS_IMAGES = (
    "aws/codebuild/windows-",
    "mcr.microsoft.com/windows",
    "mcr.microsoft.com/dotnet/framework",
)
WINDOWS_TYPE = "WINDOWS_"

_MESSAGE = "this buildspec is for Windows, and only Linux builds run here"
_HINTS = ("if it is for Linux, name the shell:   env: / shell: bash",)

_ONLY_WINDOWS = re.compile(
    r"\s*(?:&\s*)?(?:"
    r"\$(?i:env):\w"
    r"|[\"']?[A-Za-z]:\\"
    r"|(?:powershell|cmd)(?:\.exe)?\s+[-/]"
    r"|(?:choco|xcopy|robocopy|setx)(?:\.exe)?\s"
    r"|[A-Za-z][\w-]*\.exe(?:\s|$)"
    r"|if (?:not )?exist\s"
    r"|(?:Add|Compress|Copy|Expand|Get|Import|Install|Invoke|Move|New|Out|Push|Remove|Rename|Set"
    r"|Start|Stop|Test|Write)-[A-Z][A-Za-z]+(?:\s|$)"
    r")"
)
"""How a command begins that no shell of Linux can run. pwsh is not among them: images have it."""

_ONLY_LINUX = re.compile(
    r"\s*(?:export\s+\w+=|\w+=\S*\s*$|\[{1,2}\s|if\s+\[|(?:sudo|apt-get|apt|apk|yum|dnf|bash|sh"
    r"|chmod|source)\s|/(?:bin|usr|opt|root|codebuild)/|\./(?!\S+\.(?:ps1|exe|cmd|bat)))"
)
"""How a command begins that no shell of Windows can run."""


def refuse_windows(spec: Buildspec, file: str) -> None:
    """Raises BuildspecError where commands are for Windows alone and none is for Linux alone.

    Who names a shell of Linux has said what it is for.
    """
    if spec.env.shell is not None:
        return
    commands = [t for phase in spec.phases for t in (*phase.commands, *phase.finally_)]
    first = next((c for c in commands if _ONLY_WINDOWS.match(c.value)), None)
    if first is None or any(_ONLY_LINUX.match(command.value) for command in commands):
        return
    problem = Problem(
        severity=Severity.ERROR,
        code="LB209",
        message=_MESSAGE,
        place=replace(first.place, file=file),
        hints=_HINTS,
    )
    raise BuildspecError(_MESSAGE, problems=(problem,), hints=_HINTS)


def is_windows_image(reference: str) -> bool:
    """Whether an image needs a Windows host, as far as its name says."""
    return reference.startswith(WINDOWS_IMAGES)
