"""The cache in a build's course: when it is asked, what is said, that no fault of it gets out."""

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from localbuild.engines.scripted import Answer
from localbuild.errors import EngineLostError, StorageError
from localbuild.events.caching import Baseline, CacheRestored, CacheSaved
from localbuild.events.document import build_document
from localbuild.events.model import BuildEnded, PhaseEnded, Warned
from localbuild.plan.cache import CacheMode, CachePlan, CacheSave
from localbuild.plan.compile import source_directory
from localbuild.ports.cache import CacheOutcome, Restored, Saved
from localbuild.ports.engine import Engine, Image, Interruption, Layers, NewLayer
from localbuild.sources.memory import MemorySource
from localbuild.terms import PhaseType
from tests.unit.run.recording_cache import HIT, MISS, SAVED, RecordingCache
from tests.unit.run.scripted_build import FAILING, Built, Setting, build

SPEC = """
version: 0.2
phases:
  install: {commands: [in]}
  pre_build: {commands: [pre]}
  build: {commands: [make]}
  post_build: {commands: [post]}
cache: {key: npm-1, fallback-keys: [npm-, n], paths: [deps/**/*, $HOME/.m2/**/*]}
"""
FOR_EVER = Answer(runs_on=True)


def cached(
    cache: RecordingCache,
    plan: CachePlan | None = None,
    *,
    spec: str = SPEC,
    setting: Setting | None = None,
) -> Built:
    """A build with that cache."""
    setting = setting or Setting()
    setting.cache = plan or CachePlan(tiers=("/store",))
    setting.open_cache = lambda: cache
    return build(spec, setting)


def restored(built: Built) -> CacheRestored:
    """What is said of the restore."""
    (event,) = (e for e in built.events if isinstance(e, CacheRestored))
    return event


def saved(built: Built) -> CacheSaved:
    """What is said of the save."""
    (event,) = (e for e in built.events if isinstance(e, CacheSaved))
    return event


def between(built: Built, first: str, last: str) -> list[str]:
    """The service's lines after one and before another."""
    return built.said[built.said.index(first) + 1 : built.said.index(last)]


def moving(built: Built) -> list[str]:
    """The lines of the restore's place."""
    start = next(line for line in built.said if line.startswith("Moving to directory"))
    return between(built, start, "Registering with agent")


EXPANDED = ["Expanded cache path deps/**/*", "Expanded cache path /root/.m2/**/*"]


def test_a_hit_is_told_in_its_place() -> None:
    cache = RecordingCache(restored=HIT, saved=Saved(key="npm-1", reason="it is there already"))
    built = cached(cache)
    assert built.exit_code == 0
    assert cache.asked == ["prepare", "restore", "save", "finish", "close"]
    assert moving(built) == [*EXPANDED, "Downloading S3 cache...", "Unarchiving cache..."]
    assert not any("Upload" in line for line in built.said)
    event = restored(built)
    assert (event.outcome, event.key, event.matched_key) == ("hit", "npm-1", "npm-1")
    assert (event.store, event.files, event.size_bytes) == ("/store", 3, 4000)
    assert saved(built).reason == "it is there already"


def test_a_miss_is_told_and_what_the_build_made_is_saved() -> None:
    built = cached(RecordingCache())
    assert moving(built) == [
        *EXPANDED,
        "Unable to download cache: NoSuchKey: no entry for key npm-1",
    ]
    assert built.said[-2:] == [
        "Uploading S3 cache...",
        "Cache uploaded successfully (size: 4.0 kB)",
    ]
    assert (restored(built).outcome, restored(built).why) == ("miss", MISS.why)
    assert (saved(built).saved, saved(built).new_bytes) == (True, 900)


def test_the_save_is_within_post_build_after_its_commands() -> None:
    built = cached(RecordingCache())
    kinds = [type(e).__name__ for e in built.events]
    at = kinds.index("CacheSaved")
    assert kinds[:at].count("CommandEnded") == 4
    ended = built.events[at + 1]
    assert isinstance(ended, PhaseEnded)
    assert ended.phase is PhaseType.POST_BUILD


def test_a_first_build_without_a_key_names_the_project() -> None:
    built = cached(RecordingCache(restored=Restored(outcome=CacheOutcome.MISS)))
    assert "Unable to download cache: NoSuchKey: no entry for project sample" in built.said


