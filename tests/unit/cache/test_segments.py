"""Indexes: as bytes and back, and a chain of segments is what it was made from."""

import json
from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from localbuild.cache.codec import compress, expand
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
    Segment,
    apply_segments,
    difference,
    living_packs,
)
from localbuild.cache.segments import decode_segment, encode_segment
from localbuild.errors import UsageError

WORDS = st.binary(min_size=1, max_size=8).filter(lambda word: b"\0" not in word)
NUMBERS = st.integers(-(1 << 70), 1 << 70)
DIGESTS = st.binary(min_size=32, max_size=32)
ENTRIES = st.builds(
    Entry,
    path=WORDS,
    kind=st.sampled_from([FILE, SPARSE, DIRECTORY, LINK, HARD_LINK, "\n", "\u0192", "\ud800"]),
    mode=NUMBERS,
    mtime_ns=NUMBERS,
    size=NUMBERS,
    contents=st.lists(NUMBERS, max_size=3).map(tuple),
    target=st.just(b"") | WORDS,
)
SEGMENTS = st.builds(
    Segment,
    removed=st.lists(WORDS, max_size=3).map(tuple),
    entries=st.lists(ENTRIES, max_size=4).map(tuple),
    contents=st.lists(st.builds(Content, DIGESTS, NUMBERS, NUMBERS, NUMBERS), max_size=3).map(
        tuple
    ),
    frames=st.lists(
        st.builds(Frame, DIGESTS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.booleans()), max_size=3
    ).map(tuple),
    packs=st.lists(st.builds(Pack, st.text("0123456789abcdef"), NUMBERS), max_size=3).map(tuple),
)
ODD_PATHS = (
    b"\xff\xfe",
    b"a\nb",
    b"\xed\xa0\x80",
    "ä\u0308\U0001f600".encode(),
    b"\x01 \\",
    b"\xc3",
)
SOME = Segment(
    removed=(b"gone",),
    entries=(
        Entry(b"d", DIRECTORY, 0o755, 1),
        Entry(b"d/f", FILE, 0o644, 2, 3, (0,)),
        Entry(b"d/l", LINK, 0o777, 3, target=b"f"),
    ),
    contents=(Content(b"c" * 32, 3, 0, 0),),
    frames=(Frame(b"f" * 32, 0, 0, 3, 3, True),),
    packs=(Pack("ab" * 32, 3),),
)


@given(SEGMENTS)
@example(Segment())
@example(Segment(removed=ODD_PATHS, entries=tuple(Entry(p, LINK, target=p) for p in ODD_PATHS)))
def test_a_segment_comes_back_as_it_was(segment: Segment) -> None:
    assert decode_segment(encode_segment(segment, 1)) == segment


def columns() -> dict[str, object]:
    """A good segment's columns."""
    return dict(json.loads(expand(encode_segment(SOME, 1), 1 << 20)))


def packed(document: object) -> bytes:
    return compress(json.dumps(document).encode(), 1)


@pytest.mark.parametrize("name", sorted(columns()))
def test_every_column_is_needed(name: str) -> None:
    found = columns()
    assert decode_segment(packed(found)) == SOME
    del found[name]
    with pytest.raises(ValueError, match="index"):
        decode_segment(packed(found))


WRONG: list[object] = [
    None,
    1,
    1.5,
    True,
    {},
    {"a": "b\0"},
    [None],
    [[]],
    ["x", "y"],
    [True],
    [1.0],
    "x",
    "ff",
]


@pytest.mark.parametrize("name", sorted(columns()))
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_column_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError):
        decode_segment(packed(columns() | {name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paths", "d\0d/f\0"),
        ("paths", "d\0d/f\0d/l"),
        ("paths", "d\0d/f\0\ud800\0"),
        ("paths", "d\0d/f\0d/l\0x\0"),
        ("kinds", "df"),
        ("kinds", [[], [], []]),
        ("kinds", ["d", "f", "l"]),
        ("modes", [1, 2, 3, 4]),
        ("counts", [0, 1, -1]),
        ("counts", [0, 2, 0]),
        ("counts", [0, 0, 0]),
        ("counts", [0, 1 << 70, 0]),
        ("chunks", [0, 0]),
        ("chunks", []),
        ("contentDigests", "!"),
        ("contentDigests", b64encode(b"c" * 31).decode()),
        ("contentDigests", b64encode(b"c" * 64).decode()),
        ("frameRaw", [1, 1]),
        ("packDigests", []),
    ],
)
def test_a_column_that_does_not_fit_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError):
        decode_segment(packed(columns() | {name: value}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zstd",
        packed([]),
        packed("x"),
        packed(None),
        compress(b"", 1),
        compress(b"{", 1),
        compress(b"[" * 100_000, 1),
        compress(b"\xff", 1),
        compress(b'{"removed":' + b"9" * 5000 + b"}", 1),
        encode_segment(SOME, 1)[:-1],
        encode_segment(SOME, 1) + b"\0",
        encode_segment(SOME, 1) * 2,
    ],
)
def test_what_is_no_segment_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_segment(data)


