"""Entries that somebody wrote with evil intent: nothing comes but what the cache's paths mean."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from localbuild.cache.access import ContainerFiles
from localbuild.cache.index import CHUNK_BYTES
from localbuild.cache.loading import load_index
from localbuild.cache.restoring import choose_entries
from localbuild.engines.scripted import ScriptedContainer, ScriptedEngine
from localbuild.ports.engine import ContainerSpec
from localbuild.ports.store import StoreError
from tests.trees.compare import describe
from tests.trees.hostile import CATALOGUE
from tests.trees.hostile_lines import Hostile, Outcome
from tests.unit.cache.hostile_trial import Trial, make_trial, mutants, put_hostile
from tests.unit.cache.workshop import SOURCE, parsed, restore


def place(path: bytes) -> bytes:
    """Where a path of an index lies below the root."""
    return path[1:] if path.startswith(b"/") else b"src/" + path


def attempt(case: Hostile, trial: Trial) -> tuple[bytes, ...] | None:
    """Restore a case: what was skipped, or None where nothing may come and nothing came."""
    store, manifest = put_hostile(case)
    try:
        back = restore(manifest, trial.root, store)
    except (StoreError, OSError):
        after = describe(trial.root)
        assert {p: f for p, f in after.items() if f.kind != "directory"} == {
            p: f for p, f in trial.before.items() if f.kind != "directory"
        }
        assert after.keys() == trial.before.keys()
        return None
    assert back.files.refused == ()
    assert trial.changes(case.declared) == []
    return back.skipped


@pytest.mark.parametrize("name", CATALOGUE)
def test_nothing_comes_but_what_is_meant(name: str, tmp_path: Path) -> None:
    case = CATALOGUE[name]
    trial = make_trial(tmp_path / "root")
    skipped = attempt(case, trial)
    assert trial.changes(case.declared) == []
    if case.outcome is Outcome.REFUSED:
        assert skipped is None
        return
    if case.outcome is Outcome.STRIPPED and skipped is None:
        return
    assert skipped is not None
    assert sorted(skipped) == sorted(case.skipped)
    found = describe(trial.root)
    for line in case.lines:
        if line.path not in case.skipped:
            facts = found[place(line.path)]
            assert facts.kind == {"d": "directory", "l": "link"}.get(line.kind, "file")
            assert facts.kind != "file" or facts.mode & 0o7000 == 0
            assert facts.target == (line.target if line.kind == "l" else b"")


def members(case: Hostile) -> list[tarfile.TarInfo] | None:
    """What reaches a container through tar; None where nothing does."""
    engine = ScriptedEngine()
    image = engine.find_image("scripted:1", "")
    assert image is not None
    store, manifest = put_hostile(case)
    with engine.open_container(ContainerSpec(name="c", image=image)) as container:
        try:
            index = load_index(store, manifest)
            entries, _ = choose_entries(index, parsed(case.declared))
            files = ContainerFiles(container, SOURCE)
            files.restore(entries, index, store, manifest.scope)
        except (StoreError, OSError):
            assert container.trees == {}
            return None
        return unpacked(container)


def unpacked(container: ScriptedContainer) -> list[tarfile.TarInfo]:
    assert set(container.trees) <= {"/"}
    data = io.BytesIO(container.trees["/"])
    with tarfile.open(fileobj=data, errors="surrogateescape") as archive:
        return archive.getmembers()


def assert_safe(found: Iterable[tarfile.TarInfo], case: Hostile) -> None:
    """No member leads anywhere else, whatever order a tar takes them in."""
    paths = parsed(case.declared)
    found = tuple(found)
    names = [member.name.encode("utf-8", "surrogateescape") for member in found]
    links = {name for name, member in zip(names, found, strict=True) if not member.isdir()}
    for name, member in zip(names, found, strict=True):
        assert b".." not in name.split(b"/")
        assert not name.startswith(b"/")
        path = name.removeprefix(b"src/") if name.startswith(b"src/") else b"/" + name
        assert any(p.takes(path) or (member.isdir() and p.covers(path)) for p in paths)
        assert not any(name.startswith(other + b"/") for other in links)
        assert member.type in (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE)
        assert member.isdir() or member.mode & 0o7000 == 0
        if member.islnk():
            assert member.linkname in {m.name for m in found if m.isreg()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_nothing_reaches_a_container_but_what_is_meant(name: str) -> None:
    case = CATALOGUE[name]
    found = members(case)
    if case.outcome is Outcome.REFUSED:
        assert found is None
        return
    if case.outcome is Outcome.STRIPPED and found is None:
        return
    assert found is not None
    assert_safe(found, case)
    expected = {place(line.path) for line in case.lines if line.path not in case.skipped}
    assert {m.name.encode("utf-8", "surrogateescape") for m in found} == expected


def test_nothing_comes_of_500_mutants(tmp_path: Path) -> None:
    """The 4,000 are in tests/faults."""
    try_mutants(500, "the first", tmp_path)


def try_mutants(count: int, seed: str, folder: Path) -> None:
    """Restore mutants, each into the root of one before it as long as nothing came."""
    trial = make_trial(folder / "0")
    came = 0
    for number, case in enumerate(mutants(count, seed)):
        if any(line.size > 4 * CHUNK_BYTES for line in case.lines):
            continue
        skipped = attempt(case, trial)
        found = members(case)
        assert (found is None) == (skipped is None)
        if found is not None:
            assert_safe(found, case)
            came += 1
            trial = make_trial(folder / str(number + 1))
    assert came >= count // 50
