"""The rule about artifacts and reports that nothing makes; it has to know the source's files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localbuild.buildspec.lint.commands import all_simples, commands, warning
from localbuild.buildspec.lint.tools import plain
from localbuild.buildspec.model import Buildspec, Text
from localbuild.buildspec.sh.model import Simple
from localbuild.errors import Problem

MAKES_NOTHING = frozenset(
    (
        *("echo", "printf", "cd", "pwd", "ls", "cat", "export", "set", "unset", "true"),
        *(":", "test", "[", "date", "env", "printenv", "whoami", "which", "command", "id"),
        *("uname", "sleep", "exit", "read", "if", "grep", "head", "tail", "wc", "cut"),
        *("sort", "type", "hostname", "df", "free", "ps", "kubectl", "apt-get", "apt"),
        *("yum", "dnf", "apk", "chmod"),
    )
)
OF_DOCKER = ("build", "push", "pull", "tag", "login", "images", "info", "version", "ps", "image")
OF_AWS = ("ecr", "ecs", "sts", "lambda", "cloudfront", "ssm", "configure", "eks", "--version")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """The names right below each folder that may be the source's root."""

    names: frozenset[str]


def lb213_nothing_makes(buildspec: Buildspec, tree: SourceTree) -> Iterator[Problem]:
    """Only where every command is known to make no file that it does not name."""
    if buildspec.version == "0.1" or not all(_makes_nothing(s) for _, s in all_simples(buildspec)):
        return
    texts = "\n".join(command.value for _, command in commands(buildspec))
    for wanted, what in _wanted(buildspec):
        top = _top(wanted.value)
        if top and top not in tree.names and top not in texts:
            message = (
                f"{what} wants '{wanted.value}', which is not in the source, and nothing makes it"
            )
            yield warning("LB213", message, wanted.place)


def _wanted(buildspec: Buildspec) -> Iterator[tuple[Text, str]]:
    for artifacts in (buildspec.artifacts, *buildspec.secondary_artifacts):
        if artifacts is not None and artifacts.base_directory is not None:
            yield artifacts.base_directory, "artifacts"
        elif artifacts is not None:
            yield from ((file, "artifacts") for file in artifacts.files)
    for report in buildspec.reports:
        what = f"report group '{report.name.value}'"
        if report.base_directory is not None:
            yield report.base_directory, what
        else:
            yield from ((file, what) for file in report.files)


def _top(path: str) -> str:
    """The first part of a relative path without patterns and variables, '' for any other."""
    first = re.sub(r"^(\./)+", "", path).split("/")[0]
    return "" if not first or re.search(r"[*?$\[{~]|^\.\.?$", first) else first


def _makes_nothing(simple: Simple) -> bool:
    """Whether it makes no files at all but those that it names."""
    argv = plain(simple.argv)
    if not argv:
        return True
    if argv[0] == "docker":
        made = any(word in ("-v", "--volume", "--output", "-o", "--mount") for word in argv)
        return not made and argv[1:2] != () and argv[1] in OF_DOCKER
    if argv[0] == "aws":
        return len(argv) > 1 and argv[1] in OF_AWS
    if argv[0] in ("pip", "pip3"):
        return "-r" not in argv and "." not in argv and "-t" not in argv
    return argv[0] in MAKES_NOTHING
