"""The cache of a build: what it finds, what it keeps, and that no fault of a store gets out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cache.fetching import read_object
from localbuild.cache.keys import digest_of, manifests_prefix, objects_prefix
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.layers import make_layer
from localbuild.cache.manifest import Manifest, decode_manifest
from localbuild.container import tar
from localbuild.engines.scripted import Answer, ScriptedContainer
from localbuild.errors import StorageError
from localbuild.plan.cache import CacheAction, CacheMode, CachePlan
from localbuild.ports.cache import CacheOutcome
from localbuild.ports.engine import CommandRequest, ContainerSpec
from localbuild.ports.store import ByteStore, Fault
from tests.contracts.source_contract import contents_of
from tests.unit.cache.bench import PLAN, Bench, FaultyStore, HashedSource, no_answer, says
from tests.unit.cache.cupboard import HandClock

HIT, MISS, FALLBACK, OFF = (
    CacheOutcome.HIT,
    CacheOutcome.MISS,
    CacheOutcome.FALLBACK,
    CacheOutcome.OFF,
)
ONE = {"deps/a": "1", "deps/sub/b": "2"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def keyed(key: str, *fallback: str) -> CachePlan:
    return replace(PLAN, key=key, fallback_keys=fallback)


def entries(store: ByteStore) -> list[Manifest]:
    found = [store.read(o.name) for o in store.list("v1/scopes/") if "/m/" in o.name]
    return [decode_manifest(data) for data in found if data is not None]


# --- what is found and kept -----------------------------------------------------------------------


def test_what_one_build_keeps_the_next_one_finds(bench: Bench) -> None:
    first = bench.build(files=ONE)
    assert (first.restored.outcome, first.restored.key) == (MISS, "npm-1")
    assert (first.saved.saved, first.saved.key, first.saved.files) == (True, "npm-1", 2)
    assert first.saved.size_bytes == 2
    assert first.saved.new_bytes > 0
    second = bench.build(files={"deps/more": "3"})
    assert (second.restored.outcome, second.restored.matched_key) == (HIT, "npm-1")
    assert (second.restored.files, second.restored.size_bytes) == (2, 2)
    assert second.restored.store == "memory:"
    assert second.files == ONE
    assert not second.saved.saved
    assert "never changed" in second.saved.reason
    assert first.warnings + second.warnings == ()
    assert bench.build().files == ONE


def test_without_a_key_each_build_replaces_what_there_is(bench: Bench) -> None:
    plan = keyed("")
    bench.build(plan, ONE)
    second = bench.build(plan, {"deps/more": "3"})
    assert (second.restored.outcome, second.saved.saved) == (HIT, True)
    third = bench.build(plan)
    assert third.files == {**ONE, "deps/more": "3"}
    assert not third.saved.saved
    assert third.saved.reason == "nothing has changed"
    assert len(entries(bench.stores[0])) == 1


def test_a_fallback_is_told_with_the_reason_and_saved_under_the_key(bench: Bench) -> None:
    bench.build(keyed("npm-1"), ONE)
    found = bench.build(keyed("npm-2", "npm-"))
    assert (found.restored.outcome, found.restored.matched_key) == (FALLBACK, "npm-1")
    assert found.restored.why
    assert found.saved.saved
    assert found.saved.new_bytes == 0  # the same files
    assert bench.build(keyed("npm-2")).restored.outcome is HIT


def test_nothing_is_saved_where_there_is_nothing(bench: Bench) -> None:
    built = bench.build(files={"other/a": "1"})
    assert not built.saved.saved
    assert "no file" in built.saved.reason
    assert entries(bench.stores[0]) == []


STATES = [
    (CacheAction.BOTH, CacheMode.READ_WRITE, True, True),
    (CacheAction.BOTH, CacheMode.READ_ONLY, True, False),
    (CacheAction.BOTH, CacheMode.WRITE_ONLY, False, True),
    (CacheAction.RESTORE, CacheMode.READ_WRITE, True, False),
    (CacheAction.RESTORE, CacheMode.READ_ONLY, True, False),
    (CacheAction.RESTORE, CacheMode.WRITE_ONLY, False, False),
    (CacheAction.SAVE, CacheMode.READ_WRITE, False, True),
    (CacheAction.SAVE, CacheMode.READ_ONLY, False, False),
    (CacheAction.SAVE, CacheMode.WRITE_ONLY, False, True),
]


@pytest.mark.parametrize(("action", "mode", "restores", "saves"), STATES)
def test_action_and_mode_say_what_a_build_may(
    action: CacheAction, mode: CacheMode, restores: bool, saves: bool, bench: Bench
) -> None:
    bench.build(files=ONE)
    plan = replace(PLAN, action=action, mode=mode)
    built = bench.build(plan)
    assert built.restored.outcome is (HIT if restores else OFF)
    assert built.files == (ONE if restores else {})
    other = bench.build(replace(plan, key="other"), ONE)
    assert other.saved.saved == saves
    assert saves or "read-only" in other.saved.reason or "restore" in other.saved.reason
    assert built.warnings + other.warnings == ()


def test_who_comes_second_is_told_and_changes_nothing(bench: Bench) -> None:
    slow, container = bench.open(), bench.container()
    image = bench.engine.find_image("scripted:1", "")
    assert image is not None
    slow.prepare(bench.context(PLAN), image, bench.engine)
    assert slow.restore(container).outcome is MISS
    bench.build(files=ONE)
    bench.write(container, "deps/late", "late")
    late = slow.save(container)
    slow.close()
    assert not late.saved
    assert "never changed" in late.reason
    assert bench.build().files == ONE


def test_who_loses_the_race_for_a_key_is_told(tmp_path: Path) -> None:
    """The other one comes between the look and the writing."""

    class Racing(FaultyStore):
        def create(self, name: str, pieces: object) -> bool:
            return "/m/" not in name and super().create(name, pieces)  # type: ignore[arg-type]

    built = Bench(tmp_path, [Racing(HandClock())]).build(files=ONE)
    assert not built.saved.saved
    assert "another build" in built.saved.reason
    assert built.warnings == ()


def test_a_build_without_paths_has_no_cache(bench: Bench) -> None:
    built = bench.build(replace(PLAN, paths=()))
    assert built.restored.outcome is OFF
    assert "no path" in built.saved.reason


def test_a_path_that_leads_out_is_told_and_left_out(bench: Bench) -> None:
    plan = replace(PLAN, paths=("../up/**/*", "deps/**/*"))
    built = bench.build(plan, ONE)
    assert any("'..'" in warning for warning in built.warnings)
    assert built.saved.files == 2


def test_the_paths_variables_are_replaced(bench: Bench) -> None:
    plan = replace(PLAN, paths=("$V/**/*",))
    cache = bench.open()
    image = bench.engine.find_image("scripted:1", "")
    assert image is not None
    cache.prepare(bench.context(plan), image, bench.engine)
    assert cache.expanded_paths == ("value/**/*",)
    cache.close()
    bench.build(plan, {"value/a": "1"})
    assert bench.build(plan).files == {"value/a": "1"}


def test_a_manifest_says_why_and_by_whom(bench: Bench) -> None:
    bench.build(keyed("npm-$(codebuild-hash-files package.json)-$V", "npm-"), ONE)
    [manifest] = entries(bench.stores[0])
    assert manifest.template.startswith("npm-$(")
    assert [part.kind for part in manifest.parts] == [
        "literal",
        "hash-files",
        "literal",
        "variable",
    ]
    assert [f.path for part in manifest.parts for f in part.files] == ["package.json"]
    assert manifest.key.endswith("-value")
    builder = manifest.builder
    assert (builder.project, builder.build, builder.tool) == ("sample", "b:1", "localbuild 0")
    assert (builder.image, builder.image_id) == ("scripted:1", "scripted:1")
    assert manifest.paths == PLAN.paths


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_is_evaluated_in_the_container_where_it_must(bench: Bench) -> None:
    bench.answer = says(b"npm-v20")
    plan = keyed("npm-$(node --version)", "npm-")
    assert bench.build(plan, ONE).saved.key == "npm-v20"
    built = bench.build(plan)
    assert (built.restored.outcome, built.restored.key, built.files) == (HIT, "npm-v20", ONE)
    bench.answer = says(b"npm-v22")
    assert bench.build(plan).restored.outcome is FALLBACK


@pytest.mark.parametrize(
    "answer", [no_answer, says(b"v20" * 8 * 1024 * 1024)], ids=["nothing", "24 MiB"]
)
def test_a_shell_that_says_nothing_or_no_end_means_no_cache(
    answer: Callable[[CommandRequest], Answer], bench: Bench
) -> None:
    bench.answer = answer
    built = bench.build(keyed("npm-$(node --version)"), ONE)
    assert built.restored.outcome is MISS
    assert "could not be evaluated" in built.restored.failure
    assert "could not be evaluated" in built.saved.reason


@pytest.mark.parametrize("key", ["$UNSET", "$(codebuild-hash-files nothing)", "$UNSET$UNSET"])
def test_a_key_that_comes_to_nothing_is_told_and_nothing_is_kept(key: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, source=HashedSource(()))
    built = bench.build(keyed(key, "npm-"), ONE)
    assert built.restored.outcome is MISS
    assert any("came to nothing" in warning for warning in built.warnings)
    assert not built.saved.saved
    assert entries(bench.stores[0]) == []


def test_hashes_of_no_files_leave_the_rest_of_a_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path, source=HashedSource(()))
    built = bench.build(keyed("npm-$(codebuild-hash-files nothing)"), ONE)
    assert (built.saved.saved, built.saved.key) == (True, "npm-")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("npm-$(codebuild-hash-files no.lock)", "no file of the source matches $(codebuild-"),
        ("npm-$(codebuild-hash-files *.lock)", "no file of the source matches $(codebuild-"),
        ("npm-$UNSET", "nothing has set $UNSET: "),
        ("npm-${UNSET}-$(date +%G)", "nothing has set ${UNSET}: "),
    ],
)
def test_an_empty_part_of_a_key_is_warned_of_on_a_miss_and_on_a_hit(
    key: str, said: str, tmp_path: Path
) -> None:
    answer = says(b"" if "*" in key else b"2026")
    bench = Bench(tmp_path, source=HashedSource(()), answer=answer)
    for outcome in (MISS, HIT):
        built = bench.build(keyed(key), ONE)
        assert built.restored.outcome is outcome
        (warning,) = built.warnings
        assert warning.startswith(f"cache: {said}")


@pytest.mark.parametrize("key", ["npm-$V", "npm-\\$UNSET", "npm-$(codebuild-hash-files '*.json')"])
def test_a_key_whose_parts_are_all_there_is_not_warned_of(key: str, bench: Bench) -> None:
    assert bench.build(keyed(key), ONE).warnings == ()


@pytest.mark.parametrize("length", [4096, 5000])
def test_a_key_has_a_longest_length(length: int, bench: Bench) -> None:
    built = bench.build(keyed("x" * length), ONE)
    assert built.saved.saved == (length <= 4096)
    assert any("longer than" in warning for warning in built.warnings) == (length > 4096)


def test_a_key_of_very_many_files_keeps_what_it_came_to(tmp_path: Path) -> None:
    """Their list does not fit into a manifest; the entry does not suffer from that."""
    many = tuple((f"{'d' * 100}/{number:06}", "ab" * 32) for number in range(60_000))
    bench = Bench(tmp_path, source=HashedSource(many))
    plan = keyed("npm-$(codebuild-hash-files '**')")
    built = bench.build(plan, ONE)
    assert built.saved.saved
    [manifest] = entries(bench.stores[0])
    assert manifest.parts[1].value
    assert manifest.parts[1].files == ()
    assert bench.build(plan).restored.outcome is HIT


# --- damage ---------------------------------------------------------------------------------------


def flip(store: ByteStore, name: str) -> None:
    data = store.read(name)
    assert data is not None
    store.replace(name, bytes([data[0] ^ 1]) + data[1:])


def remove(store: ByteStore, name: str) -> None:
    assert store.remove(name)


def nothing(store: ByteStore, name: str) -> None:
    store.replace(name, b"")


def damaged(bench: Bench, what: str, how: Callable[[ByteStore, str], None]) -> None:
    """Damage the manifest, a segment or a pack of the only entry."""
    store = bench.stores[0]
    [manifest] = entries(store)
    if what == "manifest":
        how(store, manifest.name)
        return
    objects = manifest.segments if what == "segment" else manifest.packs
    [name] = [
        o.name
        for o in store.list(objects_prefix(manifest.scope))
        if digest_of(o.name) == objects[0].digest
    ]
    how(store, name)


@pytest.mark.parametrize("how", [flip, nothing, remove])
@pytest.mark.parametrize("what", ["manifest", "segment", "pack"])
@pytest.mark.parametrize("key", ["npm-1", ""])
def test_damage_is_a_miss_and_a_warning_and_written_anew(
    key: str, what: str, how: Callable[[ByteStore, str], None], bench: Bench
) -> None:
    plan = keyed(key)
    bench.build(plan, ONE)
    damaged(bench, what, how)
    built = bench.build(plan, ONE)
    assert built.restored.outcome is MISS
    assert built.files == {}
    gone = what == "manifest" and how is remove
    assert any("damaged" in warning for warning in built.warnings) != gone
    assert built.saved.saved, built.saved.reason
    again = bench.build(plan)
    assert (again.restored.outcome, again.files, again.warnings) == (HIT, ONE, ())


@pytest.mark.parametrize(
    ("key", "whose"), [("npm-1", "the entry of the key npm-1"), ("", "the entry without a key")]
)
@pytest.mark.parametrize(
    ("what", "how", "problem"),
    [
        ("manifest", flip, "its checksum does not fit"),
        ("segment", remove, "one of its objects: it is not there"),
        ("pack", nothing, "one of its objects: "),
    ],
)
def test_damage_goes_by_its_key_and_by_its_name_only_for_who_asks(
    key: str, whose: str, what: str, how: Callable[[ByteStore, str], None], problem: str,
    bench: Bench,
) -> None:  # fmt: skip
    bench.build(keyed(key), ONE)
    damaged(bench, what, how)
    built = bench.build(keyed(key))
    told, *more = built.warnings
    assert told.startswith(f"cache: {whose} in {bench.stores[0].url} is damaged: {problem}")
    said = (told, *more, built.restored.failure)
    assert not [line for line in said if "v1/scopes/" in line], said
    assert any("v1/scopes/" in line for line in bench.told)


@pytest.mark.parametrize("what", ["manifest", "segment", "pack"])
def test_a_build_that_may_only_read_leaves_damage_alone(what: str, bench: Bench) -> None:
    bench.build(files=ONE)
    damaged(bench, what, flip)
    before = [o.name for o in bench.stores[0].list("v1/")]
    built = bench.build(replace(PLAN, mode=CacheMode.READ_ONLY))
    assert built.restored.outcome is MISS
    assert any("damaged" in warning for warning in built.warnings)
    assert {o.name for o in bench.stores[0].list("v1/")} >= set(before)


def test_a_damaged_manifest_does_not_keep_a_build_that_only_saves_from_it(bench: Bench) -> None:
    bench.build(files=ONE)
    damaged(bench, "manifest", flip)
    built = bench.build(replace(PLAN, action=CacheAction.SAVE), ONE)
    assert built.saved.saved, built.saved.reason
    assert any("damaged" in warning for warning in built.warnings)
    assert bench.build().files == ONE


@pytest.mark.parametrize("what", ["segment", "pack"])
def test_what_a_save_builds_upon_may_be_damaged(what: str, bench: Bench) -> None:
    """An entry of another key, whose packs the save would take over."""
    bench.build(files=ONE)
    damaged(bench, what, flip)
    built = bench.build(keyed("npm-2"), ONE)
    assert built.saved.saved
    found = bench.build(keyed("npm-2"))
    if what == "segment":
        assert found.files == ONE
        return
    assert found.restored.outcome is MISS  # only now it is read
    assert bench.build(keyed("npm-2"), ONE).files in ({}, ONE)
    assert bench.build(keyed("npm-2")).files == ONE


# --- faults ---------------------------------------------------------------------------------------

VERBS = ["now", "read", "read_range", "create", "replace", "find", "list", "freshen", "remove"]
SILENT = {"find", "freshen", "remove"}
"""Where these fail, something looks older than it is, or stays; nobody misses it.

