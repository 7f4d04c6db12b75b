"""Two indexes side by side."""

from localbuild.cache.diff import Change, Folder, by_folder, compare, top_growers
from localbuild.cache.index import DIRECTORY, FILE, HOLE, LINK, SPARSE, Content, Entry, Index


def index(*entries: Entry, contents: bytes = b"abcdef") -> Index:
    """Contents are numbered; each is of one byte that stands for its digest."""
    return Index(
        entries={e.path: e for e in entries},
        contents=[Content(bytes([c]), 1, 0, 0) for c in contents],
    )


def file(path: str, *contents: int, size: int = 0, mtime_ns: int = 0) -> Entry:
    size = size or len(contents)
    return Entry(path.encode(), FILE, size=size, contents=contents, mtime_ns=mtime_ns)


def test_what_came_what_went_and_what_changed() -> None:
    old = index(file("gone", 0, size=5), file("same", 1), file("grew", 2, size=10))
    new = index(file("came", 0, size=7), file("grew", 3, size=30), file("same", 1))
    found = compare(old, new)
    assert found.changes == (
        Change(path=b"came", how="added", new_bytes=7),
        Change(path=b"gone", how="removed", old_bytes=5),
        Change(path=b"grew", how="changed", old_bytes=10, new_bytes=30),
    )
    assert (found.same, found.touched) == (1, 0)
    assert [c.path for c in found.of("changed")] == [b"grew"]


def test_numbers_of_contents_do_not_matter_but_their_digests() -> None:
    old, new = index(file("f", 0, 2)), index(file("f", 1, 3), contents=b"xayc")
    assert compare(old, new).changes == ()
    assert compare(old, index(file("f", 0, 2), contents=b"abx")).changes != ()


def test_a_time_or_a_mode_alone_is_a_touch() -> None:
    found = compare(index(file("f", 0, mtime_ns=1)), index(file("f", 0, mtime_ns=2)))
    assert (found.changes, found.same, found.touched) == ((), 1, 1)


def test_links_and_holes() -> None:
    old = index(Entry(b"l", LINK, target=b"a"), Entry(b"s", SPARSE, size=2, contents=(HOLE, 0)))
    new = index(Entry(b"l", LINK, target=b"b"), Entry(b"s", SPARSE, size=2, contents=(0, HOLE)))
    assert [c.path for c in compare(old, new).changes] == [b"l", b"s"]
    assert compare(old, old).changes == ()


def test_directories_do_not_count() -> None:
    found = compare(index(), index(Entry(b"d", DIRECTORY)))
    assert (found.changes, found.same) == ((), 0)


def test_changes_by_folder_the_largest_first() -> None:
    new = index(
        file("m/a/x/1", 0, size=10), file("m/a/2", 0, size=5), file("m/b/1", 0, size=100),
        file("top", 0, size=1), file("/root/.m2/f", 0, size=2),
    )  # fmt: skip
    changes = compare(index(file("m/b/old", 0, size=300)), new).changes
    assert by_folder(changes, 2) == (
        Folder(path=b"m/b", added=1, removed=1, growth=-200),
        Folder(path=b"m/a", added=2, growth=15),
        Folder(path=b"/root/.m2", added=1, growth=2),
        Folder(path=b".", added=1, growth=1),
    )
    assert by_folder(changes, 1)[0] == Folder(path=b"m", added=3, removed=1, growth=-185)


def test_top_growers() -> None:
    old = index(file("a", 0, size=10), file("b", 0, size=10), file("c", 0, size=10))
    new = index(file("a", 1, size=30), file("b", 1, size=5), file("d", 1, size=20))
    changes = compare(old, new).changes
    assert [(c.path, c.growth) for c in top_growers(changes, 5)] == [(b"a", 20), (b"d", 20)]
    assert len(top_growers(changes, 1)) == 1
