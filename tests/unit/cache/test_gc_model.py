"""A store against a dictionary: whatever happens to it, it has what it should and nothing wrong."""

import hashlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from localbuild.cache.archive import Contents
from localbuild.cache.entries import find_entries, list_entries
from localbuild.cache.gc import collect
from localbuild.cache.keys import digest_of, manifest_name, object_name, scope_of
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import Manifest, encode_manifest
from localbuild.cache.prune import Policy, prune
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.uses import note_use
from localbuild.ports.store import Fault, StoreError
from tests.unit.cache.cupboard import DAY, HOUR, OTHER, SCOPE, VERSION, HandClock, make_entry

SCOPES = st.sampled_from([SCOPE, OTHER])
KEYS = st.sampled_from(["", "npm-1", "npm-2", "npm-22", "pip"])
FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.sampled_from([b"", b"1", b"22" * 50, b"3" * 5000])
)
GRACE_S = DAY
Files = dict[str, bytes]


class StoreMachine(RuleBasedStateMachine):
    """`entries` is the dictionary: by scope and key the files and when they were last used."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.store = MemoryStore(self.clock)
        self.entries: dict[tuple[str, str], tuple[Files, Manifest]] = {}
        self.used: dict[tuple[str, str], float] = {}
        self.bad: set[str] = set()

    @rule(target=names, scope=SCOPES, key=KEYS, files=FILES)
    def save(self, scope: str, key: str, files: Files) -> object:
        manifest = self._objects(scope, key, files)
        data = encode_manifest(manifest)
        if key:
            won = self.store.create(manifest.name, [data])
            assert won == ((scope, key) not in self.entries)
        else:
            self.store.replace(manifest.name, data)
            won = True
        if won:
            self.entries[scope, key] = (files, manifest)
            self.used[scope, key] = self.clock.monotonic()
        return multiple(*(object_name(scope, o.digest) for o in manifest.objects))

    @rule(target=names, scope=SCOPES, files=FILES)
    def die_before_the_manifest(self, scope: str, files: Files) -> object:
        manifest = self._objects(scope, "dead", files)
        return multiple(*(object_name(scope, o.digest) for o in manifest.objects))

    @rule(scope=SCOPES, key=KEYS)
    def restore(self, scope: str, key: str) -> None:
        found = [e for e in list_entries(self.store, scope) if e.key == key]
        assert [e.key for e in found] == [key] * ((scope, key) in self.entries)
        if found and self._restored(scope, key):
            name = manifest_name(scope, VERSION, key)
            note_use(self.store, name)
            self.used[scope, key] = max(self.used[scope, key], self.clock.monotonic() - HOUR)

    @rule(scope=SCOPES, beginning=st.sampled_from(["npm-", "npm-2", "x"]))
    def look_by_beginning(self, scope: str, beginning: str) -> None:
        exact = {k for s, k in self.entries if s == scope and k == beginning}
        begun = {k for s, k in self.entries if s == scope and k.startswith(beginning)}
        found = find_entries(list_entries(self.store, scope), beginning)
        assert {e.key for e in found} == (exact or begun)

    @rule(scope=SCOPES)
    def collect(self, scope: str) -> None:
        collect(self.store, scope, GRACE_S)

    @rule(
        days=st.none() | st.integers(0, 5),
        most=st.none() | st.integers(0, 3000),
        keep=st.integers(0, 2),
    )
    def prune(self, days: int | None, most: int | None, keep: int) -> None:
        policy = Policy(
            older_than_s=None if days is None else days * DAY,
            max_bytes=most,
            keep_last=keep,
            grace_s=GRACE_S,
        )
        pruned = prune(self.store, [SCOPE, OTHER], policy)
        for doomed in pruned.removed:
            name = (scope_of(doomed.entry.name), doomed.entry.key)
            assert self.clock.monotonic() - self.used[name] > GRACE_S
            assert days is not None or most is not None
            del self.entries[name]
        for scope in (SCOPE, OTHER):
            left = [s for s, _ in self.entries if s == scope]
            gone = [d for d in pruned.removed if scope_of(d.entry.name) == scope]
            assert len(left) >= min(keep, len(left) + len(gone))

    @rule(days=st.floats(0.1, 2))
    def wait(self, days: float) -> None:
        self.clock.move(days * DAY)

    @rule(hours=st.integers(1, 30))
    def set_the_clock_back(self, hours: int) -> None:
        self.clock.move(-hours * HOUR)

    @rule(name=names, data=st.sampled_from([b"", b"damaged"]))
    def damage(self, name: str, data: bytes) -> None:
        if self.store.find(name):
            self.store.replace(name, data)
            self.bad.add(name)

    @rule(name=names)
    def lose(self, name: str) -> None:
        if self.store.remove(name):
            self.bad.add(name)

    @invariant()
    def no_entry_that_was_not_harmed_lacks_anything(self) -> None:
        for scope, key in self.entries:
            self._restored(scope, key)

    def _objects(self, scope: str, key: str, files: Files) -> Manifest:
        before = {name for name in self.bad if self.store.find(name) is None}
        manifest = make_entry(self.store, key, files, scope=scope)
        written = {object_name(scope, o.digest) for o in manifest.objects}
        self.bad -= before & written
        return manifest

    def _is_mended(self, name: str) -> bool:
        """Whether a later writer has found an object cut short, and has written it anew."""
        data = self.store.read(name)
        return data is not None and hashlib.sha256(data).hexdigest() == digest_of(name)

    def _restored(self, scope: str, key: str) -> bool:
        """Whether all came back as it was saved; what was harmed must say so."""
        files, manifest = self.entries[scope, key]
        harmed = {object_name(scope, o.digest) for o in manifest.objects} & self.bad
        harmed = {name for name in harmed if not self._is_mended(name)}
        try:
            index = load_index(self.store, manifest)
            contents = Contents(self.store, scope, index)
            found = {
                e.path.decode(): b"".join(bytes(contents.read(n)) for n in e.contents)
                for e in index.entries.values()
            }
        except StoreError as error:
            if error.fault is not Fault.CORRUPT or not harmed:
                raise
            return False
        assert found == files
        assert not harmed
        return True


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