def test_at_most_twenty_skipped_paths_are_listed() -> None:
    skipped = tuple(f"/etc/{n}\n\x1b[2J[Container] x" for n in range(23))
    built = cached(RecordingCache(restored=replace(HIT, skipped=skipped)))
    lines = [line for line in built.said if line.startswith("Skipping cache entry: ")]
    inside = "is not within allowed cache paths"
    assert lines[0] == f'Skipping cache entry: path "/etc/0 [2J[Container] x" {inside}'
    assert len(lines) == 21
    assert lines[20] == "Skipping cache entry: 3 more paths are not within allowed cache paths"


def test_a_failed_download_is_a_line_and_a_warning() -> None:
    failure = Restored(
        outcome=CacheOutcome.MISS, key="k", failure="s3://b: denied", warnings=("s3://b: denied",)
    )
    built = cached(RecordingCache(restored=failure))
    assert "Unable to download cache: s3://b: denied" in built.said
    assert [w.message for w in built.result.warnings][-1] == "s3://b: denied"
    assert (built.exit_code, restored(built).failure) == (0, "s3://b: denied")


def test_a_warning_is_said_once_in_a_build() -> None:
    full, denied = "cache: full", "cache: denied"
    cache = RecordingCache(
        restored=replace(MISS, warnings=(full, full)),
        saved=replace(SAVED, warnings=(full, denied)),
        at_end=(denied, full),
    )
    messages = [w.message for w in cached(cache).result.warnings]
    assert [m for m in messages if m.startswith("cache: ")] == [full, denied]


def test_a_warning_has_its_next_step() -> None:
    plain, denied, late = "cache: sick", "cache: denied", "cache: no upload"
    cache = RecordingCache(
        restored=replace(MISS, warnings=(plain, denied)),
        at_end=(late,),
        hints={denied: ("allow s3:GetObject",), late: ("allow s3:PutObject",)},
    )
    hints = {w.message: w.hints for w in cached(cache).result.warnings}
    assert [hints[m] for m in (plain, denied, late)] == [
        (),
        ("allow s3:GetObject",),
        ("allow s3:PutObject",),
    ]


def test_a_cache_that_is_given_up_leaves_its_next_step() -> None:
    cache = RecordingCache(at=raising("restore", StorageError("full", hints=("df -h",))))
    assert cached(cache).result.warnings[-1].hints == ("df -h",)


def test_the_cache_knows_what_the_first_command_will() -> None:
    cache = RecordingCache()
    built = cached(cache, setting=Setting(variables=(("STAGE", "dev"),)))
    (context,) = cache.contexts
    assert context.build == built.result.started.build
    assert (context.variables["STAGE"], context.variables["HOME"]) == ("dev", "/root")
    assert context.variables["CODEBUILD_BUILD_IMAGE"] == "scripted:1"
    assert context.plan.cache.key == "npm-1"


def test_a_container_begins_with_the_layer_and_the_source_leaves_it_alone() -> None:
    source = MemorySource({"deps/a": b"source's", "deps/b": b"source's"})
    cache = RecordingCache(restored=replace(HIT, layer=True), layered=with_layer)
    built = cached(cache, setting=Setting(source=source))
    assert (built.exit_code, restored(built).layer) == (0, True)
    (container,) = built.engine.containers
    assert container.spec.image.reference == "layer:1"
    archive = io.BytesIO(b"".join(container.files.take([DEPS])))
    with tarfile.open(fileobj=archive) as tar:
        files = {m.name: tar.extractfile(m) for m in tar if m.isfile()}
        found = {f"/{name}": file.read() for name, file in files.items() if file}
    assert found == {f"{DEPS}/a": b"cache's", f"{DEPS}/b": b"source's"}


DEPS = f"{source_directory('sample')}/deps"


def with_layer(image: Image, engine: Engine) -> Image:
    """The image with a file of the source's on top."""
    assert isinstance(engine, Layers)
    archive = b"".join(MemorySource({f"{DEPS[1:]}/a": b"cache's"}).open_archive())
    layer = NewLayer(
        base=image, reference="layer:1", labels=(), size_bytes=len(archive), archive=[archive]
    )
    return engine.add_layer(layer)


