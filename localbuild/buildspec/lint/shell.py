"""Rules about commands: what does not carry over, what sh does not know, what is for Windows."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import commands, is_alone, warning
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem

BASH_ONLY: tuple[tuple[str, str], ...] = (
    ("[[", r"(^|[\s;&|(!])\[\[\s"),
    ("source", r"(^|[;&|(]\s*|\bthen\s+|\bdo\s+)source\s"),
    ("<<<", r"<<<"),
    ("pipefail", r"(^|[;&|]\s*)set\s+(-\w+\s+)*-\w*o\s+pipefail"),
    ("<( )", r"\s<\("),
    ("declare", r"(^|[;&|]\s*)declare\s"),
    ("${x,,}", r"\$\{\w+(,,?|\^\^?)\}"),
    ("array=( )", r"(^|[\s;])\w+=\("),
)
WINDOWS = (
    r"^\s*(Get|Set|New|Remove|Invoke|Write|Start|Stop|Test|Copy|Move|Install|Import|Out|Expand)-[A-Z]"
    r"[a-z]+"
    r"|^\s*\$[Ee]nv:|^\s*(choco|xcopy|robocopy|msbuild\.exe)\s"
    r"|^\s*(if not exist|if exist|setx)\s"
    r"|(^|\s)[A-Za-z]:\\\w"
    r"|%[A-Z_]{3,}%"
)


def lb209_windows_command(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for a file: the first such command stands for all."""
    for _, command in commands(buildspec):
        if re.search(WINDOWS, command.value[:2000], re.MULTILINE):
            message = "this command looks as if it were for Windows"
            yield warning("LB209", message, command.place, "only Linux builds run here")
            return


def lb301_state_of_version_01(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, versions: 0.1 runs each command in a shell of its own."""
    if buildspec.version != "0.1":
        return
    for _, command in commands(buildspec):
        found = re.match(r"\s*(cd|pushd|export|source|\.)\s|\s*[A-Za-z_]\w*=\S*\s*$", command.value)
        if found and is_alone(command.value):
            what = (found[1] or "an assignment").strip()
            message = f"in version 0.1 {what} does not reach the next command"
            yield warning("LB301", message, command.place, "use version 0.2, or join with &&")


def lb302_option_alone(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: measured; each command is run by a new shell that gets directory and variables."""
    for _, command in commands(buildspec):
        found = re.match(r"\s*(set\s+[-+]|(?:shopt|alias|trap)\s)", command.value)
        if found and is_alone(command.value):
            what = found[1].split()[0]
            message = f"'{what}' lasts for this command only, the next one runs without it"
            hint = "put it into one block with the commands it is for: - |"
            yield warning("LB302", message, command.place, hint)


def lb303_bash_in_sh(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for each construct: the first command that has it stands for all.

    Source: shells and commands in build environments; the default shell of Linux is sh.
    """
    shell = buildspec.env.shell
    if shell is not None and "bash" in shell.value:
        return
    told: set[str] = set()
    for _, command in commands(buildspec):
        text = _outside_quotes(command.value)
        for name, pattern in BASH_ONLY:
            if name not in told and re.search(pattern, text, re.MULTILINE):
                told.add(name)
                message = f"'{name}' is known to bash, not to every sh"
                yield warning("LB303", message, command.place, "set the shell: env: / shell: bash")


def _outside_quotes(text: str) -> str:
    """A command without what another program is given: quoted text, here-documents, bash -c."""
    if re.match(r"\s*(sudo\s+)?(/bin/)?bash\s", text):
        return ""
    return re.sub(r"'[^']*'", "''", "\n".join(_without_here_documents(text)))


def _without_here_documents(text: str) -> Iterator[str]:
    end = ""
    for line in text.split("\n"):
        if end:
            end = "" if line.strip() == end else end
            continue
        yield line
        found = re.search(r"(?<!<)<<-?\s*['\"]?(\w+)", line)
        end = found[1] if found else ""
