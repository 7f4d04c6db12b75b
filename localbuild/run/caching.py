"""The cache of a running build: asks for it, says what came of it, and lets no fault of it out."""

import traceback
from collections.abc import Callable
from typing import TypeVar

from localbuild.errors import LocalbuildError, StorageError
from localbuild.events.caching import Baseline
from localbuild.lines import one_line
from localbuild.plan.environment import BuildIdentity, compose_environment
from localbuild.plan.local_cache import local_folders
from localbuild.plan.model import BuildPlan
from localbuild.ports.cache import Cache, CacheContext, CacheOutcome, Restored, Saved
from localbuild.ports.engine import Container, Engine, Image, Interrupted
from localbuild.run.cache_lines import (
    missed,
    restored_event,
    restored_lines,
    saved_event,
    saved_lines,
)
from localbuild.run.cache_rules import (
    Outcomes,
    why_not_restored,
    why_not_saved,
    why_not_vouched_for,
    why_not_whole,
)
from localbuild.run.local_cache import link_folders
from localbuild.run.outcome import PhaseOutcome, StoppedError
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.terms import PhaseType

T = TypeVar("T")
_DOWNLOAD = PhaseType.DOWNLOAD_SOURCE


class CacheUse:
    """What one build does with its cache; every verb may be called, also where there is none.

    The cache promises to raise nothing but StorageError, and that only where it is required. It is
    guarded here all the same: a build goes on without a cache that has a bug.
    """

    def __init__(
        self, plan: BuildPlan, services: Services, reporter: Reporter, interrupted: Interrupted
    ) -> None:
        self._plan = plan
        self._interrupted = interrupted
        self._services = services
        self._reporter = reporter
        self._variables: dict[str, str] = {}
        self._cache: Cache | None = None
        self._wanted = plan.cache.type == "S3" and bool(plan.cache.paths)
        self._failure = ""
        self._linked = False
        self._saved = False
        self._finished = False
        self._said: set[str] = set()

    def prepare(
        self, plan: BuildPlan, identity: BuildIdentity, image: Image, engine: Engine
    ) -> Image:
        """The image to start from. `plan` is the one that was fitted to the engine."""
        found = compose_environment(plan, identity, image.variables)
        self._variables = {v.name: v.value for v in found}
        opening = self._services.open_cache
        if not self._wanted or opening is None:
            return image
        context = CacheContext(
            plan=plan,
            build=self._reporter.build,
            variables=self._variables,
            source=self._services.source,
            interrupted=self._interrupted,
        )

        def ask() -> Image:
            with self._reporter.timed("cache"):
                cache = self._cache = opening()
                return cache.prepare(context, image, engine)

        return self._guarded(ask) or image

    def give_up(self, why: str, hints: tuple[str, ...] = ()) -> None:
        """Go on without the cache. `hints`: what can be done about it."""
        self._failure = why
        self._reporter.warn(f"cache: {why}: the build goes on without it", hints=hints)
        self.close()

    @property
    def holds_files(self) -> bool:
        """Whether something of the cache is there before the source, and must stay."""
        return self._linked or bool(self._ask(lambda cache: cache.holds_files))

    def link(self, container: Container) -> None:
        """A LOCAL cache: links in the places of its folders, before the source comes."""
        if self._plan.cache.type == "LOCAL":
            folders = tuple(local_folders(self._plan, self._variables))
            self._linked = link_folders(self._plan, folders, container, self._reporter)

    def restore(self, container: Container) -> PhaseOutcome:
        """Bring the files in; the outcome of DOWNLOAD_SOURCE, which a miss may make fail."""
        if not self._wanted or self._services.open_cache is None:
            return PhaseOutcome()
        for path in self._expanded_paths():
            self._reporter.line(_DOWNLOAD, f"Expanded cache path {one_line(path)}")
        restored = self._restore(container)
        for line in restored_lines(restored, self._plan):
            self._reporter.line(_DOWNLOAD, line)
        self._warn(restored.warnings)
        baseline = self._baseline(restored)
        self._reporter.emit(restored_event(self._reporter.stamp(), restored, baseline))
        if restored.outcome is CacheOutcome.MISS and self._plan.cache.fail_on_miss:
            return missed(restored, self._plan.cache)
        return PhaseOutcome()

    def save(self, container: Container, outcomes: Outcomes) -> None:
        """Keep the files, once, where the phases so far allow it."""
        if self._saved or not self._wanted or self._services.open_cache is None:
            return
        self._saved = True
        plan = self._plan
        allowed = why_not_saved(plan.cache, outcomes) or why_not_whole(plan)
        why_not = why_not_vouched_for(plan) or allowed
        saved = self._save(container, why_not)
        for line in saved_lines(saved):
            self._reporter.line(list(outcomes)[-1], line)
        self._warn(saved.warnings)
        self._reporter.emit(saved_event(self._reporter.stamp(), saved))

    def finish(self) -> None:
        """Wait for what still runs; not where somebody waits for the build to stop."""
        if self._cache is None or self._finished or self._services.interrupted() is not None:
            return
        self._finished = True
        try:
            with self._reporter.timed("cache-end"):
                self._warn(self._ask(lambda cache: cache.finish()) or ())
        except StoppedError:
            self._reporter.warn("cache: stopped before it was whole")

    def close(self) -> None:
        """Let go."""
        cache, self._cache = self._cache, None
        if cache is not None:
            self._guarded(cache.close)

    def _expanded_paths(self) -> tuple[str, ...]:
        return self._ask(lambda cache: cache.expanded_paths) or self._plan.cache.paths

    def _restore(self, container: Container) -> Restored:
        if why := why_not_restored(self._plan.cache):
            return Restored(outcome=CacheOutcome.OFF, why=(why,))
        found = self._ask(lambda cache: cache.restore(container))
        return found or Restored(outcome=CacheOutcome.MISS, failure=self._failure)

    def _save(self, container: Container, why_not: str) -> Saved:
        if why_not:
            return Saved(reason=why_not)
        return self._ask(lambda cache: cache.save(container)) or Saved(reason=self._failure)

    def _baseline(self, restored: Restored) -> Baseline:
        found = restored.outcome in (CacheOutcome.HIT, CacheOutcome.FALLBACK)
        return self._services.baseline() if found else Baseline()

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Each once in a build: what a restore has met, its save will meet again."""
        known = self._ask(lambda cache: cache.hints) or {}
        for warning in dict.fromkeys(warnings):
            if warning not in self._said:
                self._reporter.warn(warning, hints=known.get(warning, ()))
        self._said.update(warnings)

    def _ask(self, work: Callable[[Cache], T]) -> T | None:
        """What the cache answers; None where there is none, or none any more."""
        cache = self._cache
        return None if cache is None else self._guarded(lambda: work(cache))

    def _guarded(self, work: Callable[[], T]) -> T | None:
        """None where it went wrong, which is said.

        Raises LocalbuildError where the cache is required, StoppedError for a second signal.
        """
        try:
            with self._services.unattended():
                return work()
        except KeyboardInterrupt:
            if self._services.interrupted() is None:
                raise
            raise StoppedError from None
        except LocalbuildError as error:
            said, fault = error.message, _of_cache(error)
        except Exception as bug:
            said = f"a bug in localbuild: {type(bug).__name__} at {_place(bug)}"
            fault = StorageError(f"cache: {said}")
        if self._plan.cache.required:
            raise fault
        self.give_up(said, fault.hints)
        return None


def _of_cache(error: LocalbuildError) -> LocalbuildError:
    """A storage fault that says whose it is; every other one as it is."""
    if not isinstance(error, StorageError) or error.message.startswith("cache: "):
        return error
    return StorageError(f"cache: {error.message}", hints=error.hints)


def _place(bug: Exception) -> str:
    """`service.py:120`: where it was raised. What it says may hold values of the build."""
    *_, (frame, line) = traceback.walk_tb(bug.__traceback__)
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{line}"
