"""Every engine keeps the contract."""

import pytest

from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.ports.engine import Engine
from tests.conftest import SMALL
from tests.contracts.engine_contract import EngineContract


class TestScriptedEngine(EngineContract):
    """In memory."""

    @pytest.fixture
    def reference(self) -> str:
        return "scripted:1"

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
class TestDockerEngine(EngineContract):
    """The real one."""

    @pytest.fixture
    def reference(self) -> str:
        return SMALL

    @pytest.fixture
    def engine(self, docker_engine: Engine) -> Engine:
        return docker_engine