So with a key's own entry, of which only the use is noted.
"""


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("key", ["npm-1", "npm-2", ""])
def test_no_fault_of_a_store_gets_out(key: str, verb: str, fault: Fault, tmp_path: Path) -> None:
    store = FaultyStore(HandClock())
    bench = Bench(tmp_path, [store])
    bench.build(keyed("npm-1"), ONE)
    bench.build(keyed(""), ONE)
    store.fault, store.verb = fault, verb
    built = bench.build(keyed(key, "npm-"), {"deps/new": "3"})
    silent = verb in SILENT or (key == "npm-1" and verb in ("now", "replace"))
    assert store.asked == 0 or silent or built.warnings or (key and verb == "replace")
    assert built.restored.outcome is not MISS or built.restored.failure
    assert built.restored.outcome is MISS or built.files == ONE
    assert all("on purpose" in warning for warning in built.warnings)
    told = [warning for warning in built.warnings if "damaged" not in warning]  # it mends itself
    assert all(built.hints[warning] == (f"mend {verb}",) for warning in told)
    store.fault = None
    assert bench.build(keyed("npm-1")).files == ONE


@pytest.mark.parametrize("verb", ["read", "read_range", "list"])
def test_what_is_required_is_a_storage_error(verb: str, tmp_path: Path) -> None:
    store = FaultyStore(HandClock())
    bench = Bench(tmp_path, [store])
    bench.build(files=ONE)
    store.fault, store.verb = Fault.UNAVAILABLE, verb
    plan = replace(keyed("npm-2", "npm-"), required=True)
    with pytest.raises(StorageError, match="on purpose"):
        bench.build(plan)


@pytest.mark.parametrize("what", ["manifest", "segment", "pack"])
def test_damage_of_what_is_required_is_a_storage_error(what: str, bench: Bench) -> None:
    bench.build(files=ONE)
    damaged(bench, what, flip)
    plan = replace(PLAN, required=True)
    if what == "manifest":
        assert bench.build(plan).restored.outcome is MISS
        return
    with pytest.raises(StorageError, match="cache"):
        bench.build(plan)


def test_a_miss_is_no_fault_where_a_cache_is_required(bench: Bench) -> None:
    built = bench.build(replace(PLAN, required=True), ONE)
    assert (built.restored.outcome, built.saved.saved) == (MISS, True)


# --- stores in tiers ------------------------------------------------------------------------------


def test_what_comes_from_below_is_kept_above(tmp_path: Path) -> None:
    clock = HandClock()
    upper, lower = FaultyStore(clock), FaultyStore(clock)
    Bench(tmp_path / "one", [lower]).build(files=ONE)
    bench = Bench(tmp_path / "two", [upper, lower])
    assert bench.build().files == ONE
    assert Bench(tmp_path / "three", [upper]).build().files == ONE


def test_what_is_kept_above_comes_below(tmp_path: Path) -> None:
    clock = HandClock()
    upper, lower = FaultyStore(clock), FaultyStore(clock)
    assert Bench(tmp_path / "one", [upper, lower]).build(files=ONE).warnings == ()
    assert Bench(tmp_path / "two", [lower]).build().files == ONE


@pytest.mark.parametrize("verb", ["read", "read_range", "list"])
@pytest.mark.parametrize("key", ["npm-1", "npm-2"])
def test_a_sick_store_below_costs_a_warning(key: str, verb: str, tmp_path: Path) -> None:
    """What the one above has is found without it."""
    clock = HandClock()
    upper, lower = FaultyStore(clock), FaultyStore(clock)
    bench = Bench(tmp_path, [upper, lower])
    bench.build(files=ONE)
    lower.fault, lower.verb = Fault.UNAVAILABLE, verb
    built = bench.build(keyed(key, "npm-"))
    assert built.files == ONE
    assert built.restored.outcome is (HIT if key == "npm-1" else FALLBACK)
    told = [warning for warning in built.warnings if "on purpose" in warning]
    assert lower.asked == 0 or told
    assert all(built.hints[warning] == (f"mend {verb}",) for warning in told)


def test_an_upload_that_fails_leaves_its_next_step(tmp_path: Path) -> None:
    clock = HandClock()
    lower = FaultyStore(clock)
    lower.fault, lower.verb = Fault.DENIED, "create"
    built = Bench(tmp_path, [FaultyStore(clock), lower]).build(files=ONE)
    (warning,) = built.finished
    assert built.hints == {warning: ("mend create",)}


def test_a_build_that_may_only_read_keeps_nothing_of_what_a_lower_store_gives(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    upper, lower = FaultyStore(clock), FaultyStore(clock)
    Bench(tmp_path / "one", [lower]).build(files=ONE)
    there = [stored.name for stored in lower.list("")]
    bench = Bench(tmp_path / "two", [upper, lower])
    built = bench.build(replace(PLAN, mode=CacheMode.READ_ONLY))
    assert (built.restored.outcome, built.files, built.warnings) == (HIT, ONE, ())
    assert list(upper.list("")) == []
    assert [stored.name for stored in lower.list("")] == there


# --- through tar, and layers ----------------------------------------------------------------------


class TarBench(Bench):
    """Containers whose files are not open to us."""

    def container(self) -> ScriptedContainer:
        image = self.engine.find_image("scripted:1", "")
        assert image is not None
        return ScriptedContainer(ContainerSpec(name="c", image=image), self.answer)

    def files(self, container: ScriptedContainer) -> dict[str, str]:
        found = contents_of(container.take_tree(["/src"]))
        return {name.removeprefix("src/"): data.decode() for name, data in found.items()}

    def write(self, container: ScriptedContainer, name: str, text: str) -> None:
        data = text.encode()
        header = tar.file_header(f"src/{name}".encode(), 0o644, len(data), 5)
        container.put_tree("/", [header + data + tar.padding(len(data)) + tar.END])


def test_a_container_that_is_not_open_has_a_cache_too(tmp_path: Path) -> None:
    bench = TarBench(tmp_path)
    assert bench.build(files=ONE).saved.files == 2
    built = bench.build(keyed("npm-2", "npm-"), {"deps/new": "3"})
    assert (built.restored.outcome, built.files) == (FALLBACK, ONE)
    assert bench.build(keyed("npm-2")).files == {**ONE, "deps/new": "3"}


def test_a_layer_that_was_made_is_used(tmp_path: Path) -> None:
    """The build starts from it; a save after it keeps what the build has changed."""
    bench = TarBench(tmp_path)

    def make(plan: LayerPlan) -> str:
        below = bench.engine.find_image(plan.below, "") if plan.below else None
        make_layer(plan, bench.stores[0], bench.engine, below)
        return ""

    bench.make = make
    bench.answer = looked
    plan = keyed("")
    first = bench.build(plan, ONE)
    assert first.finished == ()
    [layer] = bench.engine.list_layers()
    second = bench.build(plan)
    assert second.image.id == layer.id
    assert (second.restored.outcome, second.restored.layer) == (HIT, True)


@pytest.mark.parametrize(("line", "made"), [(b"755 0 0 5", 1), (b"755 1000 1000 5", 0)])
def test_no_layer_is_made_below_a_directory_of_somebody_elses(
    line: bytes, made: int, tmp_path: Path
) -> None:
    """What is restored into it belongs to him, which a layer would not do."""
    bench = TarBench(tmp_path)
    plans: list[LayerPlan] = []

    def make(plan: LayerPlan) -> str:
        plans.append(plan)
        return ""

    bench.make = make
    bench.answer = lambda request: looked(request, line)
    assert bench.build(keyed(""), ONE).saved.saved is True
    assert len(plans) == made


def looked(request: CommandRequest, line: bytes = b"none") -> Answer:
    """An image in which each directory that is asked for is like that; `none`: it has none."""
    if "echo none" not in request.script:
        return Answer()
    asked = request.script.partition("for path in ")[2].partition(";")[0]
    return Answer(output=((line + b"\n") * len(asked.split()),))


def test_objects_are_what_their_names_say(bench: Bench) -> None:
    bench.build(files=ONE)
    [manifest] = entries(bench.stores[0])
    for each in manifest.objects:
        data = read_object(bench.stores[0], manifest.scope, each.digest)
        assert len(data) == each.size_bytes
    assert len(list(bench.stores[0].list(manifests_prefix(manifest.scope)))) == 1
