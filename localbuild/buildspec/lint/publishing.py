"""Rules about work that is done although the build has failed: `post_build`, `finally`."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import Command, scripts, shown, simples, warning
from localbuild.buildspec.lint.tools import Purpose, plain, purpose
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.sh.model import Simple
from localbuild.errors import Problem
from localbuild.terms import OnFailureAction, PhaseType

LOOKS = "CODEBUILD_BUILD_SUCCEEDING"
HARMLESS = (
    "echo",
    "printf",
    "cd",
    "export",
    "ls",
    "pwd",
    "date",
    "set",
    "true",
    ":",
    "cat",
    "exit",
)
FALSE_VALUES = re.compile(r"(?i)true|false|yes|no|succeeded|failed|success|fail|succeeding")
IN_TEST = re.compile(r"^\[\[\s|^(\[|test)$")


def lb211_publishes_a_failed_build(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for a file: the first such command stands for all.

    Source: user guide, build phase transitions: POST_BUILD runs after a failed BUILD, too.
    """
    if not _can_fail(buildspec):
        return
    for command in scripts(buildspec):
        if command.last or command.phase.type is not PhaseType.POST_BUILD:
            continue
        if LOOKS in command.text.value or _runs_something_unknown(command):
            return
        for simple in command.script.commands:
            if purpose(simple.argv) is Purpose.PUBLISH and not _is_of_docker(simple, buildspec):
                message = f"'{shown(simple)}' runs after a failed build, too"
                hint = (
                    f'ask before: if [ "${LOOKS}" = 1 ]; then …; fi   or build: on-failure: ABORT'
                )
                yield warning("LB211", message, command.place(simple), hint)
                return


def _can_fail(buildspec: Buildspec) -> bool:
    """Whether there is a BUILD with work in it whose failure leads on to POST_BUILD."""
    build = buildspec.phase(PhaseType.BUILD)
    if build is None or (build.on_failure and build.on_failure.action is OnFailureAction.ABORT):
        return False
    found = (s for c, s in simples(buildspec) if c.phase.type is PhaseType.BUILD and s.words)
    return any(simple.name not in HARMLESS for simple in found)


def _runs_something_unknown(command: Command) -> bool:
    """A check of one's own that ends the phase: `./stop-if-failed.sh`."""
    text = command.text.value
    return bool(re.search(r"(?i)exit\b", text) and "$" in text) or any(
        re.search(r"(?i)(check|verify|assert|abort|fail)\S*\.(sh|py)$", word)
        for simple in command.script.commands
        for word in simple.argv[:2]
    )


def _is_of_docker(simple: Simple, buildspec: Buildspec) -> bool:
    """An image that BUILD did not build cannot be pushed, so nothing wrong gets out.

    Unless BUILD goes on after it: with tests, say.
    """
    if plain(simple.argv)[:2] != ("docker", "push"):
        return False
    last = ""
    for command, other in simples(buildspec):
        if command.phase.type is PhaseType.BUILD and other.name not in HARMLESS:
            last = " ".join(plain(other.argv)[:2])
    built = any(plain(s.argv)[:2] == ("docker", "build") for _, s in simples(buildspec))
    return not built or last in ("docker build", "docker tag", "docker images", "docker push")


def lb212_never_true(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: user guide, environment variables: CODEBUILD_BUILD_SUCCEEDING is 0 or 1."""
    for command, simple in simples(buildspec):
        if simple.name.strip('"') in (f"${LOOKS}", f"${{{LOOKS}}}"):
            message = f"{LOOKS} is 0 or 1, no command"
            yield warning("LB212", message, command.place(simple), f'[ "${LOOKS}" = 1 ]')
        elif IN_TEST.match(simple.name) and (value := _compared(simple)):
            message = f"{LOOKS} is 0 or 1, never '{value}'"
            yield warning("LB212", message, command.place(simple), f'[ "${LOOKS}" = 1 ]')
        elif _is_always_true(simple):
            message = f"this is always true: {LOOKS} is 0 or 1, and neither is empty"
            yield warning("LB212", message, command.place(simple), f'[ "${LOOKS}" = 1 ]')


def _is_always_true(simple: Simple) -> bool:
    """`[ $X ]`, `test -n "$X"`."""
    words = [word for word in simple.argv[1:] if word != "]"]
    is_test = simple.name in ("[", "test") and words[-1:] in ([f"${LOOKS}"], [f"${{{LOOKS}}}"])
    return is_test and words[:-1] in ([], ["-n"])


def _compared(simple: Simple) -> str:
    """The word that the variable is compared with, where it never has it."""
    words = simple.name.split() if simple.name.startswith("[[") else list(simple.argv)
    for number, word in enumerate(words[:-2]):
        other = words[number + 2].strip("\"'")
        is_compared = words[number + 1] in ("=", "==", "!=", "-eq", "-ne")
        if LOOKS in word and is_compared and FALSE_VALUES.fullmatch(other):
            return other
    return ""
