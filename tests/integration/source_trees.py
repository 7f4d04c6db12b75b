"""Trees and repositories for the tests of sources, made by real git."""

import os
import stat
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from localbuild.sources.directory import DirectorySource
from tests.contracts.source_contract import members_of

_SETTINGS = (
    *("-c", "init.defaultBranch=main"),
    *("-c", "user.name=Nobody"),
    *("-c", "user.email=nobody@example.com"),
    *("-c", "protocol.file.allow=always"),
    *("-c", "commit.gpgsign=false"),
)


class Repository:
    """A git repository; HOME is of its own, so that no setting of the machine counts."""

    def __init__(self, path: Path, home: Path) -> None:
        self.path = path
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q")

    def git(self, *arguments: str) -> str:
        command = ["git", *_SETTINGS, *arguments]
        done = subprocess.run(
            command, cwd=self.path, env=self.environment, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        """Commit everything that git does not ignore; the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")

    def source(self, below: str = ".") -> DirectorySource:
        return DirectorySource(self.path / below, environment=self.environment)


def chosen(source: DirectorySource) -> set[str]:
    """The names of all copied files and links but those in `.git` directories."""
    members = members_of(source.open_archive())
    return {n for n, m in members.items() if not m.isdir() and ".git/" not in n}


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything about a tree that must not change; `root` itself is ''."""
    found: dict[str, tuple[object, ...]] = {"": _facts(root)}
    for path in root.rglob("*"):
        found[str(path.relative_to(root))] = _facts(path)
    return found


def _facts(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = ""
    if stat.S_ISLNK(status.st_mode):
        content = os.fsdecode(path.readlink())
    elif stat.S_ISREG(status.st_mode):
        content = sha256(path.read_bytes()).hexdigest()
    return status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, content
