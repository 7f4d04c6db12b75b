"""Questions about paths that users write: too long, forbidden and looping ones have answers too."""

from collections.abc import Callable
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether it is a file that can be seen."""
    return _holds(path.is_file)


def is_dir(path: Path) -> bool:
    """Whether it is a folder that can be seen."""
    return _holds(path.is_dir)


def exists(path: Path) -> bool:
    """Whether there is something that can be seen."""
    return _holds(path.exists)


def real_path(path: Path) -> Path:
    """The path without links; one whose links lead nowhere stays as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def under(base: Path, text: str) -> Path:
    """A path as it was written below `base`; `~` is the user's home where there is one."""
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        return base / text


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


def read_at_most(path: Path, longest: int) -> bytes:
    """A file's bytes, one more than the longest at most: who reads them says so."""
    with path.open("rb") as stream:
        return stream.read(longest + 1)
