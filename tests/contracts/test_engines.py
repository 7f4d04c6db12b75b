"""Every engine keeps the contract."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.engine import DockerEngine
from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.ports.engine import CommandEnd, ContainerSpec, Engine, HostFiles
from tests.conftest import SMALL
from tests.contracts.busybox import provide_busybox
from tests.contracts.engine_contract import EngineContract, HostFilesContract


class TestScriptedEngine(EngineContract):
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
class TestDockerEngineFromAfar(EngineContract):
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
class TestDockerEngine(EngineContract, HostFilesContract):
    """The real one."""

    @pytest.fixture
    def reference(self) -> str:
        return SMALL

    @pytest.fixture
    def engine(self, docker_engine: Engine) -> Engine:
        return docker_engine


@pytest.mark.docker
class TestDockerEngineWithBusybox(EngineContract, HostFilesContract):
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