def test_a_layer_that_does_not_start_is_no_cache() -> None:
    cache = RecordingCache(layered=lambda image, _: replace(image, reference="gone:1"))
    built = cached(cache)
    assert built.exit_code == 0
    assert built.engine.containers[0].spec.image.reference == "scripted:1"
    assert restored(built).failure == "its layer cannot be used: no such image: gone:1"
    assert cache.asked == ["prepare", "close"]


@pytest.mark.parametrize(
    ("plan", "more", "outcome", "why", "reason"),
    [
        (CachePlan(mode=CacheMode.READ_ONLY), "", "miss", (), "it is only read (--cache-mode ro)"),
        (CachePlan(mode=CacheMode.WRITE_ONLY), "", "off", ("--cache-mode wo",), ""),
        (CachePlan(), ", action: restore", "miss", (), "it is only restored (action: restore)"),
        (CachePlan(), ", action: save", "off", ("action: save",), ""),
    ],
)
def test_half_a_cache(
    plan: CachePlan, more: str, outcome: str, why: tuple[str, ...], reason: str
) -> None:
    cache = RecordingCache(restored=replace(MISS, why=()))
    built = cached(cache, plan, spec=SPEC.replace("key: npm-1", f"key: npm-1{more}"))
    assert restored(built).outcome == outcome
    assert ("restore" in cache.asked) is (outcome == "miss")
    assert restored(built).why == tuple(f"it is only saved ({w})" for w in why)
    assert ("save" in cache.asked) is (not reason)
    assert saved(built).reason == reason
    assert any("Unable" in line for line in built.said) is (outcome == "miss")


@pytest.mark.parametrize(
    ("save", "failing", "reason"),
    [
        ("success", "in", "INSTALL FAILED"),
        ("success", "pre", "PRE_BUILD FAILED"),
        ("success", "make", "BUILD FAILED"),
        ("success", "post", "POST_BUILD FAILED"),
        ("install", "in", "INSTALL FAILED"),
        ("install", "pre", ""),
        ("install", "make", ""),
        ("install", "post", ""),
        ("always", "in", ""),
        ("always", "pre", ""),
        ("always", "make", ""),
        ("always", "post", ""),
    ],
)
def test_what_a_failure_leaves_of_the_cache(save: str, failing: str, reason: str) -> None:
    cache = RecordingCache()
    plan = CachePlan(save=CacheSave(save))
    built = cached(cache, plan, setting=Setting(answers={failing: FAILING}))
    assert built.exit_code == 1
    assert cache.asked.count("save") == (0 if reason else 1)
    assert (saved(built).reason, saved(built).saved) == (reason, not reason)


def test_a_forgiven_failure_is_one() -> None:
    spec = SPEC.replace("build: {commands", "build: {on-failure: CONTINUE, commands")
    built = cached(RecordingCache(), spec=spec, setting=Setting(answers={"pre": FAILING}))
    assert saved(built).reason == "PRE_BUILD FAILED"
    assert built.exit_code == 0


def test_a_build_without_post_build_saves_all_the_same() -> None:
    spec = SPEC.replace("  post_build: {commands: [post]}\n", "")
    cache = RecordingCache()
    built = cached(cache, spec=spec)
    assert (saved(built).saved, cache.asked.count("save")) == (True, 1)


@pytest.mark.parametrize("save", ["success", "install", "always"])
def test_nothing_is_saved_of_a_stopped_build(save: str) -> None:
    cache = RecordingCache()
    answers = {"make": FOR_EVER}
    stop = _Later(20)
    setting = Setting(answers=answers, interrupted=stop)
    built = cached(cache, CachePlan(save=CacheSave(save)), setting=setting)
    assert built.exit_code == 130
    assert "save" not in cache.asked
    assert saved(built).reason == "BUILD STOPPED"
    assert cache.asked == ["prepare", "restore", "close"]


def test_nothing_is_saved_without_a_container() -> None:
    cache = RecordingCache()
    answers = {"make": Answer(ends_container=True)}
    built = cached(cache, CachePlan(save=CacheSave.ALWAYS), setting=Setting(answers=answers))
    assert "save" not in cache.asked
    assert saved(built).reason == "BUILD FAILED"


class _Later:
    """Wants the build to end from some question on."""

    def __init__(self, questions: int) -> None:
        self._left = questions

    def __call__(self) -> Interruption | None:
        self._left -= 1
        return Interruption.STOP if self._left < 0 else None


