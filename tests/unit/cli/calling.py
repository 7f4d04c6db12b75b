"""Calls of the command line in this process: words, folder and environment in, streams out."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from localbuild.cli.main import run_cli
from localbuild.cli.process.world import World

SPEC = """\
version: 0.2
env:
  variables:
    STAGE: dev
phases:
  build:
    commands:
      - make
      - make test
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a call came to."""

    code: int
    out: str
    err: str


class Home:
    """A folder to call from, with a user's folders of its own."""

    def __init__(self, path: Path) -> None:
        self.cwd = path / "work"
        self.config = path / "config"
        self.state = path / "state"
        self.cache = path / "cache"
        for folder in (self.cwd, self.config, self.state):
            folder.mkdir()

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder to call from."""
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def call(
        self,
        *words: str,
        environ: Mapping[str, str] | None = None,
        stdin: bytes | BinaryIO = b"",
        stdout: TextIO | None = None,
    ) -> Called:
        """Call the command line."""
        out, err = _stream(), _stream()
        world = World(
            environ={"USER": "me", **(environ or {})},
            cwd=self.cwd,
            stdin=io.BytesIO(stdin) if isinstance(stdin, bytes) else stdin,
            stdout=stdout or out,
            stderr=err,
            config_dir=self.config,
            state_dir=self.state,
            cache_dir=self.cache,
        )
        code = run_cli(words, world)
        return Called(code=code, out=_text(out), err=_text(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
