"""What the rows about caches share: a folder for the cache, and buildspecs that use one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localbuild.events.caching import CacheRestored, CacheSaved
from tests.conformance.harness import Built, Files, build, spec

SHOW = "cat deps/* 2>/dev/null || echo nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """Builds that share a cache in a folder. No image layers are made: they would stay."""

    folder: Path
    options: tuple[str, ...] = field(default=("--cache-layers", "off"))

    def build(self, text: str, *options: str, files: Files | None = None, cache: str = "") -> Built:
        """One build, in a source folder of its own."""
        place = cache or str(self.folder)
        return build(text, *self.options, *options, "--cache", place, files=files)


def cached(
    *, cache: Mapping[str, object] | None = None, install: object = None, **phases: list[str]
) -> str:
    """A buildspec whose cache is `deps`, unless `cache` says more or else."""
    section = {"paths": ["deps/**/*"], **(cache or {})}
    return spec(install=install or [SHOW], more={"cache": section}, **phases)


def make(text: str) -> list[str]:
    """Commands that show what was restored and leave something else."""
    return [SHOW, f"mkdir -p deps; echo {text} > deps/file"]


def restored(built: Built) -> CacheRestored:
    """What is said of the restore."""
    (event,) = (e for e in built.events if isinstance(e, CacheRestored))
    return event


def saved(built: Built) -> CacheSaved:
    """What is said of the save."""
    (event,) = (e for e in built.events if isinstance(e, CacheSaved))
    return event


def facts(built: Built) -> dict[str, Any]:
    """The record's part about the cache."""
    found: dict[str, Any] = built.document["localbuild"]["cache"]
    return found
