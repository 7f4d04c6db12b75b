"""Why a key has no entry, in words."""

from dataclasses import replace

from localbuild.cache.explain import compare_builders, explain, nearest
from localbuild.cache.keys import paths_version
from localbuild.cache.manifest import Builder, KeyPart, Manifest
from localbuild.cache.template import evaluate, key_of, parse_template

TEMPLATE = "npm-$NODE-$(codebuild-hash-files package-lock.json)"
PATHS = ("node_modules/**/*",)
HOUR = 3600.0


def parts_of(
    template: str = TEMPLATE, node: str = "18", lock: str = "a1b2", **more: str
) -> tuple[KeyPart, ...]:
    files = {"package-lock.json": lock.ljust(64, "0"), **more} if lock else {}
    found = evaluate(parse_template(template), {"NODE": node}, lambda _: tuple(files.items()))
    assert found is not None
    return found


def entry(parts: tuple[KeyPart, ...], template: str = TEMPLATE, created_s: float = 0.0) -> Manifest:
    return Manifest(
        scope="s", version=paths_version(PATHS), paths=PATHS, key=key_of(parts),
        template=template, parts=parts, created_s=created_s,
    )  # fmt: skip


def why(wanted: tuple[KeyPart, ...], *candidates: Manifest) -> tuple[str, ...]:
    return explain(wanted, TEMPLATE, PATHS, candidates, 3 * HOUR)


def test_a_changed_file_is_named() -> None:
    old = entry(parts_of())
    assert why(parts_of(lock="c3d4"), old) == (
        "package-lock.json changed (a1b2… → c3d4…)",
        f"the nearest entry is {old.key}, 3 h old",
    )


def test_a_changed_variable_is_named() -> None:
    assert why(parts_of(node="20"), entry(parts_of()))[0] == "NODE was 18, is 20"
    assert why(parts_of(node=""), entry(parts_of()))[0] == "NODE was 18, is empty"


def test_digests_are_as_long_as_it_takes_to_tell_them_apart() -> None:
    lines = why(parts_of(lock="a1b2c3d5"), entry(parts_of(lock="a1b2c3d4")))
    assert lines[0] == "package-lock.json changed (a1b2c3d4… → a1b2c3d5…)"


def test_every_part_that_differs_has_a_line() -> None:
    lines = why(parts_of(node="20", lock="c3d4"), entry(parts_of()))
    assert [line.split()[0] for line in lines] == ["NODE", "package-lock.json", "the"]


def test_new_and_lost_files() -> None:
    lines = why(parts_of(**{"b.json": "b" * 64}), entry(parts_of(**{"c.json": "c" * 64})))
    assert lines[:2] == ("b.json is new", "c.json is gone")


def test_one_file_more_is_one() -> None:
    more = {f"f{i}": "f" * 64 for i in range(6)}
    assert why(parts_of(**more), entry(parts_of()))[5] == "and 1 more file"


def test_many_files_are_counted() -> None:
    more = {f"f{i}": "f" * 64 for i in range(9)}
    lines = why(parts_of(**more), entry(parts_of()))
    assert lines[5] == "and 4 more files"
    assert len(lines) == 7


def test_a_command_is_shown_as_written() -> None:
    old = entry((KeyPart(kind="command", text="$(date +%V)", value="47"),))
    wanted = (KeyPart(kind="command", text="$(date +%V)", value="48"),)
    assert why(wanted, old)[0] == "$(date +%V) was 47, is 48"


def test_a_pattern_that_matches_nothing_is_told() -> None:
    text = "no file of the source matches $(codebuild-hash-files package-lock.json)"
    assert why(parts_of(lock="")) == (text, "nothing has been saved here yet")
    assert text in why(parts_of(lock=""), entry(parts_of()))


def test_nothing_was_saved_yet() -> None:
    assert why(parts_of()) == ("nothing has been saved here yet",)


def test_the_same_key_needs_no_reason() -> None:
    assert why(parts_of(), entry(parts_of())) == ()


def test_other_paths_never_match() -> None:
    old = replace(entry(parts_of()), version=paths_version(["x/"]), paths=("x/",))
    assert why(parts_of(), old)[0] == (
        "the cache's paths changed, and entries of other paths never match: "
        "+ node_modules/**/*, - x/"
    )


def test_paths_in_another_order_never_match() -> None:
    swapped = replace(entry(parts_of()), version=paths_version(["b", "a"]), paths=("b", "a"))
    lines = explain(parts_of(), TEMPLATE, ("a", "b"), [swapped], 0.0)
    assert lines[0].endswith("never match: their order")


def test_a_key_that_is_written_in_another_way() -> None:
    old = entry(parts_of("npm-$NODE"), "npm-$NODE")
    assert why(parts_of(), old)[0].startswith("the key was written 'npm-$NODE', is 'npm-$NODE-$(")


def test_a_cache_that_had_no_key() -> None:
    old = replace(entry(()), key="", template="")
    assert why(parts_of(), old)[0].startswith("the key was written without a key, is 'npm-")
    assert why(parts_of(), old)[1] == "the nearest entry is the one without a key, 3 h old"


def test_the_nearest_has_the_same_paths_then_template_then_parts_then_is_newest() -> None:
    wanted, version = parts_of(node="20", lock="c3d4"), paths_version(PATHS)
    far = replace(entry(wanted, created_s=9), version="other")
    other = entry(parts_of("npm-$NODE", node="20"), "npm-$NODE", 8)
    less = entry(parts_of(node="18", lock="0000"), created_s=7)
    old = entry(parts_of(node="20", lock="0000"), created_s=1)
    new = entry(parts_of(node="20", lock="1111"), created_s=2)
    candidates = [far, other, less, old, new]
    for expected in (new, old, less, other, far):
        assert nearest(wanted, TEMPLATE, version, candidates) == expected
        candidates.remove(expected)
    assert nearest(wanted, TEMPLATE, version, candidates) is None


def test_values_cannot_steer_a_terminal_or_fill_it() -> None:
    lines = why(parts_of(node="\x1b[31m\n" + "x" * 500), entry(parts_of()))
    assert "\x1b" not in lines[0]
    assert "\n" not in lines[0]
    assert len(lines[0]) < 130


def test_another_image_is_told_of() -> None:
    old = Builder(project="p", image="a:1", image_id="sha256:1", platform="linux/amd64")
    new = Builder(project="p", image="a:2", image_id="sha256:2", platform="")
    assert compare_builders(new, old) == (
        "image was a:1, is a:2",
        "image digest was sha256:1, is sha256:2",
    )
