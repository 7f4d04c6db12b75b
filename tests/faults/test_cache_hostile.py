"""Entries of somebody who may write to a store, brought in by whole builds: miss, or no harm."""

from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cache.keys import object_name
from localbuild.cache.manifest import decode_manifest, encode_manifest
from localbuild.cache.stores.memory import MemoryStore
from localbuild.engines.scripted import ScriptedEngine
from localbuild.ports.cache import CacheOutcome
from localbuild.ports.engine import ContainerSpec
from localbuild.ports.store import ByteStore
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import IMAGE, SCOPE, FolderContainer, Project
from tests.trees.compare import describe
from tests.trees.hostile import CATALOGUE
from tests.trees.hostile_lines import Hostile, Outcome
from tests.unit.cache.cupboard import HandClock
from tests.unit.cache.hostile_trial import make_trial, put_hostile
from tests.unit.cache.test_hostile_entries import try_mutants


def store_with(case: Hostile, project: Project) -> ByteStore:
    """A store in which the case is the project's entry."""
    found, manifest = put_hostile(case)
    store = MemoryStore(HandClock())
    for each in manifest.objects:
        data = found.read(object_name(manifest.scope, each.digest))
        assert data is not None
        store.create(object_name(SCOPE, each.digest), [data])
    data = found.read(manifest.name)
    assert data is not None
    mine = replace(decode_manifest(data), scope=SCOPE, key=project.key)
    store.create(mine.name, [encode_manifest(mine)])
    return store


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_build_takes_no_harm(name: str, tmp_path: Path) -> None:
    case = CATALOGUE[name]
    project = Project(paths=case.declared)
    store = store_with(case, project)
    trial = make_trial(tmp_path / "root")
    came = project.build(lambda: [store], FolderContainer(root=trial.root))
    assert trial.changes(case.declared) == []
    assert len(came.restored.skipped) == len(case.skipped) or not case.skipped
    if case.outcome is Outcome.REFUSED:
        assert came.restored.outcome is CacheOutcome.MISS
        assert came.restored.warnings
        assert describe(trial.root).keys() == trial.before.keys()
        assert came.saved.saved or store.find(project.manifest) is None
    elif case.outcome is not Outcome.STRIPPED:
        assert came.restored.outcome is CacheOutcome.HIT


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_build_from_afar_takes_no_harm(name: str) -> None:
    """The same where files come through the container's tar."""
    case = CATALOGUE[name]
    project = Project(paths=case.declared)
    store = store_with(case, project)
    engine = ScriptedEngine()
    image = engine.find_image(IMAGE, "")
    assert image is not None
    with engine.open_container(ContainerSpec(name="afar", image=image)) as container:
        came = project.build(lambda: [store], container)
    refused = came.restored.outcome is CacheOutcome.MISS
    assert refused or case.outcome is not Outcome.REFUSED
    assert (container.trees == {}) is refused
    assert bool(came.restored.warnings) is refused or case.outcome is Outcome.SKIPPED


@short_and_full(200, 4000)
def test_mutants_do_no_harm(seed: int, tmp_path: Path, tally: Tally, count: int) -> None:
    try_mutants(count, str(seed), tmp_path)
    tally("mutants of hostile entries that did harm", count)