class _Signal:
    """A stop that comes while the cache does something."""

    def __init__(self, verb: str, raising: type[BaseException] | None = None) -> None:
        self._verb = verb
        self._raising = raising
        self.came = False

    def at(self, verb: str) -> None:
        self.came = self.came or verb == self._verb
        if verb == self._verb and self._raising:
            raise self._raising

    def __call__(self) -> Interruption | None:
        return Interruption.STOP if self.came else None


@pytest.mark.parametrize("raising", [None, KeyboardInterrupt])
@pytest.mark.parametrize(
    ("verb", "phase"),
    [("prepare", "PROVISIONING"), ("restore", "DOWNLOAD_SOURCE"), ("save", "POST_BUILD")],
)
def test_a_stop_meanwhile_stops_the_build(
    verb: str, phase: str, raising: type[BaseException] | None
) -> None:
    signal = _Signal(verb, raising)
    built = cached(RecordingCache(at=signal.at), setting=Setting(interrupted=signal))
    assert built.exit_code == 130
    assert built.statuses[phase] == "STOPPED"


def test_a_stop_after_the_end_changes_nothing() -> None:
    signal = _Signal("finish", KeyboardInterrupt)
    built = cached(RecordingCache(at=signal.at), setting=Setting(interrupted=signal))
    assert built.exit_code == 0
    assert built.result.warnings[-1].message == "cache: stopped before it was whole"


def test_an_interruption_that_is_nobody_s_goes_on_up() -> None:
    signal = _Signal("restore", KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        cached(RecordingCache(at=signal.at))


def test_nobody_looks_for_signals_while_the_cache_works() -> None:
    log: list[str] = []

    @contextmanager
    def unattended() -> Iterator[None]:
        log.append("(")
        yield
        log.append(")")

    cached(RecordingCache(at=log.append), setting=Setting(unattended=unattended))
    text = "".join(log)
    for verb in ("prepare", "restore", "save", "finish", "close"):
        assert f"({verb})" in text


def raising(verb: str, error: Exception) -> Callable[[str], None]:
    """Raises at one verb."""

    def at(found: str) -> None:
        if found == verb:
            raise error

    return at


RAISED_AT = raising("", KeyError()).__code__.co_firstlineno + 2


VERBS = ["prepare", "restore", "save", "finish", "close"]
BUG = f"a bug in localbuild: KeyError at test_caching.py:{RAISED_AT}"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("secret"), BUG),
        (StorageError("the disk is full"), "the disk is full"),
        (EngineLostError("the engine is gone"), "the engine is gone"),
    ],
)
def test_no_fault_of_the_cache_gets_out(verb: str, error: Exception, said: str) -> None:
    cache = RecordingCache(at=raising(verb, error))
    built = cached(cache)
    assert built.exit_code == 0
    assert built.ran == ["in", "pre", "make", "post"]
    messages = [w.message for w in built.result.warnings if w.message.startswith("cache: ")]
    assert messages == [f"cache: {said}: the build goes on without it"]
    assert cache.asked.count("close") == 1
    if verb in ("prepare", "restore"):
        assert (restored(built).outcome, restored(built).failure) == ("miss", said)
    if verb in ("prepare", "restore", "save"):
        assert saved(built).reason == said


def test_a_cache_that_cannot_be_opened_is_none() -> None:
    def opening() -> RecordingCache:
        raise StorageError("s3://b: no such bucket")

    built = build(SPEC, Setting(cache=CachePlan(), open_cache=opening))
    assert (built.exit_code, restored(built).failure) == (0, "s3://b: no such bucket")
    assert moving(built)[:2] == [
        "Expanded cache path deps/**/*",
        "Expanded cache path $HOME/.m2/**/*",
    ]


@pytest.mark.parametrize(
    ("verb", "phase"),
    [
        ("prepare", "PROVISIONING"),
        ("restore", "DOWNLOAD_SOURCE"),
        ("save", "POST_BUILD"),
        ("finish", "FINALIZING"),
    ],
)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("cache: full"), "cache: full"),
        (StorageError("full"), "cache: full"),
        (KeyError("x"), f"cache: {BUG}"),
    ],
)
def test_a_required_cache_that_fails_ends_the_build(
    verb: str, phase: str, error: Exception, said: str
) -> None:
    cache = RecordingCache(at=raising(verb, error))
    built = cached(cache, CachePlan(required=True))
    assert built.exit_code == 5
    failed = [p for p in built.result.phases if p.status == "FAILED"]
    assert [(p.type, p.context.message) for p in failed] == [(phase, said)]
    assert built.result.failure is not None
    assert cache.asked[-1] == "close"


