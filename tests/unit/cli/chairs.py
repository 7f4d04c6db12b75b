"""Worlds with somebody in front of them, or nobody."""

import io
from collections.abc import Mapping
from pathlib import Path

from localbuild.cli.process.world import World


class _Keyboard(io.BytesIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class _Screen(io.TextIOWrapper):
    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Chairs:
    """Makes worlds of one folder and environment."""

    def __init__(self, cwd: Path, environ: Mapping[str, str]) -> None:
        self._cwd = cwd
        self._environ = environ

    def world(self, *, terminal: bool) -> World:
        """A world whose streams are a terminal, or not."""
        return World(
            environ=self._environ,
            cwd=self._cwd,
            stdin=_Keyboard(terminal),
            stdout=_Screen(terminal),
            stderr=_Screen(terminal),
        )
