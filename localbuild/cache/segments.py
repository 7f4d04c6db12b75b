"""An index segment as bytes and back: columns of JSON, compressed.

Columns keep it small and quick: 60,000 entries are a few dozen lists instead of as many objects.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from localbuild.cache.codec import compress, expand
from localbuild.cache.index import Content, Entry, Frame, Pack, Segment
from localbuild.errors import UsageError

MAX_BYTES = 1 << 28
DIGEST_BYTES = 32
Row = TypeVar("Row")


def encode_segment(segment: Segment, level: int, limit: int = MAX_BYTES) -> bytes:
    """The object's bytes. Raises UsageError for more files than can be read again."""
    paths, kinds, modes, mtimes, sizes, chunks, targets = _columns(segment.entries, Entry)
    digests, lengths, in_frames, places = _columns(segment.contents, Content)
    frame_digests, in_packs, offsets, stored, expanded, raw = _columns(segment.frames, Frame)
    pack_digests, pack_sizes = _columns(segment.packs, Pack)
    columns: dict[str, object] = {
        "removed": _join(segment.removed),
        "paths": _join(paths),
        "kinds": "".join(kinds),
        "modes": modes,
        "mtimes": mtimes,
        "sizes": sizes,
        "targets": _join(targets),
        "counts": [*map(len, chunks)],
        "chunks": [*chain.from_iterable(chunks)],
        "contentDigests": b64encode(b"".join(digests)).decode(),
        "contentSizes": lengths,
        "contentFrames": in_frames,
        "contentOffsets": places,
        "frameDigests": b64encode(b"".join(frame_digests)).decode(),
        "framePacks": in_packs,
        "frameOffsets": offsets,
        "frameStored": stored,
        "frameSizes": expanded,
        "frameRaw": [*map(int, raw)],
        "packDigests": pack_digests,
        "packSizes": pack_sizes,
    }
    text = json.dumps(columns, separators=(",", ":")).encode()
    if len(text) > limit:
        raise UsageError("the names of the cached files are more than a cache holds")
    return compress(text, level)


def decode_segment(data: bytes) -> Segment:
    """The segment of an object's bytes. Raises ValueError; what its numbers mean is not checked."""
    try:
        found = json.loads(expand(data, MAX_BYTES))
        return _segment(found)
    except RecursionError:
        raise ValueError("an index is nested too deeply") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"an index lacks something: {error!r}") from None


def _segment(found: Mapping[str, Any]) -> Segment:
    def numbers(*names: str) -> Iterator[list[int]]:
        return (_integers(found[name], name) for name in names)

    return Segment(
        removed=tuple(_split(found["removed"])),
        entries=tuple(_entries(found)),
        contents=_rows(
            Content._make,
            _digests(found["contentDigests"]),
            *numbers("contentSizes", "contentFrames", "contentOffsets"),
        ),
        frames=_rows(
            Frame._make,
            _digests(found["frameDigests"]),
            *numbers("framePacks", "frameOffsets", "frameStored", "frameSizes"),
            [bool(raw) for raw in _integers(found["frameRaw"], "frameRaw")],
        ),
        packs=_rows(Pack._make, _texts(found["packDigests"]), *numbers("packSizes")),
    )


def _entries(found: Mapping[str, Any]) -> Iterable[Entry]:
    paths, targets = _split(found["paths"]), _split(found["targets"])
    counts = _integers(found["counts"], "counts")
    chunks = iter(_integers(found["chunks"], "chunks"))
    if any(count < 0 for count in counts):
        raise ValueError("an index has a negative count")
    contents = [tuple(islice(chunks, count)) for count in counts]
    if next(chunks, None) is not None or any(map(_short, contents, counts)):
        raise ValueError("an index has not as many chunks as it says")
    return _rows(
        Entry._make,
        paths,
        _letters(found["kinds"]),
        *(_integers(found[name], name) for name in ("modes", "mtimes", "sizes")),
        contents,
        targets,
    )


def _short(contents: tuple[int, ...], count: int) -> bool:
    return len(contents) != count


def _rows(make: Callable[[Iterable[Any]], Row], *columns: Sequence[object]) -> tuple[Row, ...]:
    """Columns as rows. Raises ValueError where they are not of one length."""
    if len({len(column) for column in columns}) > 1:
        raise ValueError("columns of an index differ in length")
    return tuple(map(make, zip(*columns, strict=True)))


def _columns(rows: Sequence[tuple[Any, ...]], kind: type[Any]) -> Iterable[Sequence[Any]]:
    """Rows as columns, as many as the kind has fields."""
    return tuple(zip(*rows, strict=True)) or ((),) * len(kind._fields)


def _join(texts: Sequence[bytes]) -> str:
    """Each ended by a NUL; bytes that are no UTF-8 become lone surrogates."""
    return b"\0".join((*texts, b"")).decode("utf-8", "surrogateescape")


def _split(text: object) -> list[bytes]:
    try:
        found = str(text).encode("utf-8", "surrogateescape").split(b"\0")
    except UnicodeEncodeError:
        raise ValueError("a path of an index has a character that no path has") from None
    if found.pop() != b"":
        raise ValueError("paths of an index are cut off")
    return found


def _integers(found: object, name: str) -> list[int]:
    if not isinstance(found, list) or not set(map(type, found)) <= {int}:
        raise ValueError(f"'{name}' of an index is no list of integers")
    return found


def _letters(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError("kinds of an index are no text")
    return found


def _texts(found: object) -> list[str]:
    if not isinstance(found, list) or not set(map(type, found)) <= {str}:
        raise ValueError("digests of an index are no texts")
    return found


def _digests(found: object) -> list[bytes]:
    data = b64decode(str(found), validate=True)
    if len(data) % DIGEST_BYTES:
        raise ValueError("digests of an index are cut off")
    return [data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES)]
