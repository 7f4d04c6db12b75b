"""The entries of a store: all that there are, which one is meant, and what each takes up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from localbuild.cache.keys import ROOT, decode_key, manifests_prefix, scope_of
from localbuild.cache.manifest import ForeignFormatError, Manifest, ObjectRef, decode_manifest
from localbuild.cache.uses import last_used, read_uses
from localbuild.ports.store import ByteStore, Stored

MIN_ID_DIGITS = 4
"""How many digits of a content's id name an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A manifest in a store; None and a `problem` where it cannot be read.

    `foreign`: it is as it was written, by a later version. `used_s` is Unix time by the store's
    clock: when the entry was last written or restored.
    """

    stored: Stored
    manifest: Manifest | None = None
    problem: str = ""
    foreign: bool = False
    used_s: float = 0.0

    @property
    def name(self) -> str:
        """The manifest's name in the store."""
        return self.stored.name

    @property
    def key(self) -> str:
        """Its key, or what can be told of it from its name."""
        return self.manifest.key if self.manifest else decode_key(self.name)

    @property
    def objects(self) -> tuple[ObjectRef, ...]:
        """What it needs, as far as it is known."""
        return self.manifest.objects if self.manifest else ()


def list_entries(store: ByteStore, scope: str, version: str = "") -> tuple[Listed, ...]:
    """All entries of a scope, or of one version of it, newest first. Raises StoreError."""
    uses = read_uses(store, scope)
    manifests = list(store.list(manifests_prefix(scope, version)))
    with ThreadPoolExecutor(store.parallel, "localbuild-list") as pool:
        read = pool.map(lambda stored: _read(store, stored, uses), manifests)
        found = [listed for listed in read if listed is not None]
    return tuple(sorted(found, key=lambda listed: -listed.stored.modified_s))


def list_scopes(store: ByteStore) -> tuple[str, ...]:
    """The scopes that a store knows, empty ones not. Raises StoreError."""
    return tuple(dict.fromkeys(scope_of(stored.name) for stored in store.list(ROOT)))


def find_entries(entries: Iterable[Listed], asked: str) -> tuple[Listed, ...]:
    """The entries that somebody means: by key, else by the key's beginning, else by content id."""
    entries = tuple(entries)
    exact = tuple(e for e in entries if e.key == asked)
    if exact or not asked:
        return exact
    begun = tuple(e for e in entries if e.key.startswith(asked))
    return begun or tuple(e for e in entries if _has_id(e, asked.lower()))


def own_bytes(entries: Iterable[Listed]) -> Mapping[str, int]:
    """By manifest: the stored bytes that no other of the entries needs."""
    entries = tuple(entries)
    users = Counter(digest for e in entries for digest in {o.digest for o in e.objects})
    return {
        e.name: sum(size for digest, size in _sizes([e]).items() if users[digest] == 1)
        for e in entries
    }


def stored_bytes(entries: Iterable[Listed]) -> int:
    """What entries take up together: each object once, and the manifests."""
    entries = tuple(entries)
    return sum(_sizes(entries).values()) + sum(e.stored.size_bytes for e in entries)


def _sizes(entries: Sequence[Listed]) -> dict[str, int]:
    return {o.digest: o.size_bytes for e in entries for o in e.objects}


def _has_id(entry: Listed, asked: str) -> bool:
    if entry.manifest is None or len(asked) < MIN_ID_DIGITS:
        return False
    return entry.manifest.content.startswith(asked)


def _read(store: ByteStore, stored: Stored, uses: dict[str, Stored]) -> Listed | None:
    data = store.read(stored.name)
    if data is None:
        return None
    used_s = last_used(stored, uses)
    try:
        manifest = decode_manifest(data)
    except ValueError as error:
        foreign = isinstance(error, ForeignFormatError)
        return Listed(stored=stored, problem=str(error), foreign=foreign, used_s=used_s)
    if manifest.name != stored.name:
        return Listed(stored=stored, problem="it is another entry's manifest", used_s=used_s)
    return Listed(stored=stored, manifest=manifest, used_s=used_s)