@pytest.mark.parametrize("at", range(0, 200, 3))
def test_damage_is_refused_or_read_as_something_else(at: int) -> None:
    """Whoever reads one has looked at its hash before; what has none never brings us down."""
    data = bytearray(encode_segment(SOME, 1))
    data[at % len(data)] ^= 0x10
    with suppress(ValueError):
        assert isinstance(decode_segment(bytes(data)), Segment)


@pytest.mark.parametrize("size", [0, 1, 1000, 1 << 20])
def test_what_expands_to_more_is_refused(size: int) -> None:
    data = compress(bytes(size), 3)
    assert expand(data, size) == bytes(size)
    if size:
        with pytest.raises(ValueError, match="more than"):
            expand(data, size - 1)


def test_what_could_not_be_read_again_is_not_written() -> None:
    length = len(json.dumps(columns(), separators=(",", ":")))
    assert decode_segment(encode_segment(SOME, 1, length)) == SOME
    with pytest.raises(UsageError, match="more than a cache holds"):
        encode_segment(SOME, 1, length - 1)


# --- chains ---------------------------------------------------------------------------------------

TREES = st.dictionaries(
    st.sampled_from([b"a", b"b", b"b/c", b"d", b"\xff", b"/abs"]),
    st.tuples(st.sampled_from([FILE, DIRECTORY, LINK]), st.integers(0, 2), st.integers(0, 1)),
)


def entries_of(tree: dict[bytes, tuple[str, int, int]]) -> dict[bytes, Entry]:
    made = {
        path: Entry(path, kind, 0o644, time, time, (time,) if kind == FILE and time else (), b"")
        for path, (kind, time, _) in tree.items()
    }
    return dict(sorted(made.items()))


@settings(max_examples=200)
@given(st.lists(TREES, max_size=5))
def test_differences_make_up_the_last_tree(trees: list[dict[bytes, tuple[str, int, int]]]) -> None:
    chain: list[Segment] = []
    before = Index()
    for tree in trees:
        after = entries_of(tree)
        removed, changed = difference(before, after)
        assert set(removed) == set(before.entries) - set(after)
        assert all(before.entries.get(e.path) != e for e in changed)
        chain.append(Segment(removed=removed, entries=tuple(changed)))
        before = apply_segments(chain)
        assert list(before.entries.items()) == list(after.items())


def test_later_segments_add_contents_after_the_earlier_ones() -> None:
    one = Segment(contents=SOME.contents, frames=SOME.frames, packs=SOME.packs)
    index = apply_segments([one, one])
    assert index.contents == [*SOME.contents] * 2
    assert (len(index.frames), len(index.packs)) == (2, 2)


def test_nothing_is_removed_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="not there"):
        apply_segments([Segment(removed=(b"x",))])
    with pytest.raises(ValueError, match="not there"):
        apply_segments([Segment(entries=(Entry(b"x", FILE),)), Segment(removed=(b"x", b"x"))])


def test_no_path_is_named_twice() -> None:
    twice = Segment(entries=(Entry(b"x", FILE), Entry(b"x", LINK, target=b"/etc")))
    with pytest.raises(ValueError, match="twice"):
        apply_segments([twice])


def test_what_an_index_comes_to() -> None:
    index = Index(
        entries={
            e.path: e
            for e in (
                Entry(b"d", DIRECTORY),
                Entry(b"f", FILE, size=CHUNK_BYTES + 1, contents=(0, 1)),
                Entry(b"g", HARD_LINK, target=b"f"),
                Entry(b"h", SPARSE, size=2 * CHUNK_BYTES, contents=(HOLE, 0)),
                Entry(b"l", LINK, target=b"x"),
            )
        },
        contents=[Content(b"", CHUNK_BYTES, 0, 0), Content(b"", 1, 1, 0), Content(b"", 1, 2, 0)],
        frames=[
            Frame(b"", 0, 0, 70, 9, False),
            Frame(b"", 1, 0, 5, 9, False),
            Frame(b"", 1, 5, 8, 9, False),
        ],
        packs=[Pack("", 100), Pack("", 20)],
    )
    assert (index.files, index.size_bytes) == (4, 3 * CHUNK_BYTES + 1)
    assert living_packs(index) == {0: 70, 1: 5}
