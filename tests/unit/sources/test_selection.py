"""Listings become names by directory; `.git` files that lead out of the source are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.sources.selection import Selection, find_git_file_note, parse_listing

NAMES = st.binary(min_size=1, max_size=3).filter(lambda name: not set(name) & set(b"\0/"))
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map(b"/".join), max_size=30)


def paths_of(selection: Selection, key: bytes = b"") -> list[bytes]:
    found = [key + name for name in selection.files[key]]
    for name in selection.directories.get(key, ()):
        found += paths_of(selection, key + name + b"/")
    return found


@given(PATHS)
def test_every_path_is_found_once_on_the_way_down(paths: list[bytes]) -> None:
    selection = parse_listing(b"".join(path + b"\0" for path in paths))
    assert sorted(paths_of(selection)) == sorted(set(paths))


def test_nothing_listed_is_nothing_chosen() -> None:
    assert parse_listing(b"") == Selection(files={b"": []}, directories={})


def test_a_repository_inside_is_listed_with_a_slash() -> None:
    selection = parse_listing(b"inner/\0a/other/\0")
    assert selection.files == {b"": [b"inner"], b"a/": [b"other"]}
    assert selection.directories == {b"": [b"a"]}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (b".git", b"gitdir: /home/me/main/.git/worktrees/two\n"),
        (b".git", b"gitdir: ../.git/modules/sub\n"),
        (b".git", b"gitdir: ..\n"),
        (b"sub/.git", b"gitdir: ../../.git/modules/sub\n"),
        (b"a/b/.git", b"gitdir: /repo/.git"),
    ],
)
def test_a_git_file_that_leads_out_is_told(path: bytes, content: bytes) -> None:
    assert repr(path.decode()) in find_git_file_note(content, path)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (b"sub/.git", b"gitdir: ../.git/modules/sub\n"),
        (b"a/b/.git", b"gitdir: ../../.git/modules/a/b\n"),
        (b".git", b"gitdir: ..hidden\n"),
        (b"sub/.git", b"something else"),
        (b"sub/x.git", b"gitdir: /elsewhere\n"),
        (b"sub/.git", b""),
    ],
)
def test_a_git_file_that_stays_inside_is_not(path: bytes, content: bytes) -> None:
    assert find_git_file_note(content, path) == ""
