"""`open_cache`: the cache of a build, from what the command line knows."""

import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from localbuild.cache.listener import Listener
from localbuild.cache.lock import hold_shared
from localbuild.cache.service import BuildCache
from localbuild.cache.stores.open import StoreSettings, open_store
from localbuild.cache.tiers import Tiers
from localbuild.cache.warm import Make, WarmLayers
from localbuild.ports.clock import Clock
from localbuild.ports.store import Fault, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    """Where a cache is, and who uses it. `urls` are its tiers, the first one asked first.

    `state` is a folder of this machine's: when which layer was used. `tool`: our name and version.
    """

    urls: tuple[str, ...]
    settings: StoreSettings
    state: Path
    tool: str


def open_cache(
    options: CacheOptions, clock: Clock, make: Make | None, listener: Listener
) -> BuildCache:
    """The cache of one build. `make` makes layers, None for none. Raises UsageError."""
    layers = WarmLayers(make, lambda reference: touch_layer(options.state, reference))
    return BuildCache(open_tiers(options), layers, clock, options.tool, listener)


def open_tiers(options: CacheOptions) -> Tiers:
    """The stores of a cache, held so that nobody removes what is in use.

    Raises UsageError, and StoreError where somebody is at it.
    """
    locks = ExitStack()
    try:
        for url in options.urls:
            if url.startswith("/") and not locks.enter_context(hold_shared(Path(url))):
                raise StoreError(Fault.UNAVAILABLE, f"{url}: entries are being removed just now")
        return Tiers([open_store(url, options.settings) for url in options.urls], locks)
    except BaseException:
        locks.close()
        raise


def touch_layer(state: Path, reference: str) -> None:
    """Note that a layer is used now; where that cannot be noted, it looks older than it is."""
    with suppress(OSError):
        folder = state / "layers"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / reference.rpartition(":")[2]
        path.touch(mode=0o600)
        os.utime(path)


def layer_uses(state: Path, references: Sequence[str]) -> dict[str, float]:
    """When layers were last used, Unix seconds by this machine's clock; those that are known."""
    found = {}
    for reference in references:
        with suppress(OSError):
            path = state / "layers" / reference.rpartition(":")[2]
            found[reference] = path.stat().st_mtime
    return found
