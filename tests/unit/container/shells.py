"""The helper commands on this machine, in the shells that images have as their sh."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localbuild.container.helpers import GLOBS_FILE, helper_files
from localbuild.plan.environment import HELPERS_DIR
from localbuild.plan.script import STATE_DIR
from tests.contracts.busybox import busybox_program

SHELLS = ("dash", "bash", "busybox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a call of a helper came to."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on stdout."""
        return self.out.splitlines()


class Helpers:
    """The helpers in a folder of the test's own, and a tree `source` to call them in."""

    def __init__(self, folder: Path, shell: str, session: str = "") -> None:
        self.bin = folder / "bin"
        self.source = folder / "source"
        self.state = folder / "state"
        for made in (self.bin, self.source, self.state):
            made.mkdir()
        self._words = _words(shell)
        self._path = f"{self.bin}:{_programs(folder, shell)}"
        moved = {GLOBS_FILE: str(folder / "globs.sh"), STATE_DIR: str(self.state)}
        for path, text, mode in helper_files(session):
            for old, new in {**moved, HELPERS_DIR: str(self.bin)}.items():
                path, text = path.replace(old, new), text.replace(old, new)
            Path(path).write_text(text)
            Path(path).chmod(mode)

    def write(self, *names: str) -> None:
        """Make files in the tree."""
        for name in names:
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    def start(
        self, name: str, *words: str, environ: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Call a helper and do not wait for it."""
        return subprocess.Popen(
            [*self._words, str(self.bin / name), *map(os.fsencode, words)],
            cwd=self.source,
            env={"PATH": self._path, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def call(self, name: str, *words: str, environ: Mapping[str, str] | None = None) -> Called:
        """Call a helper in the tree."""
        with self.start(name, *words, environ=environ) as process:
            out, err = (data.decode(errors="surrogateescape") for data in process.communicate())
        return Called(status=process.returncode, out=out, err=err)

    def shard(self, strategy: str, index: int, count: int, names: Sequence[str]) -> list[str]:
        """The names that a shard gets."""
        listing = self.source.parent / "listing"
        listing.write_text("".join(f"{name}\n" for name in names))
        called = self.call(
            "codebuild-tests-run",
            "--test-command",
            'printf "%s\\n" "$CODEBUILD_CURRENT_SHARD_FILES"',
            "--files-search",
            f"cat '{listing}'",
            "--sharding-strategy",
            strategy,
            environ=shard_variables(index, count),
        )
        assert called.status == 0, called.err
        return called.lines

    def shards(self, strategy: str, count: int, names: Sequence[str]) -> list[list[str]]:
        """What each of so many shards gets."""
        return [self.shard(strategy, index, count, names) for index in range(count)]


def shard_variables(index: object, count: object) -> dict[str, str]:
    """What a fan-out build sets."""
    return {"LOCALBUILD_SHARD_INDEX": str(index), "LOCALBUILD_SHARD_COUNT": str(count)}


def _words(shell: str) -> list[str]:
    if shell == "busybox":
        return [busybox_program(), "ash"]
    return ["bash", "--posix"] if shell == "bash" else [shell]


def _programs(folder: Path, shell: str) -> str:
    """The PATH of an image: with busybox there is nothing else."""
    if shell != "busybox":
        return "/usr/bin:/bin"
    program = busybox_program()
    applets = folder / "applets"
    applets.mkdir()
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    for name in listed.stdout.split():
        (applets / name).symlink_to(program)
    return str(applets)
