"""What tests of an engine's contract begin with where the engine is the real one."""

import pytest

from localbuild.ports.engine import Engine
from tests.conftest import SMALL


class OnDocker:
    """The suite's engine and its small image."""

    @pytest.fixture
    def reference(self) -> str:
        return SMALL

    @pytest.fixture
    def engine(self, docker_engine: Engine) -> Engine:
        return docker_engine
