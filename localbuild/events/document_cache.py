"""What build.json tells of the cache: the project's, and what became of it. Pure."""

from localbuild.events.caching import RESTORED
from localbuild.events.model import BuildStarted
from localbuild.events.result import BuildResult


def project_cache(started: BuildStarted) -> dict[str, object]:
    """The API's ProjectCache; what a type has no use for is left out."""
    cache = started.cache
    found: dict[str, object] = {"type": cache.type}
    if cache.location:
        found["location"] = cache.location
    if cache.modes:
        found["modes"] = list(cache.modes)
    if cache.cache_namespace:
        found["cacheNamespace"] = cache.cache_namespace
    return found


def cache_facts(result: BuildResult) -> dict[str, object]:
    """What became of the cache; null for what was not done. `reason`: why nothing was saved."""
    restored, saved = result.cache_restored, result.cache_saved
    key = (restored.key if restored else "") or (saved.key if saved else "")
    return {
        "outcome": restored.outcome if restored else "off",
        "key": key or None,
        "matchedKey": (restored.matched_key if restored else "") or None,
        "why": list(restored.why) if restored else [],
        **_restored(result),
        **_saved(result),
        "saved": bool(saved and saved.saved),
        "reason": (saved.reason if saved else "") or None,
    }


def _restored(result: BuildResult) -> dict[str, object]:
    found = result.cache_restored
    if found is None or found.outcome not in RESTORED:
        return dict.fromkeys(("restoredBytes", "restoredFiles", "restoreSeconds"))
    return {
        "restoredBytes": found.size_bytes,
        "restoredFiles": found.files,
        "restoreSeconds": found.seconds,
    }


def _saved(result: BuildResult) -> dict[str, object]:
    found = result.cache_saved
    if found is None or not found.saved:
        return dict.fromkeys(("savedBytes", "newBytes", "saveSeconds"))
    return {
        "savedBytes": found.size_bytes,
        "newBytes": found.new_bytes,
        "saveSeconds": found.seconds,
    }
