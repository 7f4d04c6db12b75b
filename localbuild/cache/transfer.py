"""Copies entries from one store to another: what is missing there, objects first, manifests last.

Every object is checked on its way: damage does not spread.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from localbuild.cache.damage import DamagedError
from localbuild.cache.entries import Listed, list_entries
from localbuild.cache.fetching import read_object
from localbuild.cache.gc import GRACE_S
from localbuild.cache.keys import object_name, objects_prefix
from localbuild.cache.manifest import Manifest, ObjectRef, decode_manifest
from localbuild.ports.store import ByteStore, Fault, Settles, Stored, StoreError

MOST_AT_ONCE = 8
"""Objects are held whole: this bounds memory."""

Progress = Callable[[int, int], None]


class Outcome(StrEnum):
    """What became of an entry."""

    COPIED = "copied"
    THERE = "there already"
    OTHER = "another entry has its key there"
    GONE = "gone meanwhile"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One entry's way. `size_bytes` is what was written for it; `problem` tells of damage, `object`
    is the name of the object that has it, '' where the manifest has."""

    entry: Listed
    outcome: Outcome
    objects: int = 0
    size_bytes: int = 0
    problem: str = ""
    object: str = ""


class Transfer:
    """Copies entries of one scope. `progress` gets the bytes that are done, and all of them."""

    def __init__(
        self,
        source: ByteStore,
        target: ByteStore,
        scope: str,
        progress: Progress = lambda _done, _all: None,
    ) -> None:
        self._source = source
        self._target = target
        self._scope = scope
        self._progress = progress
        self._done = self._total = 0
        self._there = {o.name: o for o in target.list(objects_prefix(scope))}
        self._taken = {e.name: e for e in list_entries(target, scope)}
        self._needed = {o.digest for e in self._taken.values() if e.key for o in e.objects}

    def run(self, entries: Iterable[Listed]) -> tuple[Moved, ...]:
        """Copy them in that order. Raises StoreError where a store does not do as it was told."""
        entries = tuple(entry for entry in entries if not entry.foreign)
        todo = {o for e in entries if not self._is_there(e) for o in e.objects}
        self._total = sum(o.size_bytes for o in todo if not self._has(o))
        moved = tuple(self._move(entry) for entry in entries)
        if isinstance(self._target, Settles):
            self._target.settle()
        return moved

    def _move(self, entry: Listed) -> Moved:
        if entry.problem:
            return Moved(entry=entry, outcome=Outcome.DAMAGED, problem=entry.problem)
        taken = self._taken.get(entry.name)
        if taken is not None and (entry.key or self._is_there(entry)):
            same = self._is_there(entry)
            return Moved(entry=entry, outcome=Outcome.THERE if same else Outcome.OTHER)
        data = self._source.read(entry.name)
        if data is None:
            return Moved(entry=entry, outcome=Outcome.GONE)
        try:
            return self._copy(entry, decode_manifest(data), data)
        except DamagedError as damaged:
            why, name = damaged.why, damaged.name
            return Moved(entry=entry, outcome=Outcome.DAMAGED, problem=why, object=name)
        except StoreError as error:
            if error.fault is not Fault.CORRUPT:
                raise
            return Moved(entry=entry, outcome=Outcome.DAMAGED, problem=error.message)
        except ValueError as error:
            return Moved(entry=entry, outcome=Outcome.DAMAGED, problem=str(error))

    def _copy(self, entry: Listed, manifest: Manifest, data: bytes) -> Moved:
        missing = [o for o in dict.fromkeys(manifest.objects) if not self._has(o)]
        workers = min(MOST_AT_ONCE, self._source.parallel, self._target.parallel)
        with ThreadPoolExecutor(workers, "localbuild-transfer") as pool:
            list(pool.map(self._make_young, set(manifest.objects) - set(missing)))
            for each in pool.map(self._copy_object, missing):
                self._done += each.size_bytes
                self._progress(self._done, self._total)
        outcome = Outcome.COPIED
        if not manifest.key:
            self._target.replace(entry.name, data)
        elif not self._target.create(entry.name, [data]):
            outcome = Outcome.OTHER
        size = sum(o.size_bytes for o in missing)
        return Moved(entry=entry, outcome=outcome, objects=len(missing), size_bytes=size)

    def _copy_object(self, wanted: ObjectRef) -> ObjectRef:
        data = read_object(self._source, self._scope, wanted.digest)
        name = object_name(self._scope, wanted.digest)
        cut = self._there.get(name)
        if cut is not None and cut.size_bytes != wanted.size_bytes:
            self._target.remove(name, cut)
        if not self._target.create(name, [data]) and not self._target.freshen(name):
            self._target.create(name, [data])
        self._there[name] = Stored(name=name, size_bytes=len(data), modified_s=self._target.now())
        return wanted

    def _make_young(self, wanted: ObjectRef) -> None:
        """What is there and no lasting entry needs may be condemned already, unless it is young."""
        name = object_name(self._scope, wanted.digest)
        age_s = self._target.now() - self._there[name].modified_s
        if wanted.digest in self._needed or age_s < GRACE_S / 2:
            return
        if not self._target.freshen(name):
            self._copy_object(wanted)

    def _has(self, wanted: ObjectRef) -> bool:
        found = self._there.get(object_name(self._scope, wanted.digest))
        return found is not None and found.size_bytes == wanted.size_bytes

    def _is_there(self, entry: Listed) -> bool:
        taken = self._taken.get(entry.name)
        if taken is None or taken.manifest is None or entry.manifest is None:
            return False
        return taken.manifest.segments == entry.manifest.segments
