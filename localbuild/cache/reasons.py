"""Why a build found nothing, or had to fall back: its key beside the entries that there are."""

from localbuild.cache.explain import compare_builders, explain
from localbuild.cache.lookup import Found, Lookup
from localbuild.cache.manifest import Builder
from localbuild.cache.tiers import Tiers
from localbuild.cache.wanted import Keys, Wanted


def why_missed(
    tiers: Tiers, wanted: Wanted, keys: Keys, found: Found | None, builder: Builder
) -> tuple[str, ...]:
    """Lines for people: what is not as it was when an entry was written. Raises StoreError."""
    store = tiers.stores[0]
    lookup = Lookup(tiers.stores, wanted.scope, wanted.version)
    candidates = lookup.candidates(store)
    lines = explain(keys.parts, wanted.plan.key, wanted.plan.paths, candidates, store.now())
    if found is None:
        return lines
    return (*lines, *compare_builders(builder, found.manifest.builder))
