"""A directory that holds no cache, as a mistyped one: every verb says so and leaves it alone."""

from pathlib import Path

import pytest

from tests.unit.cli.cached import SPEC, CacheHome
from tests.unit.cli.calling import Home

VERBS = [
    ("ls",),
    ("show",),
    ("why", "--next"),
    ("diff", "a", "b"),
    ("stats",),
    ("verify", "--repair"),
    ("prune",),
    ("prune", "--now"),
    ("prune", "--dry-run"),
    ("rm", "a"),
    ("rm", "--all"),
    ("push", "elsewhere"),
]


@pytest.fixture
def cache(home: Home) -> CacheHome:
    home.write("buildspec.yml", SPEC)
    return CacheHome(home)


@pytest.mark.parametrize("words", VERBS)
@pytest.mark.parametrize("there", ["nothing", "folder", "file"])
def test_a_mistyped_directory_is_told_of_and_left_alone(
    cache: CacheHome, tmp_path: Path, words: tuple[str, ...], there: str
) -> None:
    cache.put("a", {"deps/a": b"1"})
    mistyped = tmp_path / "mistyped"
    if there == "folder":
        mistyped.mkdir()
    elif there == "file":
        mistyped.write_bytes(b"")
    called = cache.call(*words, "--cache", str(mistyped), "-q")
    assert f"warning: there is no cache in {mistyped}\n" in called.err
    assert mistyped.exists() == (there != "nothing")
    assert not mistyped.is_dir() or list(mistyped.iterdir()) == []
    assert not (cache.home.cwd / "elsewhere").exists()


def test_pull_tells_of_the_place_that_it_reads(cache: CacheHome, tmp_path: Path) -> None:
    called = cache.call("pull", str(tmp_path / "mistyped"))
    assert f"there is no cache in {tmp_path / 'mistyped'}\n" in called.err
    assert str(cache.home.cache) not in called.err
    assert not (tmp_path / "mistyped").exists()
    assert not cache.home.cache.exists()


def test_the_user_s_own_cache_may_be_yet_to_come(cache: CacheHome) -> None:
    called = cache.call("ls")
    assert (called.code, called.err) == (0, f"note: there is no cache in {cache.store.url}\n")


def test_nothing_is_not_called_sound(cache: CacheHome) -> None:
    assert cache.call("verify").out.splitlines()[-1] == "there is nothing to verify"


def test_a_cache_without_this_project_s_entries_is_a_cache(cache: CacheHome) -> None:
    cache.put("x", {"deps/a": b"1"}, scope="0" * 64)
    assert cache.call("ls").err == ""
