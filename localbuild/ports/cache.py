"""The cache port: what a run asks of a cache.

Promises that every implementation keeps:

- Order: `prepare` before the container is opened, `restore` once the source is in it, `save` after
  POST_BUILD's commands, `finish` when the container is gone, `close` always; from one thread.
- Nothing raises but StorageError under `required`; every fault is in the report's `warnings`.
- A restore that fails half-way leaves nothing behind and is a miss.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from localbuild.plan.model import BuildPlan
from localbuild.ports.engine import Container, Engine, Image, Interrupted
from localbuild.ports.source import Source


class CacheOutcome(StrEnum):
    """How a build's look for its cache came out."""

    HIT = "hit"
    FALLBACK = "fallback"
    MISS = "miss"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheContext:
    """What is known of a build before its container is. `variables`: the first command's.

    `interrupted` tells whether somebody wants the build to end.
    """

    plan: BuildPlan
    build: str
    variables: Mapping[str, str] = field(repr=False)
    source: Source
    interrupted: Interrupted = field(default=lambda: None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore came to.

    `key` is the evaluated key, '' for a cache without one. `why` are lines for people: what made
    it a miss or a fallback. `failure` is why a cache could not be had at all, '' for a plain miss.
    `skipped` are paths of the entry that the buildspec's paths do not allow. `layer`: the container
    began with the files. `store` is the tier's URL. Sizes are of files' contents.
    """

    outcome: CacheOutcome
    key: str = ""
    matched_key: str = ""
    why: tuple[str, ...] = ()
    failure: str = ""
    skipped: tuple[str, ...] = ()
    layer: bool = False
    store: str = ""
    files: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save came to. `reason` is why nothing was saved; `new_bytes` is what was written.

    `size_bytes` is of files' contents, `new_bytes` compressed.
    """

    saved: bool = False
    key: str = ""
    reason: str = ""
    store: str = ""
    files: int = 0
    size_bytes: int = 0
    new_bytes: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


class Cache(Protocol):
    """The cache of one build."""

    @property
    def expanded_paths(self) -> tuple[str, ...]:
        """The buildspec's paths with their variables' values; known after `prepare`."""

    def prepare(self, context: CacheContext, image: Image, engine: Engine) -> Image:
        """The image to start from: `image`, or one that has the cache's files on top of it."""

    @property
    def hints(self) -> Mapping[str, tuple[str, ...]]:
        """What can be done about a warning, by its text; of those so far where that is known."""

    @property
    def holds_files(self) -> bool:
        """Whether the image of `prepare` has the files: the source must not overwrite them."""

    def restore(self, container: Container) -> Restored:
        """Bring the files in, where they are not yet."""

    def save(self, container: Container) -> Saved:
        """Keep the files for later builds."""

    def finish(self) -> tuple[str, ...]:
        """End transfers that still run, and start what may go on after us; warnings."""

    def close(self) -> None:
        """Let go; safe after any of the above, and twice."""
