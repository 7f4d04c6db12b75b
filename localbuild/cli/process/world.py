"""What a command may know of its process: environment, folder, streams; the one door to them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from localbuild.errors import UsageError
from localbuild.logs.mask import Mask

CREDENTIALS = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
"""Variables whose values are secrets, whether they are ours or a build's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The process around a command; a test makes its own. The folders are the user's.

    None for one of them means the platform's usual place. `mask` is the process's own: whatever is
    written passes it. Our own AWS credentials are in it from the start, since libraries log them.
    """

    environ: Mapping[str, str] = field(repr=False)
    cwd: Path
    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    config_dir: Path | None = None
    state_dir: Path | None = None
    cache_dir: Path | None = None
    mask: Mask = field(default_factory=Mask, repr=False)

    def __post_init__(self) -> None:
        for name in CREDENTIALS:
            self.mask.add(self.environ.get(name, ""))

    def user_config_dir(self) -> Path:
        """Where the user's `config.toml` lies."""
        if self.config_dir is not None:
            return self.config_dir
        import platformdirs

        return Path(platformdirs.user_config_dir("localbuild"))

    def user_state_dir(self) -> Path:
        """Where crash files go, and what is known of warm layers."""
        if self.state_dir is not None:
            return self.state_dir
        import platformdirs

        return Path(platformdirs.user_state_dir("localbuild"))

    def user_cache_dir(self) -> Path:
        """Where builds keep their caches, unless told otherwise."""
        if self.cache_dir is not None:
            return self.cache_dir
        import platformdirs

        return Path(platformdirs.user_cache_dir("localbuild"))


def process_world() -> World:
    """The world of this process. Raises UsageError where its folder is gone."""
    _open_closed_streams()
    try:
        cwd = Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder does not exist any more", hints=("cd .",)) from None
    return World(
        environ=dict(os.environ),
        cwd=cwd,
        stdin=_bytes_in(sys.stdin),
        stdout=_text_out(sys.stdout),
        stderr=_text_out(sys.stderr),
    )


def _open_closed_streams() -> None:
    """A file opened later must not become descriptor 1: what is printed would land in it."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _bytes_in(stream: TextIO | None) -> BinaryIO:
    if stream is None:
        return cast(BinaryIO, open(os.devnull, "rb"))
    return stream.buffer


def _text_out(stream: TextIO | None) -> TextIO:
    """No character can make it fail: what its encoding lacks is written as an escape."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream
