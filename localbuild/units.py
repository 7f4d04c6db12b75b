"""Bytes and durations: parse and print; the only place where units change."""

import re

_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|k|kb|kib|m|mb|mib|g|gb|gib|t|tb|tib)?", re.IGNORECASE)
_SIZE_POWERS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_duration(text: str) -> float:
    """Seconds of `90`, `45s`, `30m`, `1h30m`, `500ms`; a bare number is seconds.

    Raises ValueError with a message for the user.
    """
    cleaned = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", cleaned):
        return float(cleaned)
    parts = _DURATION_PART.findall(cleaned)
    if not parts or "".join(number + unit for number, unit in parts) != cleaned:
        raise ValueError(f"'{text}' is no duration: write for example 30m, 90s or 1h30m")
    return sum(float(number) * _DURATION_UNITS[unit] for number, unit in parts)


def parse_bytes(text: str) -> int:
    """Bytes of `512m`, `3g`, `1.5 GiB`, `4096`: powers of 1024, as Docker has it.

    Raises ValueError with a message for the user.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no size: write for example 512m or 3g")
    power = _SIZE_POWERS[(match[2] or "")[:1].lower()]
    return int(float(match[1]) * 1024**power)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 line`, `2,000 lines`; `many` is `one` with an s unless it is given."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def print_duration(seconds: float) -> str:
    """`0.3s`, `12.6s`, `2m05s`, `1h02m`: short enough for a column."""
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def print_bytes(size_bytes: int) -> str:
    """`812 B`, `8.1 MB`, `1.2 GB`: powers of 1000, as disks are sold."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def print_age(seconds: float) -> str:
    """`40 s`, `5 min`, `3 h`, `12 days`: how long ago something was, as people say it."""
    for unit, length_s, most in (("s", 1, 100), ("min", 60, 100), ("h", 3600, 48)):
        if seconds < length_s * most:
            return f"{max(0, int(seconds // length_s))} {unit}"
    return f"{int(seconds // 86400)} days"