def test_a_required_cache_is_whole_before_the_build_ends() -> None:
    order: list[str] = []
    cache = RecordingCache(at=order.append)
    built = cached(cache, CachePlan(required=True))
    assert cache.asked.count("finish") == 1
    names = [e.name for e in built.events if hasattr(e, "name")]
    assert names.index("cache-end") < len(names)
    ends = [type(e) for e in built.events]
    assert ends[-1] is BuildEnded


def test_a_build_s_result_is_known_before_its_cache_is_whole() -> None:
    cache = RecordingCache(at_end=("cache: the upload failed",))
    built = cached(cache)
    ends = [e for e in built.events if isinstance(e, BuildEnded | Warned)]
    assert isinstance(ends[-2], BuildEnded)
    assert isinstance(ends[-1], Warned)
    own = build_document(built.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["warnings"][-1]["message"] == "cache: the upload failed"
    assert built.exit_code == 0


OTHERS = "or a key that begins with npm-, or a key that begins with n"


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            MISS,
            f"cache miss: would have matched: key npm-1, {OTHERS}",
        ),
        (
            Restored(outcome=CacheOutcome.MISS, key="k", failure="s3://b: denied"),
            f"cache miss (s3://b: denied): would have matched: key k, {OTHERS}",
        ),
    ],
)
def test_a_miss_may_fail_the_build(found: Restored, message: str) -> None:
    cache = RecordingCache(restored=found)
    built = cached(cache, CachePlan(fail_on_miss=True, save=CacheSave.ALWAYS))
    assert (built.exit_code, built.ran) == (1, [])
    (phase,) = (p for p in built.result.phases if p.status == "FAILED")
    assert phase.type is PhaseType.DOWNLOAD_SOURCE
    assert (phase.context.status_code, phase.context.message) == ("CLIENT_ERROR", message)
    assert "save" not in cache.asked
    assert saved(built).reason == "INSTALL was not entered"


@pytest.mark.parametrize(
    "found", [HIT, replace(HIT, outcome=CacheOutcome.FALLBACK, matched_key="npm-0")]
)
def test_what_is_found_is_no_miss(found: Restored) -> None:
    built = cached(RecordingCache(restored=found), CachePlan(fail_on_miss=True))
    assert built.exit_code == 0


def test_the_baseline_belongs_to_what_was_restored() -> None:
    setting = Setting(baseline=Baseline(number=4, seconds=9))
    assert restored(cached(RecordingCache(restored=HIT), setting=setting)).baseline.number == 4
    assert restored(cached(RecordingCache(), setting=setting)).baseline.number == 0


@pytest.mark.parametrize(
    ("plan", "spec", "lines"),
    [
        (
            CachePlan(type="NO_CACHE"),
            SPEC,
            ["Skip cache due to: the project has no cache (NO_CACHE)"],
        ),
        (
            CachePlan(),
            SPEC.split("cache:", maxsplit=1)[0],
            [
                "Cache is not defined in the buildspec",
                "Skip cache due to: no paths specified to be cached",
            ],
        ),
        (
            CachePlan(),
            SPEC.split("cache:", maxsplit=1)[0] + "cache: {}\n",
            ["Skip cache due to: no paths specified to be cached"],
        ),
    ],
)
def test_a_build_without_a_cache_asks_for_none(
    plan: CachePlan, spec: str, lines: list[str]
) -> None:
    cache = RecordingCache()
    built = cached(cache, plan, spec=spec)
    assert (built.exit_code, cache.asked) == (0, [])
    assert moving(built) == lines
    assert (built.result.cache_restored, built.result.cache_saved) == (None, None)


def test_the_project_s_cache_is_in_the_record() -> None:
    plan = CachePlan(tiers=("/store", "s3://bucket/p"), namespace="team")
    built = cached(RecordingCache(saved=SAVED), plan)
    assert build_document(built.result)["cache"] == {
        "type": "S3",
        "location": "bucket/p",
        "cacheNamespace": "team",
    }
