"""The cache of one build: looks for an entry, brings it in, keeps the files for later builds.

Nothing here makes a build fail: what goes wrong is a miss or an unsaved entry, and a warning.
Only `--cache-required` lets a fault out, as a StorageError. What a build that hits a layer has no
use for is imported when it is needed: its start is what users wait for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.damage import DamagedError
from localbuild.cache.foundation import Foundation
from localbuild.cache.guard import Guard
from localbuild.cache.keys import decode_key
from localbuild.cache.listener import NO_LAYERS, SILENT, THROUGH_TAR, Listener
from localbuild.cache.lookup import Found, Lookup, describe
from localbuild.cache.manifest import Builder
from localbuild.cache.tiers import Tiers
from localbuild.cache.uses import note_use
from localbuild.cache.wanted import (
    Keys,
    Wanted,
    builder_of,
    evaluate_here,
    evaluate_inside,
    want,
)
from localbuild.cache.warm import WarmLayers
from localbuild.errors import StorageError
from localbuild.plan.cache import CacheMode
from localbuild.ports.cache import CacheContext, CacheOutcome, Restored, Saved
from localbuild.ports.clock import Clock
from localbuild.ports.engine import Container, Engine, Image, Layers
from localbuild.ports.store import ByteStore

_MISS = Restored(outcome=CacheOutcome.MISS)


class BuildCache:
    """Implements the Cache port over stores in tiers. `tool` names us in manifests."""

    def __init__(
        self,
        tiers: Tiers,
        layers: WarmLayers,
        clock: Clock,
        tool: str,
        listener: Listener = SILENT,
    ) -> None:
        self._tiers = tiers
        self._layers = layers
        self._clock = clock
        self._builder = Builder(tool=tool)
        self._listener = listener
        self._foundation = Foundation(tiers)
        self._wanted: Wanted | None = None
        self._keys: Keys | None = None
        self._found: Found | None = None
        self._looked = False
        self._guard = Guard()

    @property
    def expanded_paths(self) -> tuple[str, ...]:
        """The paths with their variables' values."""
        return self._wanted.expanded if self._wanted else ()

    @property
    def hints(self) -> Mapping[str, tuple[str, ...]]:
        """What can be done about a warning, by its text."""
        return self._guard.hints

    @property
    def holds_files(self) -> bool:
        """Whether the image of `prepare` has the files."""
        return self._layers.used

    def prepare(self, context: CacheContext, image: Image, engine: Engine) -> Image:
        """The image to start from."""
        wanted = self._wanted = want(context)
        self._guard.required = wanted.plan.required
        self._guard.warn(*wanted.problems)
        if wanted.plan.mode is CacheMode.READ_ONLY:
            self._tiers.only_read()
        self._builder = builder_of(self._builder.tool, context, image)
        self._guard.attempt(lambda: self._look_outside(wanted), None)
        chosen = self._guard.attempt(
            lambda: self._layers.choose(self._found, wanted, context.plan, image, engine),
            image,
        )
        if not isinstance(engine, Layers):
            self._listener.tell_once(NO_LAYERS)
        if wanted.paths and not self._layers.used:
            self._foundation.expect_work()
        return chosen

    def restore(self, container: Container) -> Restored:
        """Bring the files in, where they are not yet."""
        wanted = self._wanted
        if wanted is None or not wanted.paths or not wanted.restores:
            return Restored(outcome=CacheOutcome.OFF, warnings=self._guard.take())
        began = self._clock.monotonic()
        result = self._guard.attempt(lambda: self._restore(wanted, container), _MISS)
        why = () if result.outcome is CacheOutcome.HIT else self._why(wanted)
        return replace(
            result,
            key=self._keys.key if self._keys else "",
            failure=self._guard.failure if result.outcome is CacheOutcome.MISS else "",
            why=why,
            seconds=self._clock.monotonic() - began,
            warnings=(*result.warnings, *self._guard.take()),
        )

    def _look_outside(self, wanted: Wanted) -> None:
        self._keys = self._complained_of(evaluate_here(wanted))
        if self._keys is not None:
            self._look(wanted, self._keys)

    def _complained_of(self, keys: Keys | None) -> Keys | None:
        self._guard.warn(*(keys.problems if keys else ()))
        return keys

    def _look(self, wanted: Wanted, keys: Keys) -> None:
        if self._looked or not wanted.paths or not wanted.restores:
            return
        self._looked = True
        self._found = self._find(self._tiers.stores, wanted, keys.key, keys.fallback)

    def _find(
        self, stores: Sequence[ByteStore], wanted: Wanted, key: str, fallback: Sequence[str] = ()
    ) -> Found | None:
        lookup = Lookup(stores, wanted.scope, wanted.version)
        try:
            return lookup.find(key, fallback)
        finally:
            for sick in lookup.sick:
                self._guard.warn(f"cache: {sick.message}", hints=sick.hints)
            for damaged in lookup.damaged:
                self._condemn(damaged, damaged.name, wanted)

    def _restore(self, wanted: Wanted, container: Container) -> Restored:
        self._guard.warn(*self._layers.make_way(wanted, container))
        self._layers.look_around(wanted, container)
        if self._keys is None and not self._guard.failure:
            self._keys = self._complained_of(evaluate_inside(wanted, container))
            self._guard.failure = "" if self._keys else "its key could not be evaluated"
        if self._keys is not None:
            self._look(wanted, self._keys)
        return _MISS if self._found is None else self._bring(self._found, wanted, container)

    def _bring(self, found: Found, wanted: Wanted, container: Container) -> Restored:
        name = found.manifest.name
        self._layers.note(found.manifest)
        if wanted.saves:
            note_use(found.store, name)
        if self._layers.used:
            exact = wanted.has_key and found.outcome is CacheOutcome.HIT
            self._foundation.use_layer(found.manifest, ahead=wanted.saves and not exact)
            return replace(describe(found), layer=True)
        from localbuild.cache.bring import bring

        try:
            brought = bring(found, wanted, container, self._tiers)
        except DamagedError as damaged:
            self._condemn(damaged, name, wanted)
            raise
        if not brought.direct:
            self._listener.tell_once(THROUGH_TAR)
        self._foundation.use(brought.base)
        return brought.restored

    def _condemn(self, damaged: DamagedError, manifest: str, wanted: Wanted) -> None:
        """Say what is damaged, and let the next save write it anew."""
        self._guard.warn(f"cache: {damaged.told(decode_key(manifest))}")
        self._listener.tell_once(f"cache: damaged: {damaged.message}")
        if wanted.saves:
            self._tiers.condemn(damaged, manifest)

    def _why(self, wanted: Wanted) -> tuple[str, ...]:
        keys, nothing = self._keys, tuple[str, ...]()
        if self._guard.failure or keys is None:
            return nothing
        from localbuild.cache.reasons import why_missed

        ask = partial(why_missed, self._tiers, wanted, keys, self._found, self._builder)
        return self._guard.attempt(ask, nothing)

    def save(self, container: Container) -> Saved:
        """Keep the files for later builds."""
        wanted = self._wanted
        if wanted is None or wanted.why_unsaved:
            return Saved(reason=wanted.why_unsaved if wanted else "it was not prepared")
        began = self._clock.monotonic()
        self._guard.failure = ""
        result = self._guard.attempt(lambda: self._save(wanted, container), Saved())
        return replace(
            result,
            seconds=self._clock.monotonic() - began,
            reason=result.reason or self._guard.failure,
            warnings=(*result.warnings, *self._guard.take()),
        )

    def _save(self, wanted: Wanted, container: Container) -> Saved:
        if self._keys is None:
            self._keys = self._complained_of(evaluate_inside(wanted, container))
        if self._keys is None:
            return Saved(reason="its key could not be evaluated")
        key = self._keys.key
        if key and self._find(self._tiers.stores, wanted, key) is not None:
            return Saved(key=key, reason="the key has an entry, which is never changed")
        from localbuild.cache.bring import Intent, is_untouched, keep

        if not key and self._layers.used and is_untouched(wanted, container):
            return Saved(reason="nothing has changed")
        intent = Intent(wanted=wanted, keys=self._keys, builder=self._builder)
        base = self._base(wanted)
        kept = keep(intent, base, container, self._tiers.writing)
        if not kept.direct:
            self._listener.tell_once(THROUGH_TAR)
        if kept.manifest is not None:
            self._layers.note(kept.manifest)
        return kept.saved

    def _base(self, wanted: Wanted) -> Base:
        try:
            return self._foundation.find(wanted.scope, wanted.version)
        except DamagedError as damaged:
            self._condemn(damaged, self._foundation.name, wanted)
            return NO_BASE

    def finish(self) -> tuple[str, ...]:
        """Wait for transfers, and begin what may go on after us."""
        wanted = self._wanted
        for said in self._tiers.finish(self._listener.progress):
            line, hints = f"cache: {said}", self._tiers.hints.get(said, ())
            if wanted and wanted.plan.required:
                raise StorageError(line, hints=hints)
            self._guard.warn(line, hints=hints)
        self._guard.warn(*self._layers.finish(wanted))
        if wanted and wanted.saves:
            self._tiers.care()
        return self._guard.take()

    def close(self) -> None:
        """Let go of the stores."""
        self._tiers.close()
        self._foundation.close()
