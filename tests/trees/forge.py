"""Makes an index of hostile lines: consistent in itself, as whoever may write a store makes it.

Contents up to a megabyte are there, in one raw frame of one pack. A larger size has as many
contents as fit into `MAX_CHUNKS`, all of them the same.
"""

from dataclasses import dataclass
from hashlib import sha256

from localbuild.cache.index import CHUNK_BYTES, Content, Entry, Frame, Pack, Segment
from tests.trees.hostile_lines import Hostile, Line

MAX_CHUNKS = 4
_KINDS_WITH_CONTENT = ("f", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """What is put into a store: the segment, and the bytes of the pack that it names."""

    segment: Segment
    pack: bytes


def forge(case: Hostile) -> Forged:
    """The case's lines as one segment, in their order; each file's content is its own."""
    data = bytearray()
    contents: list[Content] = []
    entries = tuple(_entry(number, line, data, contents) for number, line in enumerate(case.lines))
    if not data:
        return Forged(segment=Segment(entries=entries), pack=b"")
    pack = bytes(data)
    digest = sha256(pack)
    frame = Frame(digest.digest(), 0, 0, len(pack), len(pack), True)
    segment = Segment(
        entries=entries,
        contents=tuple(contents),
        frames=(frame,),
        packs=(Pack(digest.hexdigest(), len(pack)),),
    )
    return Forged(segment=segment, pack=pack)


def _entry(number: int, line: Line, data: bytearray, contents: list[Content]) -> Entry:
    chunks: tuple[int, ...] = ()
    if line.kind in _KINDS_WITH_CONTENT and line.size > 0:
        size = min(line.size, CHUNK_BYTES) if line.size <= 1 << 20 else 6
        text = (b"%05d\n" % number * (size // 6 + 1))[:size]
        contents.append(Content(sha256(text).digest(), size, 0, len(data)))
        data += text
        chunks = (len(contents) - 1,) * min(MAX_CHUNKS, -(-line.size // CHUNK_BYTES))
    return Entry(line.path, line.kind, line.mode, line.mtime_ns, line.size, chunks, line.target)
