"""What builds and directories are called cannot steer the terminal, whatever verb tells of it."""

from pathlib import Path

import pytest

from localbuild.cache.layer_names import KEY_LABEL
from localbuild.cli.cache_verbs.plain import on_terminal
from localbuild.cli.cache_verbs.removing import removed_lines
from localbuild.cli.clean_cached import layer_words
from localbuild.ports.engine import LayerImage
from tests.unit.cli.cached import CacheHome
from tests.unit.cli.calling import Home

EVIL = "a\x1b]0;owned\x07\nb\u202e"
SHOWN = "a\ufffd]0;owned\ufffd\ufffdb\ufffd"


@pytest.fixture
def cache(home: Home) -> CacheHome:
    cache = CacheHome(home)
    cache.put(EVIL, {"deps/\x1b[31m": b"1"})
    cache.record(1, outcome=EVIL, key=EVIL, why=[EVIL], saved=False, reason=EVIL)
    return cache


def is_plain(text: str) -> bool:
    return all(c.isprintable() for line in text.split("\n") for c in line)


@pytest.mark.parametrize(
    "words",
    [
        ("ls",),
        ("ls", "--all"),
        ("show", "a"),
        ("show", EVIL),
        ("why",),
        ("why", "--next"),
        ("diff", "a", EVIL),
        ("diff", "b", EVIL),
        ("stats",),
        ("verify",),
        ("verify", "--repair"),
        ("prune", "--older-than", "1d"),
        ("rm", EVIL),
        ("rm", f"{EVIL}?"),
        ("push", f"{EVIL}/there"),
        ("pull", f"{EVIL}/there"),
    ],
)
@pytest.mark.parametrize("sick", ["sound", "damaged"])
def test_names_are_neutralised(cache: CacheHome, words: tuple[str, ...], sick: str) -> None:
    if sick == "damaged":
        cache.damage(cache.put(f"{EVIL}2", {"deps/x": b"2" * 50}))
    called = cache.call(*words)
    assert called.out + called.err
    assert is_plain(called.out), called.out
    assert is_plain(called.err), called.err


@pytest.mark.parametrize("verb", ["ls", "verify", "prune", "stats"])
def test_a_directory_s_name_is_neutralised(home: Home, tmp_path: Path, verb: str) -> None:
    home.cache = tmp_path / EVIL.replace("\n", "")
    cache = CacheHome(home)
    cache.put("a", {"deps/a": b"1"})
    called = cache.call(verb)
    assert SHOWN.replace("\ufffd\ufffdb", "\ufffdb") in called.out
    assert is_plain(called.out)


def test_the_key_of_a_warm_layer_is_neutralised() -> None:
    lines = removed_lines((), 0, (EVIL, ""))
    assert on_terminal(lines).splitlines()[:2] == [
        f"dropped the warm layer of {SHOWN}",
        "dropped the warm layer of (no key)",
    ]


def test_the_key_of_a_layer_that_is_cleaned_away_is_neutralised() -> None:
    layer = LayerImage(
        reference="r", id="r", labels=((KEY_LABEL, EVIL),), size_bytes=3, created_s=0.0
    )
    assert layer_words(layer) == f"key {SHOWN}, 3 B"
