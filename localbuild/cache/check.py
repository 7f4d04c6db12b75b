"""Whether an index can be believed: every number in range, no path that leads anywhere else. Pure.

A hash proves that an index is as it was written, not who wrote it. Source of the limits: what Linux
takes as a path, and what no honest tree has.
"""

from collections.abc import Collection

from localbuild.cache.index import (
    CHUNK_BYTES,
    DIRECTORY,
    FILE,
    HARD_LINK,
    HOLE,
    KINDS,
    LINK,
    SPARSE,
    Entry,
    Index,
)
from localbuild.cache.segments import DIGEST_BYTES

MAX_ENTRIES = 2_000_000
MAX_DEPTH = 256
MAX_PATH = 4095
MAX_NAME = 255
MAX_FRAME = 16 << 20
MAX_PACK = 1 << 30
MAX_SIZE = 1 << 50
_ELSEWHERE = tuple(
    before + part + after
    for before in (b"\0", b"/")
    for part in (b"", b".", b"..")
    for after in (b"\0", b"/")
    if (before, part, after) != (b"\0", b"", b"/")  # an absolute path
)
"""What is in paths between NULs where a part of one is empty, `.` or `..`."""

MAX_TIME_NS = (1 << 63) * 1_000_000_000
"""What the kernel can be told, in seconds of 64 bits."""


def check_index(index: Index) -> None:
    """Raise ValueError where anything is not as a save of ours writes it."""
    if len(index.entries) > MAX_ENTRIES:
        raise ValueError(f"it has more than {MAX_ENTRIES} entries")
    _check_packs(index)
    _check_frames(index)
    _check_contents(index)
    _check_paths(index.entries)
    for entry in index.entries.values():
        _check_entry(entry, index)


def _check_packs(index: Index) -> None:
    for pack in index.packs:
        if len(pack.digest) != 2 * DIGEST_BYTES or set(pack.digest) - set("0123456789abcdef"):
            raise ValueError("the name of a pack is no digest")
        if not 0 <= pack.size <= MAX_PACK:
            raise ValueError("a pack has no size that a pack can have")


def _check_frames(index: Index) -> None:
    for frame in index.frames:
        if not 0 <= frame.pack < len(index.packs):
            raise ValueError("a frame is in no pack")
        if not 0 < frame.size <= MAX_FRAME or not 0 < frame.stored <= 2 * MAX_FRAME:
            raise ValueError("a frame has no size that a frame can have")
        if frame.offset < 0 or frame.offset + frame.stored > index.packs[frame.pack].size:
            raise ValueError("a frame reaches out of its pack")
        if frame.raw and frame.size != frame.stored:
            raise ValueError("a frame that is stored as it is has two sizes")


def _check_contents(index: Index) -> None:
    frames = index.frames
    for content in index.contents:
        if not 0 <= content.frame < len(frames):
            raise ValueError("a content is in no frame")
        if not 0 < content.size <= CHUNK_BYTES or content.offset < 0:
            raise ValueError("a content has no size that a content can have")
        if content.offset + content.size > frames[content.frame].size:
            raise ValueError("a content reaches out of its frame")


def is_too_long(path: bytes) -> bool:
    """Whether a path is longer or deeper than an entry's can be."""
    return len(path) > MAX_PATH or path.count(b"/", 1) >= MAX_DEPTH


def _check_paths(paths: Collection[bytes]) -> None:
    """All at once, and one by one only where some path is not as nearly all are."""
    text = b"\0%b\0" % b"\0".join(paths)
    is_odd = text.count(b"\0") != len(paths) + 1 or any(part in text for part in _ELSEWHERE)
    if paths and (is_odd or max(map(len, paths)) > MAX_NAME):
        for path in paths:
            _check_path(path)


def _check_path(path: bytes) -> None:
    if b"\0" in path or any(part in b"\0%b\0" % path for part in _ELSEWHERE):
        raise ValueError(f"the path {path[:200]!r} leads elsewhere")
    if is_too_long(path) or max(map(len, path.split(b"/"))) > MAX_NAME:
        raise ValueError(f"the path {path[:80]!r} is longer than a path can be")


def _check_entry(entry: Entry, index: Index) -> None:
    if entry.kind not in KINDS:
        raise ValueError(f"{entry.path[:200]!r} is of no kind that a cache holds")
    if not 0 <= entry.mode <= 0o7777 or abs(entry.mtime_ns) >= MAX_TIME_NS:
        raise ValueError(f"{entry.path[:200]!r} has a mode or a time that no file has")
    if not _parent_is_directory(entry, index):
        raise ValueError(f"{entry.path[:200]!r} lies below something that is no directory")
    if entry.kind in (FILE, SPARSE):
        _check_file(entry, index)
    elif entry.contents or entry.size:
        raise ValueError(f"{entry.path[:200]!r} has contents and is no file")
    else:
        _check_target(entry, index)


def _parent_is_directory(entry: Entry, index: Index) -> bool:
    """Parents need not be there; each ancestor that is has a check of its own."""
    parent = index.entries.get(entry.path.rpartition(b"/")[0])
    if parent is not None:
        return parent.kind == DIRECTORY
    return not _below_a_file(entry.path.rpartition(b"/")[0], index)


def _below_a_file(path: bytes, index: Index) -> bool:
    while path := path.rpartition(b"/")[0]:
        found = index.entries.get(path)
        if found is not None:
            return found.kind != DIRECTORY
    return False


def _check_file(entry: Entry, index: Index) -> None:
    if entry.target or not 0 <= entry.size <= MAX_SIZE or entry.mode > 0o777:
        raise ValueError(f"{entry.path[:200]!r} has a size or a mode that no cached file has")
    chunks = -(-entry.size // CHUNK_BYTES)
    if len(entry.contents) != chunks:
        raise ValueError(f"{entry.path[:200]!r} has not as many chunks as its size needs")
    for at, number in enumerate(entry.contents):
        if number == HOLE and entry.kind == SPARSE:
            continue
        if not 0 <= number < len(index.contents):
            raise ValueError(f"{entry.path[:200]!r} has a content that is not there")
        if index.contents[number].size != min(CHUNK_BYTES, entry.size - at * CHUNK_BYTES):
            raise ValueError(f"{entry.path[:200]!r} has a chunk of the wrong size")


def _check_target(entry: Entry, index: Index) -> None:
    if entry.kind == DIRECTORY:
        if entry.target:
            raise ValueError(f"{entry.path[:200]!r} is a directory with a target")
    elif entry.kind == LINK:
        if not 0 < len(entry.target) <= MAX_PATH or b"\0" in entry.target:
            raise ValueError(f"{entry.path[:200]!r} is a link to nowhere that a link can lead")
    elif entry.kind == HARD_LINK:
        other = index.entries.get(entry.target)
        if other is None or other.kind not in (FILE, SPARSE):
            raise ValueError(f"{entry.path[:200]!r} is a hard link to what is no file of the entry")
