"""Every way onto a container's loopback keeps the contract."""

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.engine import DockerEngine
from localbuild.plan.environment import DEFAULT_PATH
from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE, STATE_DIR, state_file
from localbuild.ports.engine import ContainerSpec, Engine, FileToPut
from localbuild.ports.loopback import Loopback
from tests.conftest import SMALL, STANDARD, missing
from tests.contracts.loopback_contract import LoopbackContract, echo

pytestmark = pytest.mark.docker


def spec_of(engine: Engine, reference: str, network: str = "") -> ContainerSpec:
    """A container of an image."""
    image = engine.find_image(reference, "")
    assert image is not None
    return ContainerSpec(
        name=f"localbuild-loopback-{uuid.uuid4().hex[:12]}",
        image=image,
        network=network,
        directories=((STATE_DIR, 0o777),),
        files=(
            FileToPut(path=ENV_FILE, text=state_file([("PATH", DEFAULT_PATH)])),
            FileToPut(path=DIRECTORY_FILE, text="/\n"),
        ),
    )


def own_networks() -> set[str]:
    """The networks that this process's threads are in; one that has ended may be in /proc still."""
    found = set()
    for thread in threading.enumerate():
        with suppress(FileNotFoundError):
            found.add(str(Path(f"/proc/self/task/{thread.native_id}/ns/net").readlink()))
    return found


class OnDocker(LoopbackContract):
    """On the real engine."""

    @pytest.fixture
    def spec(self, engine: Engine) -> ContainerSpec:
        return spec_of(engine, STANDARD)

    @pytest.fixture
    def other(self, engine: Engine) -> ContainerSpec:
        return spec_of(engine, STANDARD)


class TestThroughOurKernel(OnDocker):
    """From within the container's network, which needs root."""

    @pytest.fixture
    def engine(self, docker_engine: Engine) -> Engine:
        if os.geteuid() != 0:
            missing("root", "only root may enter another network")
        return docker_engine

    @pytest.mark.parametrize("network", ["", "none"])
    def test_an_image_needs_nothing_for_it(self, engine: Engine, network: str) -> None:
        with engine.open_container(spec_of(engine, SMALL, network)) as container:
            assert isinstance(container, Loopback)
            served = container.serve(echo)
            assert served is not None
            assert len(own_networks()) == 1
            served.close()


class TestThroughAnExec(OnDocker):
    """As if the engine were far away."""

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = DockerEngine(replace(connect("", ""), shares_kernel=False))
        yield engine
        engine.close()

    def test_an_image_without_python_has_no_way(self, engine: Engine) -> None:
        with engine.open_container(spec_of(engine, SMALL)) as container:
            assert isinstance(container, Loopback)
            assert container.serve(echo) is None
