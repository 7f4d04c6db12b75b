"""What tries of hostile entry lists need: an entry of one, and a root whose files must stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from localbuild.cache.index import FILE, SPARSE
from localbuild.cache.keys import object_name, paths_version
from localbuild.cache.manifest import Manifest, ObjectRef, encode_manifest
from localbuild.cache.packs import write_object
from localbuild.cache.patterns import CachePath
from localbuild.cache.segments import encode_segment
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore
from tests.trees.compare import Facts, describe
from tests.trees.forge import forge
from tests.trees.hostile import CATALOGUE
from tests.trees.hostile_lines import Hostile, Line
from tests.unit.cache.cupboard import SCOPE, HandClock
from tests.unit.cache.workshop import parsed

CANARIES = (
    "etc/passwd",
    "etc/cron.d/x",
    "root/.ssh/authorized_keys",
    "root/.m2x",
    "bin/sh",
    "src/.git/hooks/pre-commit",
    "src/package.json",
    "src/src/main.py",
    "src/node_modules2/x",
    "tmp/x",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A root whose files all were there before, and an entry in a store."""

    root: Path
    before: dict[bytes, Facts]

    def changes(self, declared: Sequence[str]) -> list[bytes]:
        """What is not as it was, though the declared paths do not mean it."""
        after = describe(self.root)
        paths = parsed(declared)
        return [
            path
            for path in sorted(self.before.keys() | after.keys())
            if _facts(self.before, path) != _facts(after, path)
            and not _is_meant(path, paths)
            and not (path not in self.before and _leads(path, after, paths))
        ]


def make_trial(root: Path) -> Trial:
    """A root with files all around."""
    for name in CANARIES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a canary sings\n")
    (root / "dev").mkdir()
    return Trial(root=root, before=describe(root))


def put_hostile(case: Hostile) -> tuple[ByteStore, Manifest]:
    """A case as an entry of a store: every hash of it is right."""
    store = MemoryStore(HandClock())
    forged = forge(case)
    if forged.pack:
        write_object(store, SCOPE, [forged.pack])
    segment = write_object(store, SCOPE, [encode_segment(forged.segment, 1)])
    manifest = Manifest(
        scope=SCOPE,
        version=paths_version(case.declared),
        key="k",
        paths=case.declared,
        segments=(ObjectRef(digest=segment.digest, size_bytes=segment.size),),
        packs=tuple(
            ObjectRef(digest=p.digest, size_bytes=p.size) for p in forged.segment.packs
        ),
        size_bytes=sum(e.size for e in forged.segment.entries if e.kind in (FILE, SPARSE)),
    )  # fmt: skip
    store.create(manifest.name, [encode_manifest(manifest)])
    assert store.find(object_name(SCOPE, segment.digest)) is not None
    return store, manifest


def mutants(count: int, seed: str) -> Iterator[Hostile]:
    """Cases that are made of the catalogue's: lines mixed, and single fields of them exchanged."""
    random = Random(seed)
    lines = [line for case in CATALOGUE.values() for line in case.lines if len(line.path) < 5000]
    cases = list(CATALOGUE.values())
    for _ in range(count):
        case = random.choice(cases)
        made = [line for line in case.lines if len(line.path) < 5000][:20]
        for _ in range(random.randint(1, 4)):
            made.append(random.choice(lines))
            at = random.randrange(len(made))
            made[at] = _mutated(made[at], random.choice(made), random)
        random.shuffle(made)
        yield replace(case, lines=tuple(made), skipped=())


def _mutated(line: Line, other: Line, random: Random) -> Line:
    names = (b"..", b"/", b"../", b"a", b"/etc/passwd", b"node_modules", b"", b"/root/.m2", b".git")
    name = random.choice(names)
    made: tuple[dict[str, Any], ...] = (
        {"kind": other.kind},
        {"path": other.path},
        {"target": other.path},
        {"path": other.path + b"/" + name},
        {"path": name + line.path},
        {"path": line.path.replace(b"/", b"/" + name, 1)},
        {"target": name},
        {"mode": other.mode, "size": other.size},
        {"mtime_ns": other.mtime_ns, "target": other.target},
    )
    return line._replace(**random.choice(made))


def _is_meant(path: bytes, paths: Sequence[CachePath]) -> bool:
    path = index_path(path)
    return any(p.takes(path) or (p.takes_all and p.covers(path)) for p in paths)


def _leads(path: bytes, after: dict[bytes, Facts], paths: Sequence[CachePath]) -> bool:
    """Whether it is a directory that had to be made on the way to something that is meant."""
    below = (other for other in after if other.startswith(path + b"/"))
    return after[path].kind == "directory" and any(_is_meant(other, paths) for other in below)


def index_path(path: bytes) -> bytes:
    """A path below the root as an index has it."""
    return path.removeprefix(b"src/") if path.startswith(b"src/") else b"/" + path


def _facts(found: dict[bytes, Facts], path: bytes) -> Facts | None:
    """A directory's time changes with what is in it; all else has to stay."""
    facts = found.get(path)
    return replace(facts, mtime_ns=0) if facts and facts.kind == "directory" else facts
