"""Which entry a build gets: the key's own, else the newest of the first fallback key with any."""

from dataclasses import replace

from localbuild.cache.keys import manifest_name
from localbuild.cache.lookup import Found, Lookup
from localbuild.cache.manifest import encode_manifest
from localbuild.ports.cache import CacheOutcome
from tests.unit.cache.cupboard import OTHER, SCOPE, VERSION, Cupboard, put_entry

FILES = {"deps/a": b"1"}


def find(*cupboards: Cupboard, key: str, fallback: tuple[str, ...] = ()) -> Found | None:
    return Lookup([c.store for c in cupboards], SCOPE, VERSION).find(key, fallback)


def told(found: Found | None) -> tuple[str, str] | None:
    return None if found is None else (found.manifest.key, found.outcome.value)


def filled(*keys: str) -> Cupboard:
    """Entries of these keys, each an hour younger than the one before."""
    cupboard = Cupboard()
    for key in keys:
        cupboard.put(key, FILES)
        cupboard.clock.move(3600)
    return cupboard


def test_the_key_itself_comes_first() -> None:
    cupboard = filled("npm-1", "npm-12", "npm-")
    assert told(find(cupboard, key="npm-1", fallback=("npm-",))) == ("npm-1", "hit")
    assert told(find(cupboard, key="npm-2", fallback=("npm-",))) == ("npm-", "fallback")


def test_a_key_is_no_beginning_of_another() -> None:
    assert find(filled("npm-12"), key="npm-1") is None


def test_fallback_keys_are_tried_in_their_order() -> None:
    cupboard = filled("a-1", "b-1", "b-2", "c-1")
    assert told(find(cupboard, key="x", fallback=("z", "b-", "a-"))) == ("b-2", "fallback")
    assert told(find(cupboard, key="x", fallback=("a-", "b-"))) == ("a-1", "fallback")


def test_of_several_the_newest_is_taken() -> None:
    assert told(find(filled("n-2", "n-3", "n-1"), key="x", fallback=("n-",))) == ("n-1", "fallback")
    assert told(find(filled("n-1", "m", "n-2"), key="x", fallback=("",))) == ("n-2", "fallback")


def test_long_keys_are_found_by_their_whole_beginning() -> None:
    long = "x" * 300
    cupboard = filled(long + "1", long + "2", "x" * 299 + "y")
    assert told(find(cupboard, key=long + "1")) == (long + "1", "hit")
    assert told(find(cupboard, key="z", fallback=(long,))) == (long + "2", "fallback")
    assert told(find(cupboard, key="z", fallback=("x" * 299 + "y",))) == (
        "x" * 299 + "y",
        "fallback",
    )
    assert find(cupboard, key="z", fallback=(long + "3",)) is None


def test_without_a_key_there_are_no_fallback_keys() -> None:
    assert find(filled("npm-1"), key="", fallback=("npm-", "")) is None
    assert told(find(filled(""), key="")) == ("", "hit")
    assert find(filled(""), key="x", fallback=("",)) is None


def test_the_first_store_that_has_it_is_taken() -> None:
    upper, lower = filled("a-1"), filled("a-1", "a-2", "b-1")
    found = find(upper, lower, key="a-1")
    assert found is not None
    assert found.store is upper.store
    assert told(find(upper, lower, key="a-2", fallback=("a-",))) == ("a-2", "hit")
    assert told(find(upper, lower, key="x", fallback=("a-",))) == ("a-1", "fallback")
    found = find(upper, lower, key="x", fallback=("b-",))
    assert found is not None
    assert found.store is lower.store
    assert found.data == lower.store.read(found.manifest.name)


def test_other_scopes_and_versions_are_not_looked_at() -> None:
    cupboard = Cupboard()
    put_entry(cupboard.store, "npm-1", FILES, scope=OTHER)
    put_entry(cupboard.store, "npm-1", FILES, paths=("other/",))
    assert find(cupboard, key="npm-1", fallback=("npm-", "")) is None


def test_what_is_damaged_is_passed_by_and_told() -> None:
    cupboard = filled("n-1", "n-2", "n-3", "n-4")
    names = [manifest_name(SCOPE, VERSION, key) for key in ("n-2", "n-3", "n-4")]
    good = cupboard.store.read(manifest_name(SCOPE, VERSION, "n-1"))
    assert good is not None
    cupboard.store.replace(names[0], b"nonsense")
    cupboard.store.replace(names[1], good)  # another's manifest
    cupboard.store.replace(names[2], b"")
    lookup = Lookup([cupboard.store], SCOPE, VERSION)
    assert told(lookup.find("n-4", ("n-",))) == ("n-1", "fallback")
    assert {damaged.name for damaged in lookup.damaged} == set(names)


def test_what_a_later_version_wrote_is_passed_by_and_not_damaged() -> None:
    cupboard = filled("n-1")
    entry = cupboard.put("n-2", FILES)
    cupboard.store.replace(entry.name, encode_manifest(replace(entry, format=2)))
    lookup = Lookup([cupboard.store], SCOPE, VERSION)
    assert told(lookup.find("n-2", ("n-",))) == ("n-1", "fallback")
    assert lookup.damaged == []


def test_candidates_are_the_newest_of_any_version() -> None:
    cupboard = filled(*(f"k-{number}" for number in range(8)))
    put_entry(cupboard.store, "other", FILES, paths=("other/",))
    lookup = Lookup([cupboard.store], SCOPE, VERSION)
    keys = [manifest.key for manifest in lookup.candidates(cupboard.store)]
    assert keys == ["other", "k-7", "k-6", "k-5", "k-4"]
    assert CacheOutcome.HIT.value == "hit"
