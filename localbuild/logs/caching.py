"""The lines about a build's cache: what was found, what is kept, what that was worth. Pure."""

import re

from localbuild.events.baseline import saved_seconds
from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.result import BuildResult
from localbuild.lines import one_line
from localbuild.units import print_bytes, print_duration

_HASH = re.compile(r"[0-9a-f]{32,}")
_HASH_SHOWN = 12
_KEY_LENGTH = 100
_NOISE_S = 0.1
"""What builds differ by without any reason."""

_WHY_LENGTH = 300


def cache_line(event: CacheRestored | CacheSaved) -> str:
    """The line of either event."""
    return restored_line(event) if isinstance(event, CacheRestored) else saved_line(event)


def restored_line(event: CacheRestored) -> str:
    """`Cache hit: key npm-a1b2 (566 MB, 63,645 files) in 0.1 s`, and why it was none."""
    why = _cut("; ".join(event.why) or event.failure, _WHY_LENGTH)
    match event.outcome:
        case "hit":
            return f"Cache hit: {_key(event.key)} {_found(event)}"
        case "fallback":
            reason = f": {why}" if why else ""
            return f"Cache fallback: {_key(event.key)}{reason}; used {_used(event)}"
        case "miss":
            parts = (_key(event.key) if event.key else "", why)
            said = ": ".join(part for part in parts if part) or "the project has none yet"
            return f"Cache miss: {said}; used nothing"
        case "off":
            return f"Cache not restored{f': {why}' if why else ''}"


def saved_line(event: CacheSaved) -> str:
    """`Cache saved: key npm-a1b2 (566 MB, 63,645 files), 3.1 MB new, in 0.4 s`, or why not."""
    if not event.saved:
        return f"Cache not saved: {_cut(event.reason, _WHY_LENGTH)}"
    size = _size(event.size_bytes, event.files)
    new = print_bytes(event.new_bytes)
    return f"Cache saved: {_key(event.key)} ({size}), {new} new, in {print_seconds(event.seconds)}"


def worth_line(result: BuildResult) -> str:
    """What the cache was worth, '' where that cannot be told."""
    seconds = saved_seconds(result)
    restored = result.cache_restored
    if seconds is None or restored is None:
        return ""
    other = f"build {restored.baseline.number}, which had no cache"
    if abs(seconds) < _NOISE_S:
        return f"this build was as fast as {other}"
    how = f"{print_seconds(abs(seconds))} {'faster' if seconds > 0 else 'slower'}"
    return f"this build was {how} than {other}"


def print_seconds(seconds: float) -> str:
    """`4 ms`, `0.1 s`, `12.3 s`, `2m05s`: a restore from a warm layer is over in no time."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 59.95 else print_duration(seconds)


def _key(key: str) -> str:
    return f"key {_cut(key, _KEY_LENGTH)}" if key else "the project's cache"


def _used(event: CacheRestored) -> str:
    return f"{_cut(event.matched_key, _KEY_LENGTH) or 'another entry'} {_found(event)}"


def _found(event: CacheRestored) -> str:
    layer = ", a warm layer," if event.layer else ""
    return f"({_size(event.size_bytes, event.files)}){layer} in {print_seconds(event.seconds)}"


def _size(size_bytes: int, files: int) -> str:
    return f"{print_bytes(size_bytes)}, {files:,} file{'' if files == 1 else 's'}"


def _cut(text: str, length: int) -> str:
    """Of long hashes the beginning is enough to tell them apart."""
    line = _HASH.sub(lambda match: f"{match[0][:_HASH_SHOWN]}...", one_line(text))
    return line if len(line) <= length else f"{line[: length - 3]}..."
