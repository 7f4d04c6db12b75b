"""Names in a store: no two things get the same one, and none is a name that a store refuses."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from localbuild.cache.keys import (
    Scope,
    condemned_name,
    decode_key,
    digest_of,
    encode_key,
    manifest_name,
    manifests_prefix,
    may_begin_with,
    object_name,
    paths_version,
    scope_of,
    scope_prefix,
    search_prefix,
)
from localbuild.cache.stores.names import check_name, check_prefix

SCOPE = Scope(project="p").id
VERSION = paths_version(["a"])
KEYS = st.text(st.characters(exclude_categories=["Cs"]) | st.characters(codec="ascii"))
ODD = (
    *("..", ".", "/", "//", "a/b", "../../etc", "~", "%", "%41", "A", "a", "\n", " ", "\0", "k."),
    *("u", "ä", "a\u0308", "\udcff", "\U0001f600", "CON", "-rf", "*", "$(id)", "x" * 180),
    "x" * 181,
)  # fmt: skip


@given(KEYS, KEYS)
@example("%41", "A")
@example("a~", "a")
@example("ä", "a\u0308")
def test_no_two_keys_are_encoded_alike(one: str, other: str) -> None:
    assert (encode_key(one) == encode_key(other)) == (one == other)


@given(KEYS, KEYS)
def test_a_beginning_stays_a_beginning(one: str, other: str) -> None:
    assert encode_key(one + other).startswith(encode_key(one))
    assert encode_key(one).startswith(encode_key(other)) == one.startswith(other)


@given(KEYS, KEYS)
@example("x" * 181, "x" * 182)
@example("x" * 179 + "é", "x" * 179 + "è")
@example("", "u")
def test_no_two_keys_have_one_manifest(one: str, other: str) -> None:
    names = manifest_name(SCOPE, VERSION, one), manifest_name(SCOPE, VERSION, other)
    assert (names[0] == names[1]) == (one == other)


def test_a_hundred_thousand_odd_keys_have_legal_names() -> None:
    random = Random("keys")
    alphabet = "aZ0-_./~%\\ \n\t\0\x7f$`'\"*?[]{}:;|&<>()!#äß\u202e\U0001f600\udcff\udc80"
    seen = set()
    for number in range(100_000):
        length = number % 50 if number % 10 else number % 600
        key = "".join(random.choices(alphabet, k=length)) + str(number)
        name = manifest_name(SCOPE, VERSION, key)
        check_name(name)
        assert ".." not in name
        seen.add(name)
    assert len(seen) == 100_000


@pytest.mark.parametrize("key", ODD)
def test_an_odd_key_has_a_legal_name(key: str) -> None:
    check_name(manifest_name(SCOPE, VERSION, key))
    check_prefix(search_prefix(SCOPE, VERSION, key))


def test_names_of_everything_are_legal() -> None:
    digest = "ab" * 32
    for name in (object_name(SCOPE, digest), condemned_name(SCOPE, digest)):
        check_name(name)
        assert (scope_of(name), digest_of(name)) == (SCOPE, digest)
        assert name.startswith(scope_prefix(SCOPE))
    name = manifest_name(SCOPE, VERSION, "")
    check_name(name)
    assert scope_of(name) == SCOPE
    assert name.startswith(manifests_prefix(SCOPE, VERSION))


@given(KEYS, KEYS, st.integers(0, 400))
@example("x" * 150, "", 101)
@example("x" * 150, "y", 90)
@example("x" * 300, "y", 300)
def test_a_search_finds_every_key_that_begins_so(key: str, more: str, cut: int) -> None:
    """Against the model: `startswith` of the keys themselves."""
    key += more
    for beginning in (key[:cut], more):
        name = manifest_name(SCOPE, VERSION, key)
        said = may_begin_with(name, beginning) if key else False
        found = name.startswith(search_prefix(SCOPE, VERSION, beginning)) and said is not False
        begins = bool(key) and key.startswith(beginning)
        assert found or not begins
        assert said is None or not key or said == begins


def test_a_search_does_not_find_the_entry_without_a_key() -> None:
    name = manifest_name(SCOPE, VERSION, "")
    assert not name.startswith(search_prefix(SCOPE, VERSION, ""))


@given(st.lists(st.tuples(KEYS, KEYS), min_size=2, max_size=2))
@example([("p", ""), ("", "p")])
@example([("project", ""), ("", "project")])
@example([("a", "b"), ("c", "b")])
def test_scopes_are_the_same_for_the_same_owner_alone(owners: list[tuple[str, str]]) -> None:
    ids = [Scope(project=project, namespace=namespace).id for project, namespace in owners]
    meant = [("n", namespace) if namespace else ("p", project) for project, namespace in owners]
    assert (ids[0] == ids[1]) == (meant[0] == meant[1])
    check_name(f"{scope_prefix(ids[0])}x")


PATHS = st.lists(st.text(st.sampled_from("ab/*\n,"), max_size=4), max_size=3)


@given(PATHS, PATHS)
@example(["a\nb"], ["a", "b"])
@example([""], [])
@example(["a", "b"], ["b", "a"])
def test_other_paths_are_another_version(one: list[str], other: list[str]) -> None:
    assert (paths_version(one) == paths_version(other)) == (one == other)


@pytest.mark.parametrize("key", ["", "k", "npm/20 ü~%", "a\n\x1b", "\udc80", "x" * 180])
def test_a_name_tells_its_key(key: str) -> None:
    assert decode_key(manifest_name("s", "v", key)) == key


@pytest.mark.parametrize("key", ["x" * 181, "x" * 99 + "ü" * 90, "x" * 98 + "ü" * 90])
def test_a_cut_name_tells_how_its_key_begins(key: str) -> None:
    found = decode_key(manifest_name("s", "v", key))
    assert found.endswith("…")
    begins = found[:-1].encode("utf-8", "surrogateescape")
    assert len(begins) >= 98
    assert key.encode().startswith(begins)
