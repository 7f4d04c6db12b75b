"""CodeBuild's own lines about a cache, and the events that tell of it. Pure.

Source: reference of CodeBuild's behaviour, 4.5 and 5.3 (rows 118, 138, 141).
"""

from collections.abc import Iterator
from datetime import datetime

from localbuild.errors import StatusCode
from localbuild.events.caching import Baseline, CacheOutcome, CacheRestored, CacheSaved
from localbuild.events.model import PhaseContext
from localbuild.lines import one_line
from localbuild.plan.cache import CachePlan
from localbuild.plan.model import BuildPlan
from localbuild.plan.transitions import Outcome
from localbuild.ports.cache import CacheOutcome as Came
from localbuild.ports.cache import Restored, Saved
from localbuild.run.outcome import PhaseOutcome
from localbuild.terms import StatusType
from localbuild.units import print_bytes

_SHOWN_SKIPPED = 20
_OUTCOMES: dict[Came, CacheOutcome] = {
    Came.HIT: "hit",
    Came.FALLBACK: "fallback",
    Came.MISS: "miss",
    Came.OFF: "off",
}


def restored_lines(restored: Restored, plan: BuildPlan) -> Iterator[str]:
    """What the service prints of a restore, or of one that came to nothing."""
    if restored.outcome is Came.OFF:
        return
    if restored.outcome is Came.MISS:
        yield f"Unable to download cache: {one_line(restored.failure) or _no_entry(restored, plan)}"
        return
    yield "Downloading S3 cache..."
    yield "Unarchiving cache..."
    for path in restored.skipped[:_SHOWN_SKIPPED]:
        yield f'Skipping cache entry: path "{one_line(path)}" is not within allowed cache paths'
    more = len(restored.skipped) - _SHOWN_SKIPPED
    if more > 0:
        yield f"Skipping cache entry: {more} more paths are not within allowed cache paths"


def saved_lines(saved: Saved) -> Iterator[str]:
    """What the service prints of a save."""
    if saved.saved:
        yield "Uploading S3 cache..."
        yield f"Cache uploaded successfully (size: {print_bytes(saved.size_bytes)})"


def missed(restored: Restored, cache: CachePlan) -> PhaseOutcome:
    """Of a DOWNLOAD_SOURCE that a miss makes fail."""
    wanted = f"key {restored.key}" if restored.key else "an entry without a key"
    others = [f"a key that begins with {key}" for key in cache.fallback_keys]
    why = f" ({restored.failure})" if restored.failure else ""
    message = f"cache miss{why}: would have matched: {', or '.join([wanted, *others])}"
    return PhaseOutcome(
        status=StatusType.FAILED,
        outcome=Outcome.FAILED,
        context=PhaseContext(status_code=StatusCode.CLIENT_ERROR, message=one_line(message)),
    )


def restored_event(
    stamp: tuple[datetime, str], restored: Restored, baseline: Baseline
) -> CacheRestored:
    """The event of a restore."""
    return CacheRestored(
        time=stamp[0],
        build=stamp[1],
        outcome=_OUTCOMES[restored.outcome],
        key=restored.key,
        matched_key=restored.matched_key,
        why=restored.why,
        failure=restored.failure,
        layer=restored.layer,
        store=restored.store,
        files=restored.files,
        size_bytes=restored.size_bytes,
        seconds=round(restored.seconds, 6),
        baseline=baseline,
    )


def saved_event(stamp: tuple[datetime, str], saved: Saved) -> CacheSaved:
    """The event of a save."""
    return CacheSaved(
        time=stamp[0],
        build=stamp[1],
        saved=saved.saved,
        key=saved.key,
        reason=saved.reason,
        store=saved.store,
        files=saved.files,
        size_bytes=saved.size_bytes,
        new_bytes=saved.new_bytes,
        seconds=round(saved.seconds, 6),
    )


def _no_entry(restored: Restored, plan: BuildPlan) -> str:
    """S3's own words: the service prints them for a first build."""
    what = f"key {one_line(restored.key)}" if restored.key else f"project {plan.project}"
    return f"NoSuchKey: no entry for {what}"
