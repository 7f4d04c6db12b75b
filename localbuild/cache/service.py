"""The cache of one build: looks for an entry, brings it in, keeps the files for later builds.

Nothing here makes a build fail: what goes wrong is a miss or an unsaved entry, and a warning.
Only `--cache-required` lets a fault out, as a StorageError.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from localbuild.cache.bring import Intent, bring, describe, keep
from localbuild.cache.explain import compare_builders, explain
from localbuild.cache.fetching import DamagedError
from localbuild.cache.lookup import Found, Lookup
from localbuild.cache.manifest import Builder
from localbuild.cache.saving import NO_BASE, Base, load_index
from localbuild.cache.tiers import Tiers
from localbuild.cache.uses import note_use
from localbuild.cache.wanted import Keys, Wanted, evaluate_here, evaluate_inside, want
from localbuild.cache.warm import WarmLayers
from localbuild.errors import LocalbuildError, StorageError
from localbuild.plan.model import CacheMode
from localbuild.ports.cache import CacheContext, CacheOutcome, Restored, Saved
from localbuild.ports.clock import Clock
from localbuild.ports.engine import Container, Engine, Image

_OFF = Restored(outcome=CacheOutcome.OFF)


class BuildCache:
    """Implements the Cache port over stores in tiers. `tool` names us in manifests."""

    def __init__(self, tiers: Tiers, layers: WarmLayers, clock: Clock, tool: str) -> None:
        self._tiers = tiers
        self._layers = layers
        self._clock = clock
        self._builder = Builder(tool=tool)
        self._shell = "sh"
        self._wanted: Wanted | None = None
        self._keys: Keys | None = None
        self._found: Found | None = None
        self._looked = False
        self._base: Base | None = None
        self._image: Image | None = None
        self._failure = ""
        self._pool = ThreadPoolExecutor(1, "localbuild-ahead")
        self._ahead: Future[Index] | None = None
        self._warnings: list[str] = []

    # --- before the container -----------------------------------------------------------------

    @property
    def expanded_paths(self) -> tuple[str, ...]:
        """The paths with their variables' values."""
        return self._wanted.expanded if self._wanted else ()

    @property
    def holds_files(self) -> bool:
        """Whether the image of `prepare` has the files."""
        return self._layers.used

    def prepare(self, context: CacheContext, image: Image, engine: Engine) -> Image:
        """The image to start from."""
        wanted = self._wanted = want(context)
        self._warnings += wanted.problems
        self._shell = context.plan.shell
        self._builder = replace(
            self._builder,
            project=context.plan.project,
            build=context.build,
            image=context.plan.environment.image,
            image_id=image.id,
            platform=image.platform,
        )
        with self._guarded(wanted):
            self._keys = evaluate_here(wanted)
            if self._keys is not None:
                self._look(wanted, self._keys)
        with self._guarded(wanted):
            self._image = self._layers.choose(self._found, wanted, context.plan, image, engine)
        return image if self._image is None else self._image

    # --- restore ------------------------------------------------------------------------------

    def restore(self, container: Container) -> Restored:
        """Bring the files in, where they are not yet."""
        wanted = self._wanted
        if wanted is None or not wanted.paths or not wanted.restores:
            return self._told(_OFF)
        began = self._clock.monotonic()
        result = Restored(outcome=CacheOutcome.MISS)
        with self._guarded(wanted):
            self._layers.look_around(wanted, container)
            self._look_inside(wanted, container)
            if self._found is not None:
                result = self._bring(self._found, wanted, container)
        if result.outcome is not CacheOutcome.HIT:
            with self._guarded(wanted):
                result = replace(result, why=self._why(wanted))
        result = replace(
            result,
            key=self._keys.key if self._keys else "",
            failure=self._failure,
            seconds=self._clock.monotonic() - began,
        )
        return self._told(result)

    def _look(self, wanted: Wanted, keys: Keys) -> None:
        """Look for the entry, once."""
        if self._looked or not wanted.paths or not wanted.restores:
            return
        self._looked = True
        lookup = Lookup(self._tiers.stores, wanted.scope, wanted.version)
        try:
            self._found = lookup.find(keys.key, keys.fallback)
        finally:
            for damaged in lookup.damaged:
                self._condemn(damaged, damaged.name, wanted)

    def _look_inside(self, wanted: Wanted, container: Container) -> None:
        """What could not be known before the container was there."""
        if self._keys is None and not self._failure:
            self._keys = evaluate_inside(wanted, container, self._shell)
            self._failure = "" if self._keys else "its key could not be evaluated"
        if self._keys is not None:
            self._look(wanted, self._keys)

    def _bring(self, found: Found, wanted: Wanted, container: Container) -> Restored:
        name = found.manifest.name
        self._layers.note(found.manifest)
        if self._layers.used:
            note_use(found.store, name)
            if wanted.saves and (not wanted.has_key or found.outcome is not CacheOutcome.HIT):
                self._ahead = self._pool.submit(load_index, self._tiers.reading, found.manifest)
            return replace(describe(found), layer=True)
        try:
            brought = bring(found, wanted, container, self._tiers)
        except DamagedError as damaged:
            self._condemn(damaged, name, wanted)
            raise
        self._base = brought.base
        note_use(found.store, name)
        return brought.restored

    def _condemn(self, damaged: DamagedError, manifest: str, wanted: Wanted) -> None:
        """Say what is damaged, and let the next save write it anew."""
        self._warnings.append(f"cache: damaged: {damaged.message}")
        if wanted.saves:
            self._tiers.condemn(damaged, manifest)

    def _why(self, wanted: Wanted) -> tuple[str, ...]:
        """What made it a miss or a fallback, and what else is not as it was."""
        if self._failure or self._keys is None:
            return ()
        lookup = Lookup(self._tiers.stores, wanted.scope, wanted.version)
        store = self._tiers.first
        candidates = lookup.candidates(store)
        lines = explain(
            self._keys.parts, wanted.plan.key, wanted.plan.paths, candidates, store.now()
        )
        if self._found is None:
            return lines
        return (*lines, *compare_builders(self._builder, self._found.manifest.builder))

    # --- save ---------------------------------------------------------------------------------

    def save(self, container: Container) -> Saved:
        """Keep the files for later builds."""
        wanted = self._wanted
        if wanted is None or not wanted.paths:
            return Saved(reason="there is nothing to save")
        if not wanted.saves:
            mode = wanted.plan.mode is CacheMode.READ_ONLY
            why = "the cache is read-only in this build" if mode else "cache.action is restore"
            return Saved(reason=why)
        began = self._clock.monotonic()
        self._failure = ""
        result = Saved(reason="it could not be saved")
        with self._guarded(wanted):
            result = self._save(wanted, container)
        reason = self._failure if not result.saved and self._failure else result.reason
        seconds = self._clock.monotonic() - began
        warnings = (*result.warnings, *self._take_warnings())
        return replace(result, seconds=seconds, reason=reason, warnings=warnings)

    def _save(self, wanted: Wanted, container: Container) -> Saved:
        if self._keys is None:
            self._keys = evaluate_inside(wanted, container, self._shell)
        if self._keys is None:
            return Saved(reason="its key could not be evaluated")
        key = self._keys.key
        lookup = Lookup(self._tiers.stores[:1], wanted.scope, wanted.version)
        if key and lookup.find(key, ()) is not None:
            return Saved(key=key, reason="the key has an entry, which is never changed")
        intent = Intent(wanted=wanted, keys=self._keys, builder=self._builder)
        kept = keep(intent, self._base_of(wanted), container, self._tiers.first)
        if kept.manifest is not None:
            self._layers.note(kept.manifest)
            self._tiers.hand_on(kept.manifest)
        return kept.saved

    def _base_of(self, wanted: Wanted) -> Base:
        """What to build upon: what was restored, or the newest entry of the same paths."""
        if self._base is not None:
            return self._base
        found = self._found.manifest if self._found else None
        lookup = Lookup(self._tiers.stores, wanted.scope, wanted.version)
        candidates = lookup.candidates(self._tiers.first) if found is None else [found]
        near = next((m for m in candidates if m.version == wanted.version), None)
        if near is None:
            return NO_BASE
        try:
            ahead = self._ahead
            index = ahead.result() if ahead else load_index(self._tiers.reading, near)
            return Base(manifest=near, index=index, in_layer=self._layers.used)
        except DamagedError as damaged:
            self._condemn(damaged, near.name, wanted)
            return NO_BASE

    # --- the end ------------------------------------------------------------------------------

    def finish(self) -> tuple[str, ...]:
        """Wait for transfers, and begin what may go on after us."""
        self._warnings += self._tiers.finish()
        self._warnings += self._layers.finish(self._wanted)
        return self._take_warnings()

    def close(self) -> None:
        """Let go of the stores."""
        self._pool.shutdown(cancel_futures=True)
        self._tiers.close()

    def _told(self, result: Restored) -> Restored:
        return replace(result, warnings=(*result.warnings, *self._take_warnings()))

    def _take_warnings(self) -> tuple[str, ...]:
        taken, self._warnings = tuple(self._warnings), []
        return taken

    @contextmanager
    def _guarded(self, wanted: Wanted) -> Iterator[None]:
        """Turn a fault into a warning, or into a StorageError where the cache is required."""
        try:
            yield
        except (LocalbuildError, OSError) as error:
            text = error.message if isinstance(error, LocalbuildError) else str(error)
            self._failure = text
            if wanted.plan.required:
                raise StorageError(f"cache: {text}", hints=_hints(error)) from error
            if not isinstance(error, DamagedError):
                self._warnings.append(f"cache: {text}")


def _hints(error: Exception) -> tuple[str, ...]:
    return error.hints if isinstance(error, LocalbuildError) else ()
