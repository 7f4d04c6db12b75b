"""A setting's value from what an option, a variable or a TOML file says; else ValueError."""

import difflib
import math
import re
from collections.abc import Callable
from pathlib import Path

from localbuild.cli.process.paths import exists, real_path, under
from localbuild.plan.compute import COMPUTE_TYPES
from localbuild.plan.model import PlannedMount
from localbuild.units import parse_bytes, parse_duration

PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}")
_URL = re.compile(r"https?://[^/\s]+(/\S*)?")
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9_.]+)?")


def text(value: object, _: Path) -> str:
    """A text."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r} is no text")
    return value


def word(value: object, base: Path) -> str:
    """A text that cannot be taken for an option, is not empty and has no blanks."""
    found = text(value, base)
    if not found or found.startswith("-") or any(c.isspace() or not c.isprintable() for c in found):
        raise ValueError(f"'{found}' is no name")
    return found


def url(value: object, base: Path) -> str:
    """An address that begins with http:// or https://."""
    found = word(value, base)
    if not _URL.fullmatch(found):
        raise ValueError(f"'{found}' is no URL: write for example http://127.0.0.1:9000")
    return found


def texts(value: object, base: Path) -> tuple[str, ...]:
    """A text, or several."""
    if isinstance(value, list | tuple):
        return tuple(text(item, base) for item in value)
    return (text(value, base),)


def flag(value: object, _: Path) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def path(value: object, base: Path) -> Path:
    """A path; a relative one starts where it was written."""
    return under(base, text(value, base))


def count(value: object, _: Path) -> int:
    """A whole number from 0 on."""
    digits = str(value)
    if isinstance(value, bool) or not digits.isascii() or not digits.isdigit():
        raise ValueError(f"'{value}' is no whole number from 0 on")
    return int(digits)


def paths(value: object, base: Path) -> tuple[Path, ...]:
    """A path, or several."""
    return tuple(path(item, base) for item in texts(value, base))


def choice(*allowed: str) -> Callable[[object, Path], str]:
    """One of some words."""

    def parse(value: object, base: Path) -> str:
        found = text(value, base)
        if found not in allowed:
            raise ValueError(f"'{found}' is none of {', '.join(allowed)}")
        return found

    return parse


def project_name(value: object, base: Path) -> str:
    """Source: API reference, Project/name."""
    found = text(value, base)
    if not PROJECT_NAME.fullmatch(found):
        raise ValueError(
            f"'{found}' is no project name: 2 to 150 letters, digits, - and _, "
            "a letter or digit first"
        )
    return found


def platform(value: object, base: Path) -> str:
    """`linux/amd64`."""
    found = text(value, base)
    if not _PLATFORM.fullmatch(found):
        raise ValueError(f"'{found}' is no platform: write for example linux/amd64")
    return found


def compute_type(value: object, base: Path) -> str:
    """One of CodeBuild's compute types."""
    found = text(value, base)
    if found not in COMPUTE_TYPES:
        close = difflib.get_close_matches(found.upper(), COMPUTE_TYPES, n=1)
        guess = f"did you mean {close[0]}?" if close else f"there are: {', '.join(COMPUTE_TYPES)}"
        raise ValueError(f"'{found}' is no compute type; {guess}")
    return found


def cpus(value: object, _: Path) -> float:
    """A number of CPUs, also a fraction of one."""
    try:
        found = float(str(value))
    except ValueError:
        found = math.nan
    if isinstance(value, bool) or not 0 < found < math.inf:
        raise ValueError(f"'{value}' is no number of CPUs")
    return found


def size(value: object, _: Path) -> int:
    """Bytes."""
    found = parse_bytes(_number_or_text(value))
    if found <= 0:
        raise ValueError(f"'{value}' is no size: write for example 512m or 3g")
    return found


def duration(value: object, _: Path) -> float:
    """Seconds."""
    found = parse_duration(_number_or_text(value))
    if not 0 < found < math.inf:
        raise ValueError(f"'{value}' leaves no time: write for example 30m")
    return found


def volumes(value: object, base: Path) -> tuple[PlannedMount, ...]:
    """`HOST:PATH[:ro]`, where a HOST that is a path becomes absolute."""
    return tuple(_volume(item, base) for item in texts(value, base))


def _volume(found: str, base: Path) -> PlannedMount:
    source, _, target = found.partition(":")
    place, _, mode = target.partition(":")
    if not source or not place.startswith("/") or mode not in ("", "ro", "rw"):
        raise ValueError(f"'{found}' is no volume: write HOST:/PATH or HOST:/PATH:ro")
    if "/" in source or source.startswith((".", "~")):
        host = real_path(under(base, source))
        if not exists(host):
            raise ValueError(f"'{found}': there is no {host} on this host")
        source = str(host)
    return PlannedMount(source=source, target=place, read_only=mode == "ro")


def _number_or_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is neither a number nor a text")
    return str(value)
