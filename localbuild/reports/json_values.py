"""JSON that a build has written, read without trust: within limits, and of any shape. Pure."""

import json
from collections.abc import Mapping, Sequence

from localbuild.reports.model import FormatError

MAX_VALUES = 3_000_000
MAX_BYTES = 32 * 1024 * 1024
_NOTHING: Mapping[str, object] = {}
_MARKS = (b",", b"{", b"[")
_BOM = b"\xef\xbb\xbf"


def read_json(data: bytes) -> object:
    """The value of a text in UTF-8, UTF-16 or UTF-32. Raises FormatError.

    Marks are counted before anything is read: what they could make is what memory is needed for.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"larger than {MAX_BYTES >> 20} MB")
    if sum(map(data.count, _MARKS)) > MAX_VALUES:
        raise FormatError(f"more than {MAX_VALUES:,} values")
    try:
        found: object = json.loads(data.removeprefix(_BOM))
    except json.JSONDecodeError as error:
        raise FormatError(f"line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise FormatError("nested too deep") from None
    except ValueError:  # no text, or a number that is too long for one
        raise FormatError("cannot be decoded") from None
    return found


def members(value: object) -> Mapping[str, object]:
    """An object's members; of anything else none."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: object) -> Sequence[object]:
    """A list's items; of anything else none."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """A text; '' for anything else."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """A number; 0 for anything else, for NaN and for what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if -1e18 < value < 1e18 else 0.0
