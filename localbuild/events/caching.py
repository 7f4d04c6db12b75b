"""What happens to a build's cache: values of their own, as every other event."""

from dataclasses import dataclass
from typing import Literal

from localbuild.events.base import EventBase

CacheOutcome = Literal["hit", "fallback", "miss", "off"]
RESTORED: tuple[CacheOutcome, ...] = ("hit", "fallback")
"""The outcomes with which a build began with files of its cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCache:
    """The cache of a build's project, as the API's `ProjectCache`."""

    type: str = "NO_CACHE"
    location: str = ""
    modes: tuple[str, ...] = ()
    cache_namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The last good build that restored no cache: `number` and `seconds`, 0 where there is none."""

    number: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRestored(EventBase):
    """A build has looked for its cache: what it found, and why not what it looked for.

    `why` are lines for people; for `off` they say why it did not look. `failure` is why a cache
    could not be had, '' for a plain miss. `layer`: the container began with the files. Sizes are of
    files' contents.
    """

    outcome: CacheOutcome
    key: str = ""
    matched_key: str = ""
    why: tuple[str, ...] = ()
    failure: str = ""
    layer: bool = False
    store: str = ""
    files: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    baseline: Baseline = Baseline()


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSaved(EventBase):
    """A build's cache is kept for later ones, or not: `reason` is why not.

    `size_bytes` is of files' contents, `new_bytes` what was written, compressed.
    """

    saved: bool
    key: str = ""
    reason: str = ""
    store: str = ""
    files: int = 0
    size_bytes: int = 0
    new_bytes: int = 0
    seconds: float = 0.0
