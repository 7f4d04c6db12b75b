"""What a cache was worth to a build, against the last one that restored none. Pure.

A build's time goes from the beginning of INSTALL to the end of POST_BUILD, which a save is part of;
what the restore took comes on top. Of a build that restored nothing it is the same stretch without
what its save took: the time that a build takes where there is no cache at all.
"""

from collections.abc import Mapping

from localbuild.events.caching import RESTORED, Baseline
from localbuild.events.result import BuildResult
from localbuild.events.shapes import parse_time, read_integer, read_object, read_text
from localbuild.terms import PhaseType, StatusType


def read_baseline(document: Mapping[str, object]) -> Baseline | None:
    """The baseline that a build.json is; None for a build that failed or that had a cache.

    Raises ValueError where it is no build.json of ours.
    """
    own = read_object(read_object(document.get("localbuild")).get("cache"))
    kept_locally = read_object(document.get("cache")).get("type") == "LOCAL"
    failed = document.get("buildStatus") != StatusType.SUCCEEDED
    if failed or kept_locally or own.get("outcome") in RESTORED:
        return None
    phases = document.get("phases")
    spans = dict(map(_span, phases)) if isinstance(phases, list) else {}
    install, post = spans.get(PhaseType.INSTALL), spans.get(PhaseType.POST_BUILD)
    if install is None or post is None:
        return None
    took = (parse_time(post[1]) - parse_time(install[0])).total_seconds()
    saving = own.get("saveSeconds")
    spent = saving if isinstance(saving, int | float) else 0.0
    number = read_integer(document.get("buildNumber"))
    return Baseline(number=number, seconds=round(max(0.0, took - spent), 6))


def _span(found: object) -> tuple[str, tuple[object, object]]:
    phase = read_object(found)
    return read_text(phase.get("phaseType")), (phase.get("startTime"), phase.get("endTime"))


def saved_seconds(result: BuildResult) -> float | None:
    """How much faster a good build was than its baseline; below 0: slower. None: cannot be told."""
    restored = result.cache_restored
    if restored is None or restored.outcome not in RESTORED or not restored.baseline.number:
        return None
    install, post = result.phase(PhaseType.INSTALL), result.phase(PhaseType.POST_BUILD)
    if result.status is not StatusType.SUCCEEDED or not install or not post or not post.ended:
        return None
    took = (post.ended - install.started).total_seconds() + restored.seconds
    return restored.baseline.seconds - took
