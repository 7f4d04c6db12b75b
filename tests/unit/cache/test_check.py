"""Every rule that an index must keep has an index that breaks it and nothing else."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.cache.check import (
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FRAME,
    MAX_PACK,
    MAX_SIZE,
    MAX_TIME_NS,
    check_index,
)
from localbuild.cache.index import (
    CHUNK_BYTES,
    DIRECTORY,
    FILE,
    HARD_LINK,
    HOLE,
    LINK,
    SPARSE,
    Content,
    Entry,
    Frame,
    Index,
    Pack,
)

TIME_NS = 1_700_000_000_000_000_000
FRAME_BYTES = 2 * CHUNK_BYTES
PACK = Pack("ab" * 32, FRAME_BYTES + 10)
RAW = Frame(b"f" * 32, 0, 0, FRAME_BYTES, FRAME_BYTES, True)
SMALL = Frame(b"f" * 32, 0, FRAME_BYTES, 10, 30, False)
CHUNK = Content(b"c" * 32, CHUNK_BYTES, 0, 0)
END = Content(b"e" * 32, 5, 1, 25)


def index(*entries: Entry) -> Index:
    """A good index with these entries too."""
    good = (
        Entry(b"d", DIRECTORY, 0o2755, TIME_NS),
        Entry(b"d/empty", FILE, 0, -TIME_NS),
        Entry(b"d/five", FILE, 0o777, 0, 5, (1,)),
        Entry(b"d/large", FILE, 0o644, 1, CHUNK_BYTES + 5, (0, 1)),
        Entry(b"d/sparse", SPARSE, 0o644, 1, 2 * CHUNK_BYTES + 5, (HOLE, 0, HOLE)),
        Entry(b"d/link", LINK, 0o777, 1, target=b"../../x"),
        Entry(b"d/hard", HARD_LINK, target=b"d/five"),
        Entry(b"/abs/x/y", FILE),
    )
    return Index(
        entries={e.path: e for e in (*good, *entries)},
        contents=[CHUNK, END],
        frames=[RAW, SMALL],
        packs=[PACK],
    )


def test_a_good_one_passes() -> None:
    check_index(index())
    check_index(Index())


def with_pack(**fields: Any) -> Index:
    return replace(index(), packs=[PACK._replace(**fields)])


def with_frame(which: int, **fields: Any) -> Index:
    frames = [RAW, SMALL]
    frames[which] = frames[which]._replace(**fields)
    return replace(index(), frames=frames)


def with_content(which: int, **fields: Any) -> Index:
    contents = [CHUNK, END]
    contents[which] = contents[which]._replace(**fields)
    return replace(index(), contents=contents)


PLACES = {
    "a pack's name is short": with_pack(digest="ab"),
    "a pack's name is in capitals": with_pack(digest="AB" * 32),
    "a pack's name leads elsewhere": with_pack(digest="../" * 21 + "a"),
    "a pack is too large": with_pack(size=MAX_PACK + 1),
    "a pack has less than nothing": with_pack(size=-1),
    "a frame is in no pack": with_frame(0, pack=1),
    "a frame is before all packs": with_frame(0, pack=-1),
    "a frame is empty": with_frame(1, size=0),
    "a frame is too large": with_frame(1, size=MAX_FRAME + 1),
    "a frame is stored in nothing": with_frame(1, stored=0),
    "a frame is stored in too much": with_frame(1, stored=2 * MAX_FRAME + 1),
    "a frame begins before its pack": with_frame(1, offset=-1),
    "a frame reaches out of its pack": with_frame(1, stored=11),
    "a frame begins behind its pack": with_frame(1, offset=1 << 62),
    "a raw frame has two sizes": with_frame(0, size=FRAME_BYTES + 1),
    "a content is in no frame": with_content(0, frame=2),
    "a content is before all frames": with_content(0, frame=-1),
    "a content is empty": with_content(1, size=0),
    "a content is too large": with_content(0, size=CHUNK_BYTES + 1),
    "a content begins before its frame": with_content(1, offset=-1),
    "a content reaches out of its frame": with_content(1, offset=26),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_places_must_be_there(name: str) -> None:
    with pytest.raises(ValueError, match=r"pack|frame|content"):
        check_index(PLACES[name])


DEEP = b"/".join([b"d"] * MAX_DEPTH)
PATHS = {
    "empty": b"",
    "root": b"/",
    "up": b"d/../x",
    "only up": b"..",
    "here": b"d/./x",
    "a slash at the end": b"d/x/",
    "two slashes": b"d//x",
    "two slashes first": b"//x",
    "a NUL": b"d/x\0y",
    "a long name": b"d/" + b"n" * 256,
    "long": b"/".join([b"n" * 255] * 17),
    "deep": DEEP + b"/x",
}


@pytest.mark.parametrize("name", PATHS)
def test_paths_must_lead_to_one_place(name: str) -> None:
    with pytest.raises(ValueError, match=r"path|below"):
        check_index(index(Entry(PATHS[name], FILE)))


def test_a_path_may_be_as_long_as_a_path_can_be() -> None:
    check_index(index(Entry(DEEP, FILE), Entry(b"/" + DEEP, FILE), Entry(b"n" * 255, FILE)))
    check_index(index(Entry(b"/".join([b"n" * 255] * 15 + [b"n" * 254]), FILE)))


ENTRIES = {
    "no kind": Entry(b"x", ""),
    "a device": Entry(b"x", "c"),
    "a mode below nothing": Entry(b"x", FILE, -1),
    "a mode with a kind in it": Entry(b"x", DIRECTORY, 0o40755),
    "setuid": Entry(b"x", FILE, 0o4755),
    "setgid of a sparse file": Entry(b"x", SPARSE, 0o2755),
    "a time after all times": Entry(b"x", FILE, 0, MAX_TIME_NS),
    "a time before all times": Entry(b"x", FILE, 0, -MAX_TIME_NS),
    "a size below nothing": Entry(b"x", FILE, 0, 0, -1),
    "a size beyond all": Entry(b"x", FILE, 0, 0, MAX_SIZE + 1),
    "a file with a target": Entry(b"x", FILE, 0, 0, 0, (), b"y"),
    "no contents": Entry(b"x", FILE, 0, 0, 5),
    "contents of nothing": Entry(b"x", FILE, 0, 0, 0, (1,)),
    "too few chunks": Entry(b"x", FILE, 0, 0, CHUNK_BYTES + 5, (0,)),
    "too many chunks": Entry(b"x", FILE, 0, 0, 5, (1, 1)),
    "a chunk that is not there": Entry(b"x", FILE, 0, 0, 5, (2,)),
    "a chunk before all": Entry(b"x", SPARSE, 0, 0, 5, (-2,)),
    "a hole in a file": Entry(b"x", FILE, 0, 0, 5, (HOLE,)),
    "a chunk of another size": Entry(b"x", FILE, 0, 0, 4, (1,)),
    "a last chunk first": Entry(b"x", FILE, 0, 0, CHUNK_BYTES + 5, (1, 0)),
    "a directory with contents": Entry(b"x", DIRECTORY, 0, 0, 0, (1,)),
    "a directory with a size": Entry(b"x", DIRECTORY, 0, 0, 1),
    "a directory with a target": Entry(b"x", DIRECTORY, 0, 0, 0, (), b"y"),
    "a link with contents": Entry(b"x", LINK, 0, 0, 0, (1,), b"y"),
    "a link with a size": Entry(b"x", LINK, 0, 0, 1, (), b"y"),
    "a link to nothing": Entry(b"x", LINK),
    "a link to too much": Entry(b"x", LINK, target=b"y" * 4096),
    "a link with a NUL": Entry(b"x", LINK, target=b"y\0z"),
    "a hard link to nothing": Entry(b"x", HARD_LINK),
    "a hard link to what is elsewhere": Entry(b"x", HARD_LINK, target=b"/etc/passwd"),
    "a hard link to a directory": Entry(b"x", HARD_LINK, target=b"d"),
    "a hard link to a link": Entry(b"x", HARD_LINK, target=b"d/link"),
    "a hard link to a hard link": Entry(b"x", HARD_LINK, target=b"d/hard"),
    "a hard link to itself": Entry(b"x", HARD_LINK, target=b"x"),
    "a hard link with contents": Entry(b"x", HARD_LINK, 0, 0, 0, (1,), b"d/five"),
    "a hard link with a size": Entry(b"x", HARD_LINK, 0, 0, 5, (), b"d/five"),
    "below a file": Entry(b"d/five/x", FILE),
    "far below a file": Entry(b"d/five/x/y/z", FILE),
    "below a link": Entry(b"d/link/x", DIRECTORY),
    "below a hard link": Entry(b"d/hard/x", LINK, target=b"y"),
    "below a sparse file": Entry(b"d/sparse/x", FILE),
    "below an absolute file": Entry(b"/abs/x/y/z", FILE),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_entries_must_be_of_a_tree(name: str) -> None:
    with pytest.raises(ValueError, match=r"has|is|lies"):
        check_index(index(ENTRIES[name]))


def test_there_is_a_limit_to_entries() -> None:
    one = Entry(b"x", FILE)
    many = Index(entries=dict.fromkeys(map(b"%d".__mod__, range(MAX_ENTRIES + 1)), one))
    with pytest.raises(ValueError, match="more than"):
        check_index(many)


@given(st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=5), st.data())
def test_nothing_lies_below_what_is_no_directory(parts: list[bytes], data: st.DataObject) -> None:
    path = b"/".join(parts)
    above = [b"/".join(parts[:n]) for n in range(1, len(parts))]
    kinds = data.draw(st.lists(st.sampled_from([FILE, DIRECTORY, None]), min_size=5, max_size=5))
    made = [Entry(p, k) for p, k in zip(above, kinds, strict=False) if k is not None]
    found = Index(entries={e.path: e for e in (*made, Entry(path, FILE))})
    if any(e.kind == FILE for e in made):
        with pytest.raises(ValueError, match="below"):
            check_index(found)
    else:
        check_index(found)
