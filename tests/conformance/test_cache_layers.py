"""A cache that is there before the container is: the same to a build as one that was unpacked."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.cache.keys import Scope
from localbuild.cache.layer_names import SCOPE_LABEL
from localbuild.engines.docker.engine import DockerEngine
from tests.conformance.caches import Caching, cached, restored, saved
from tests.conformance.harness import Built
from tests.conftest import SMALL

MAKE = [
    "mkdir -p deps/sub /srv/made; echo cached > deps/file",
    "echo 2 > deps/sub/file; echo 3 > /srv/made/x",
]
SHOW = [
    "cat deps/file deps/sub/file deps/other /srv/made/x; pwd; echo $CODEBUILD_BUILD_IMAGE",
    "rm -r deps/sub; echo changed > deps/file",
]
PATHS = ["deps/**/*", "/srv/made/**/*"]


class Layered:
    """Builds of a project of its own, whose layers are made at once."""

    def __init__(self, folder: Path) -> None:
        self.project = f"conf-{uuid.uuid4().hex[:12]}"
        self._caching = Caching(folder=folder, options=("--cache-layers", "wait"))

    def build(self, *commands: str) -> Built:
        """One build with that source: a file that is in the cache, too, and one that is not."""
        text = cached(install=list(commands), cache={"paths": PATHS, "key": "k"})
        files = {"deps/file": "source's\n", "deps/other": "other\n"}
        return self._caching.build(text, "--project-name", self.project, files=files)


@pytest.fixture
def layered(tmp_path: Path, docker_engine: DockerEngine) -> Iterator[Layered]:
    """A project whose layers are gone afterwards."""
    found = Layered(tmp_path)
    yield found
    scope = Scope(project=found.project).id
    for layer in docker_engine.list_layers():
        if dict(layer.labels).get(SCOPE_LABEL) == scope:
            docker_engine.drop_layer(layer.reference)


def test_a_layer_s_files_are_those_of_the_cache(layered: Layered) -> None:
    first = layered.build(*MAKE)
    assert (first.exit_code, saved(first).saved) == (0, True)
    builds = [layered.build(*SHOW) for _ in range(2)]
    for built in builds:
        found = restored(built)
        assert (found.outcome, found.layer, found.files) == ("hit", True, 4)
        assert built.said[0] == f"cached\n2\nother\n3\n{built.source_directory}\n{SMALL}\n"
        assert built.document["environment"]["image"] == SMALL
        assert any(", a warm layer, in " in line for line in built.agent)
        assert not saved(built).saved
