"""What the verbs of the cache know of warm layers: after real builds, on the real engine."""

import json
import shutil
import uuid
from pathlib import Path

import pytest

from localbuild.cache.layer_names import STORES_LABEL
from localbuild.ports.engine import Engine, Layers
from tests.conftest import SMALL
from tests.unit.cli.calling import Home

SPEC = """\
version: 0.2
phases:
  build:
    commands:
      - mkdir -p deps
      - cp lock deps/lock
cache:
  key: deps-$(codebuild-hash-files lock)
  fallback-keys: [deps-]
  paths: ["deps/**/*"]
"""


class Project:
    """A project with a cache of its own; `name` is nobody else's."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        self.name = f"layers-{uuid.uuid4().hex[:12]}"
        self.home.write("buildspec.yml", SPEC)

    def build(self, lock: str) -> None:
        """Run a build that makes its layer before it ends."""
        self.home.write("lock", lock)
        words = ("--project-name", self.name, "-i", SMALL, "--cache-layers", "wait")
        called = self.home.call("run", *words)
        assert called.code == 0, called.err

    def cache(self, *words: str) -> object:
        """The document of a verb."""
        called = self.home.call("cache", *words, "--project-name", self.name, "--json")
        assert called.code == 0, called.err
        return json.loads(called.out)

    def warm(self) -> list[bool]:
        """Whether the entries are warm, the newest first."""
        found = self.cache("ls")
        assert isinstance(found, list)
        return [entry["warm"] for entry in found]


@pytest.mark.docker
def test_layers_are_listed_and_go_with_their_entries(docker_engine: Engine, tmp_path: Path) -> None:
    assert isinstance(docker_engine, Layers)
    project = Project(tmp_path)
    try:
        project.build("one")
        project.build("two")
        assert project.warm() == [True, True]
        why = project.cache("why")
        assert isinstance(why, dict)
        assert why["outcome"] == "fallback"
        pruned = project.cache("prune", "--older-than", "30d")
        assert isinstance(pruned, dict)
        assert pruned["droppedLayers"] == []
    finally:
        removed = project.cache("rm", "--all", "--yes")
    assert isinstance(removed, dict)
    assert len(removed["droppedLayers"]) == 2
    assert project.warm() == []


@pytest.mark.docker
def test_layers_of_a_cache_that_was_deleted_are_cleaned_away(
    docker_engine: Engine, tmp_path: Path
) -> None:
    assert isinstance(docker_engine, Layers)
    project = Project(tmp_path)
    project.build("one")
    (reference,) = (
        layer.reference
        for layer in docker_engine.list_layers()
        if str(tmp_path) in dict(layer.labels).get(STORES_LABEL, "")
    )
    kept = json.loads(project.home.call("clean", "--layers", "--json").out)
    assert reference not in [layer["reference"] for layer in kept["layers"]]
    shutil.rmtree(project.home.cache)
    lines = project.home.call("clean", "--layers").out.splitlines()
    assert any(line.startswith(f"removed warm layer {reference} (key deps-") for line in lines)
    assert docker_engine.find_image(reference, "") is None


def test_all_alone_is_no_order(tmp_path: Path) -> None:
    called = Home(tmp_path).call("clean", "--all")
    assert (called.code, called.err.splitlines()[0]) == (2, "error: --all says nothing alone")
