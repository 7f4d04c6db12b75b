"""Rules about what lasts from one command to the next, and what does not."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import (
    Command,
    commands,
    is_alone,
    note,
    scripts,
    shown,
    simples,
    warning,
)
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem

WAITS = (("wait",), ("jobs",), ("fg",), ("kill", "%1"))
SOURCED = {
    "nvm": r"nvm\.sh|\.bashrc|\.bash_profile|\.profile\b|\.nvm\b",
    "deactivate": r"bin/activate",
    "sdk": r"sdkman-init",
}
"""Functions of files that builds source, and how a text tells that it sources one."""


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


def lb309_function_is_gone(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: measured; functions are not variables, and only those reach the next command."""
    if any("BASH_ENV" in command.value for _, command in commands(buildspec)):
        return
    known = {name: command for command in scripts(buildspec) for name in command.script.functions}
    told: set[str] = set()
    for command, simple in simples(buildspec):
        name, text = simple.name, command.text.value
        if name in told or name in command.script.functions:
            continue
        if name in known or (name in SOURCED and _is_sourced_elsewhere(name, text, buildspec)):
            told.add(name)
            message = f"'{name}' is a function of another command, and is gone with that"
            hint = "define and call it in one block: - |"
            yield warning("LB309", message, command.place(simple), hint)


def _is_sourced_elsewhere(name: str, text: str, buildspec: Buildspec) -> bool:
    pattern = SOURCED[name]
    if re.search(pattern, text):
        return False
    return any(re.search(pattern, command.value) for _, command in commands(buildspec))


def lb310_waits_for_another(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: measured; each command has a shell of its own, whose children are its own."""
    for command in scripts(buildspec):
        parts = command.script.commands
        starts = any(simple.background for simple in parts)
        for simple in () if starts else parts:
            if simple.argv[:2] in WAITS or "$!" in simple.words:
                message = f"'{shown(simple)}' knows nothing of what another command has started"
                hint = "start and wait in one block, or keep the number: nohup … & echo $! > pid"
                yield warning("LB310", message, command.place(simple), hint)


def lb313_directory_lasts(buildspec: Buildspec) -> Iterator[Problem]:
    """The same relative `cd` twice. Source: user guide: version 0.2 keeps the directory."""
    if buildspec.version == "0.1":
        return
    here: list[str] | None = []
    worked = False
    for command, simple in simples(buildspec):
        if simple.name in ("pushd", "popd") or (simple.name == "cd" and not _is_plain(simple.argv)):
            here, worked = _root(simple.argv), False
        elif simple.name != "cd":
            worked = True
        elif simple.inside or simple.guarded:
            here = None if "(" not in simple.inside else here
        elif here is not None:
            parts = _parts(simple.argv[1])
            if worked and here and here[-len(parts) :] == parts:
                yield _twice(command, here, parts)
                return
            here, worked = [*here, *parts], False


def _twice(command: Command, here: list[str], parts: list[str]) -> Problem:
    where = "/".join([*here, *parts])
    message = f"the directory lasts: this is 'cd {where}', seen from the source"
    hint = f'say where from: cd "$CODEBUILD_SRC_DIR/{"/".join(here)}"'
    return warning("LB313", message, command.place(), hint)


def _is_plain(argv: tuple[str, ...]) -> bool:
    return (
        len(argv) == 2
        and re.fullmatch(r"(\./)?[\w.-]+(/[\w.-]+)*/?", argv[1]) is not None
        and (".." not in argv[1].split("/") and argv[1] not in ("-", "."))
    )


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _root(argv: tuple[str, ...]) -> list[str] | None:
    """The source's root where that is where it goes, None for anywhere else."""
    return [] if argv[1:] in (("$CODEBUILD_SRC_DIR",), ("${CODEBUILD_SRC_DIR}",)) else None


def lb218_version_01(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, versions: 0.2 is recommended."""
    if buildspec.version == "0.1":
        message = "version 0.1 forgets directory and variables after each command"
        yield note("LB218", message, buildspec.place, "version: 0.2")
