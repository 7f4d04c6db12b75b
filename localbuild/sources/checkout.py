"""A version of a directory's own repository, checked out elsewhere: the directory stays."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from localbuild.ports.source import SourceError
from localbuild.sources.git import remove_credentials
from localbuild.sources.processes import FetchingGit, Git, GitAnswer

_REFERENCE = "reference not found"


def is_in_repository(path: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a directory is in the working tree of a git repository."""
    answer = Git(environment=environment).ask(
        os.fsencode(path), ("rev-parse", "--is-inside-work-tree")
    )
    return answer.output.strip() == b"true"


def check_out(
    path: Path,
    version: str,
    into: Path,
    check: Callable[[], None],
    environment: Mapping[str, str] | None = None,
) -> tuple[Path, str]:
    """Check out a version of the repository around `path`; the folder that is `path` there, and
    the commit.

    `version` is whatever git takes for a commit. Raises SourceError, also where the version has no
    such folder.
    """
    reader = Git(environment=environment)
    root = os.fsencode(path)
    commit = _line(
        reader.ask(
            root, ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{version}^{{commit}}")
        )
    )
    if not commit:
        raise SourceError(_REFERENCE)
    top = _line(reader.ask(root, ("rev-parse", "--show-toplevel")))
    inside = _line(reader.ask(root, ("rev-parse", "--show-prefix")))
    fetcher = FetchingGit(check=check, environment=environment)
    origin = remove_credentials(_line(reader.ask(root, ("config", "remote.origin.url"))))
    for arguments in _steps(top, origin, commit):
        answer = fetcher.ask(os.fsencode(into), arguments)
        if answer.problem:
            raise SourceError(answer.problem.removeprefix("fatal: "))
    found = (into / inside).resolve()
    if not found.is_dir() or not found.is_relative_to(into.resolve()):
        raise SourceError(f"{_REFERENCE}: {version} has no folder {inside}")
    return found, commit


def _steps(top: str, origin: str, commit: str) -> tuple[tuple[str, ...], ...]:
    """All branches and tags as a clone has them; the commit by itself where none leads to it."""
    specs = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", commit)
    quiet = ("--quiet", "--no-tags", "--update-shallow")
    return (
        ("init", "--quiet", "--template=", "."),
        ("remote", "add", "origin", origin or top),
        ("fetch", *quiet, "--", top, *specs),
        ("checkout", "--quiet", "--detach", commit, "--"),
    )


def _line(answer: GitAnswer) -> str:
    return os.fsdecode(answer.output).removesuffix("\n")
