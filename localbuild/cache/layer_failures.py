"""Why the last layer was not made: noted by whoever could not, told by the next build, once."""

import json
from contextlib import suppress
from pathlib import Path

_NAME = "layers.failed"


def note_failure(state: Path, why: str) -> None:
    """Note why no layer was made; '' where one was. Never raises.

    What has been told already is not told again as long as it stays the same.
    """
    with suppress(OSError):
        path = state / _NAME
        if not why:
            path.unlink(missing_ok=True)
        elif read_failure(state) != why:
            state.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, why, told=False)


def read_failure(state: Path) -> str:
    """Why the last layer was not made, '' where it was, or nothing is known."""
    return _read(state / _NAME)[0]


def tell_failure(state: Path) -> str:
    """The same, for the first who asks; '' for all others."""
    why, told = _read(state / _NAME)
    if told:
        return ""
    with suppress(OSError):
        _write(state / _NAME, why, told=True)
    return why


def _write(path: Path, why: str, *, told: bool) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps({"why": why, "told": told}))
    beside.replace(path)


def _read(path: Path) -> tuple[str, bool]:
    try:
        found = json.loads(path.read_text())
        return str(found["why"]), bool(found["told"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", True
