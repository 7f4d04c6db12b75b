"""A version of a directory's own repository, checked out elsewhere: the directory stays."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from localbuild.errors import SourceError
from localbuild.sources.places import GitRepository
from localbuild.sources.processes import FetchingGit, Git, GitAnswer

_REFERENCE = "reference not found"
_OURS = ("refs/heads/", "refs/tags/")


def is_in_repository(path: Path, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a directory is in the working tree of a git repository.

    Where no git can say so, a `.git` there or above it does.
    """
    answer = Git(environment=environment).ask(
        os.fsencode(path), ("rev-parse", "--is-inside-work-tree")
    )
    if answer.did_not_run:
        return any((folder / ".git").exists() for folder in (path, *path.parents))
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

    `version` is whatever git takes for a commit. `check` raises where the work must end. Raises
    SourceError, also where the version has no such folder.
    """
    reader = _Reader(path, environment)
    commit = reader.commit(version)
    if not commit:
        raise SourceError(_REFERENCE)
    fetcher = FetchingGit(check=check, environment=environment)

    def do(*arguments: str) -> None:
        answer = fetcher.ask(os.fsencode(into), arguments)
        if answer.problem:
            raise SourceError(answer.problem.removeprefix("fatal: "))

    do("init", "--quiet", "--template=", f"--object-format={reader.object_format}", ".")
    do("remote", "add", "origin", reader.origin)
    borrowed = _borrow(reader, into / ".git")
    do("checkout", "--quiet", "--detach", commit, "--")
    do("repack", "--quiet", "-a", "-d")
    borrowed.unlink()
    found = (into / reader.inside).resolve()
    if not found.is_dir() or not found.is_relative_to(into.resolve()):
        raise SourceError(f"{_REFERENCE}: {version} has no folder {reader.inside}")
    return found, commit


def _borrow(reader: "_Reader", git_folder: Path) -> Path:
    """Let a new repository see another one's objects and references; the file that does so.

    Not a fetch: git serves nobody a repository that belongs to another user, as a checkout in a CI
    does.
    """
    (git_folder / "packed-refs").write_bytes(reader.references)
    if reader.shallow.exists():
        shutil.copyfile(reader.shallow, git_folder / "shallow")
    alternates = git_folder / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_bytes(os.fsencode(reader.objects) + b"\n")
    return alternates


class _Reader:
    """What git says of the repository around a directory."""

    def __init__(self, path: Path, environment: Mapping[str, str] | None) -> None:
        self._path = path
        self._git = Git(environment=environment)
        self.inside = self._line("rev-parse", "--show-prefix")
        self.object_format = self._line("rev-parse", "--show-object-format") or "sha1"
        self.objects = path / self._line("rev-parse", "--git-path", "objects")
        self.shallow = path / self._line("rev-parse", "--git-path", "shallow")
        origin = GitRepository(url=self._line("config", "remote.origin.url")).shown
        self.origin = origin or self._line("rev-parse", "--show-toplevel")

    def commit(self, version: str) -> str:
        """The commit of a version, '' where there is none. Raises SourceError without git."""
        name = f"{version}^{{commit}}"
        answer = self._ask("rev-parse", "--quiet", "--verify", "--end-of-options", name)
        if answer.did_not_run:
            raise SourceError(answer.problem)
        return os.fsdecode(answer.output).removesuffix("\n")

    @property
    def references(self) -> bytes:
        """Branches and tags as a clone has them, in the words of a file `packed-refs`."""
        listing = self._ask("for-each-ref", "--format=%(objectname) %(refname)", *_OURS).output
        return listing.replace(b" refs/heads/", b" refs/remotes/origin/")

    def _line(self, *arguments: str) -> str:
        return os.fsdecode(self._ask(*arguments).output).removesuffix("\n")

    def _ask(self, *arguments: str) -> GitAnswer:
        return self._git.ask(os.fsencode(self._path), arguments)
