"""Every engine keeps the contract."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.engine import DockerEngine
from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.errors import EngineError
from localbuild.ports.engine import CommandEnd, ContainerSpec, Engine, Image
from localbuild.ports.host_files import HostFiles
from tests.conftest import SMALL
from tests.contracts.busybox import provide_busybox
from tests.contracts.engine_contract import EngineContract, HostFilesContract
from tests.contracts.kept_contract import KeptContract, RealKeptContract
from tests.contracts.layers_contract import Add, LayersContract, RemovingLayersContract, member
from tests.contracts.on_docker import OnDocker


class TestScriptedEngine(EngineContract, KeptContract, LayersContract, RemovingLayersContract):
    """In memory."""

    @pytest.fixture
    def reference(self) -> str:
        return "scripted:1"

    def check_trees(self, end: CommandEnd, said: str, files: dict[str, bytes]) -> None:
        """Nothing is unpacked in memory: the archive is only kept."""
        assert (end.exit_status, said) == (0, "")

    @pytest.fixture
    def engine(self) -> Engine:
        return ScriptedEngine(
            {
                "echo hello": Answer(output=(b"hel", b"lo\n")),
                "exit 7": Answer(exit_status=7),
                "printf 'a\\0b'": Answer(output=(b"a\0b",)),
                "sleep 600": Answer(runs_on=True),
                "kill -9 -1; sleep 5": Answer(ends_container=True),
            }
        )


@pytest.mark.docker
class TestDockerEngineFromAfar(EngineContract, KeptContract, RealKeptContract):
    """The real one, as if it did not share our kernel: no FIFOs, everything through its API."""

    @pytest.fixture
    def reference(self) -> str:
        return SMALL

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = DockerEngine(replace(connect("", ""), shares_kernel=False))
        yield engine
        engine.close()

    def test_its_files_are_not_ours_to_open(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            assert isinstance(container, HostFiles)
            assert (container.open_root(), container.open_changes()) == (None, None)


@pytest.mark.docker
class TestDockerEngine(
    OnDocker, EngineContract, KeptContract, RealKeptContract, HostFilesContract, LayersContract
):
    """The real one."""


@pytest.mark.docker
@pytest.mark.lone_layers
class TestDockerEngineThatLoadsLayers(OnDocker, RemovingLayersContract):
    """The real one, where it takes an image without the layers below."""

    spec = EngineContract.spec
    base = LayersContract.base
    add = LayersContract.add


@pytest.mark.docker
class TestDockerEngineWithBusybox(
    EngineContract, KeptContract, RealKeptContract, HostFilesContract
):
    """The real one, with an image whose shell and tar are busybox's."""

    @pytest.fixture
    def reference(self) -> str:
        return provide_busybox()

    @pytest.fixture
    def engine(self, docker_engine: Engine) -> Engine:
        return docker_engine


@pytest.mark.docker
class TestDockerEngineFromAfarWithBusybox(EngineContract):
    """The same through the engine's API alone."""

    @pytest.fixture
    def reference(self) -> str:
        return provide_busybox()

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = DockerEngine(replace(connect("", ""), shares_kernel=False))
        yield engine
        engine.close()


class LoadsNothing:
    """The engine's API, but it refuses to load images: as engines do that want all layers."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def load_image(self, data: Iterable[bytes], quiet: bool) -> None:
        from docker.errors import APIError

        self.asked += 1
        next(iter(data))
        raise APIError("no such layer")


@pytest.mark.docker
class TestDockerEngineThatBuildsLayers(LayersContract):
    """The real one, where it takes no image without the layers below."""

    api: LoadsNothing
    spec = EngineContract.spec

    @pytest.fixture
    def reference(self) -> str:
        return SMALL

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        connection = connect("", "")
        self.api = LoadsNothing(connection.api)
        engine = DockerEngine(replace(connection, api=self.api))
        yield engine
        engine.close()

    def test_it_says_why_it_can_remove_nothing(self, base: Image, add: Add) -> None:
        for _ in range(3):
            with pytest.raises(EngineError, match="no such layer"):
                add(base, member("kept/.wh.a"), removes=True)
            add(base, member("kept/f"))

    def test_a_way_that_is_refused_again_is_given_up(self, base: Image, add: Add) -> None:
        for at in range(4):
            add(base, member(f"kept/{at}"))
        assert self.api.asked == 2
