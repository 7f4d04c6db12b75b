"""What a source version means."""

import pytest

from localbuild.sources.git_refs import (
    Remote,
    WantedVersion,
    all_refspecs,
    choose_ref,
    depth_of,
    parse_remote,
    read_version,
    refspec,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("version", "refs", "commit"),
    [
        ("", ("HEAD",), ""),
        ("main", ("refs/heads/main", "refs/tags/main"), ""),
        ("feature/x", ("refs/heads/feature/x", "refs/tags/feature/x"), ""),
        ("refs/pull/7/head", ("refs/pull/7/head",), ""),
        ("pr/7", ("refs/pull/7/head", "refs/heads/pr/7"), ""),
        (COMMIT, (f"refs/heads/{COMMIT}", f"refs/tags/{COMMIT}"), COMMIT),
        ("0123abc", ("refs/heads/0123abc", "refs/tags/0123abc"), "0123abc"),
        (f"refs/heads/main^{{{COMMIT}}}", ("refs/heads/main",), COMMIT),
    ],
)
def test_a_version(version: str, refs: tuple[str, ...], commit: str) -> None:
    assert read_version(version, "GITHUB") == WantedVersion(refs=refs, commit=commit)


def test_gitlab_has_its_own_pull_requests() -> None:
    found = read_version("pr/7", "GITLAB")
    assert found is not None
    assert found.refs[0] == "refs/merge-requests/7/head"


@pytest.mark.parametrize(
    "version",
    ["-x", "--upload-pack=x", "a b", "a..b", "a:b", "a^", "a~1", "a\nb", "/a", "a/", "a//b", "a*"],
)
def test_what_can_be_no_version(version: str) -> None:
    assert read_version(version, "GITHUB") is None


def test_a_remote_and_what_its_head_stands_for() -> None:
    remote = parse_remote(
        "ref: refs/heads/main\tHEAD\n1\tHEAD\n1\trefs/heads/main\n2\trefs/tags/v1\n"
    )
    assert choose_ref(WantedVersion(refs=("HEAD",)), remote) == "refs/heads/main"
    assert (
        choose_ref(WantedVersion(refs=("refs/heads/v1", "refs/tags/v1")), remote) == "refs/tags/v1"
    )
    assert choose_ref(WantedVersion(refs=("refs/heads/none",)), remote) == ""


def test_a_detached_head_is_taken_as_such() -> None:
    assert choose_ref(WantedVersion(refs=("HEAD",)), Remote(refs=frozenset({"HEAD"}))) == "HEAD"


def test_where_references_go() -> None:
    assert refspec("refs/heads/a/b") == "+refs/heads/a/b:refs/remotes/origin/a/b"
    assert refspec("refs/tags/v1") == "+refs/tags/v1:refs/tags/v1"
    assert refspec("refs/pull/7/head") == "+refs/pull/7/head:refs/remotes/origin/pull/7/head"
    assert refspec("HEAD") == "+HEAD:refs/remotes/origin/HEAD"
    assert all_refspecs("refs/heads/a") == all_refspecs("")
    assert all_refspecs("refs/pull/7/head")[-1] == refspec("refs/pull/7/head")


@pytest.mark.parametrize(("asked", "depth"), [(0, 0), (1, 1), (25, 25), (26, 0), (-1, 0)])
def test_a_depth_over_25_is_all(asked: int, depth: int) -> None:
    assert depth_of(asked) == depth
