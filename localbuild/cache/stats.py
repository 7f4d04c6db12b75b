"""What a cache was worth to a project's builds, read from their build.json. Pure.

A build's time goes from the beginning of INSTALL to the end of POST_BUILD, and what its restore
took; it is held against builds that restored nothing, without what their saves took.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from localbuild.events.baseline import read_baseline
from localbuild.events.shapes import parse_time
from localbuild.units import print_duration

_LEAST_S = 1.0
_LEAST_SHARE = 0.02
"""What builds differ by without any reason: no gain and no loss."""

HIT, FALLBACK, MISS = "hit", "fallback", "miss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """`outcomes` counts builds that looked for a cache. Bytes are of files' contents, `new_bytes`
    compressed. `won_s` is what good builds with a cache were faster, less what saving cost the
    others; None where there is nothing to hold them against. `baseline_s`: those others' median.
    """

    builds: int = 0
    outcomes: Mapping[str, int]
    restored_bytes: int = 0
    saved_bytes: int = 0
    new_bytes: int = 0
    restore_s: float = 0.0
    save_s: float = 0.0
    baseline_s: float | None = None
    compared: int = 0
    won_s: float | None = None

    @property
    def looked(self) -> int:
        """How many builds looked for a cache."""
        return sum(self.outcomes.values())

    @property
    def hit_rate(self) -> float | None:
        """Exact hits among those; None where there are none."""
        return self.outcomes[HIT] / self.looked if self.looked else None

    @property
    def verdict(self) -> str:
        """What that comes to, in a line."""
        if not self.looked:
            return "no build has looked for a cache yet"
        if self.won_s is None:
            return "there are no good builds with and without a cache to compare"
        builds = f"{self.compared} build{'' if self.compared == 1 else 's'}"
        if abs(self.won_s) < max(_LEAST_S, _LEAST_SHARE * self.compared * (self.baseline_s or 0)):
            return f"the cache made no difference that can be told in {builds}"
        if self.won_s >= 0:
            return f"the cache saved about {print_duration(self.won_s)} in {builds}"
        lost = print_duration(-self.won_s)
        return f"the cache costs more than it saves: about {lost} lost in {builds}"


def fold_stats(documents: Iterable[Mapping[str, object]]) -> Stats:
    """The numbers of some builds; what is no build.json of ours counts for nothing."""
    found = [d for d in documents if _cache(d).get("outcome")]
    caches = [_cache(d) for d in found]
    baselines = [b for b in map(_baseline, found) if b is not None]
    times = [t for t in map(_time_with_cache, found) if t is not None]
    baseline_s = median(baselines) if baselines else None
    won_s = None
    if baseline_s is not None and times:
        won_s = sum(baseline_s - took for took in times) - _wasted(found)
    return Stats(
        builds=len(found),
        outcomes={o: sum(c["outcome"] == o for c in caches) for o in (HIT, FALLBACK, MISS)},
        restored_bytes=int(_sum(caches, "restoredBytes")),
        saved_bytes=int(_sum(caches, "savedBytes")),
        new_bytes=int(_sum(caches, "newBytes")),
        restore_s=_sum(caches, "restoreSeconds"),
        save_s=_sum(caches, "saveSeconds"),
        baseline_s=baseline_s,
        compared=len(times),
        won_s=won_s,
    )


def _cache(document: Mapping[str, object]) -> Mapping[str, object]:
    return _object(_object(document.get("localbuild")).get("cache"))


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _baseline(document: Mapping[str, object]) -> float | None:
    try:
        found = read_baseline(document)
    except ValueError:
        return None
    return found.seconds if found else None


def _time_with_cache(document: Mapping[str, object]) -> float | None:
    """What a good build with a cache took; None for any other."""
    cache = _cache(document)
    if cache.get("outcome") not in (HIT, FALLBACK) or document.get("buildStatus") != "SUCCEEDED":
        return None
    phases = document.get("phases")
    found = [_object(p) for p in phases] if isinstance(phases, list) else []
    begins = [p.get("startTime") for p in found if p.get("phaseType") == "INSTALL"]
    ends = [p.get("endTime") for p in found if p.get("phaseType") == "POST_BUILD"]
    try:
        took = parse_time(ends[0]) - parse_time(begins[0])
    except (IndexError, ValueError):
        return None
    return took.total_seconds() + _number(cache.get("restoreSeconds"))


def _wasted(documents: Iterable[Mapping[str, object]]) -> float:
    """What saving took in builds that had nothing of it."""
    return _sum([_cache(d) for d in documents if _cache(d).get("outcome") == MISS], "saveSeconds")


def _sum(caches: Iterable[Mapping[str, object]], name: str) -> float:
    return sum(_number(cache.get(name)) for cache in caches)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
