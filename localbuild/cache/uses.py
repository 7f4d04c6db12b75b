"""When an entry was last used: a mark beside its manifest, which itself never changes.

v1/scopes/<scope>/u/<sha256 of the manifest's name>
"""

import hashlib
from contextlib import suppress

from localbuild.cache.keys import scope_of, scope_prefix
from localbuild.ports.store import ByteStore, Stored, StoreError

EVERY_S = 3600.0
"""How old a mark is before it is written again."""


def uses_prefix(scope: str) -> str:
    """What the marks of a scope begin with."""
    return f"{scope_prefix(scope)}u/"


def use_name(manifest_name: str) -> str:
    """The name of a manifest's mark."""
    digest = hashlib.sha256(manifest_name.encode()).hexdigest()
    return uses_prefix(scope_of(manifest_name)) + digest


def note_use(store: ByteStore, manifest_name: str) -> None:
    """Say that an entry is being used. Never raises: where it cannot be said, it looks older."""
    with suppress(StoreError):
        name = use_name(manifest_name)
        found = store.find(name)
        if found is None or store.now() - found.modified_s > EVERY_S:
            store.replace(name, b"")


def read_uses(store: ByteStore, scope: str) -> dict[str, Stored]:
    """All marks of a scope by their names. Raises StoreError."""
    return {found.name: found for found in store.list(uses_prefix(scope))}


def last_used(manifest: Stored, uses: dict[str, Stored]) -> float:
    """When an entry was last written or restored, Unix seconds by the store's clock."""
    mark = uses.get(use_name(manifest.name))
    return manifest.modified_s if mark is None else max(manifest.modified_s, mark.modified_s)
