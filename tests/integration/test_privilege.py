"""What the real engine gives a container for each privilege."""

from dataclasses import replace

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.errors import PrivilegeRefusedError
from localbuild.ports.engine import CommandRequest, Container, ContainerSpec, Engine, Privilege
from localbuild.run.privilege import open_privileged, try_privilege
from tests.conftest import SMALL

pytestmark = pytest.mark.docker

SYS_RESOURCE = 24
SYS_ADMIN = 21
CAPABILITIES = "sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status"
DEVICE = "mknod /null c 1 3 && echo lost > /null && echo device"


@pytest.fixture
def spec(docker_engine: Engine) -> ContainerSpec:
    image = docker_engine.find_image(SMALL, "")
    assert image is not None
    return ContainerSpec(name="privilege-test", image=image)


def said(container: Container, script: str) -> str:
    found: list[bytes] = []
    container.run(CommandRequest(script=script), found.append, lambda: None)
    return b"".join(found).decode().strip()


def capabilities(container: Container) -> int:
    return int(said(container, CAPABILITIES), 16)


def test_a_usual_container_has_little(docker_engine: Engine, spec: ContainerSpec) -> None:
    with docker_engine.open_container(spec) as container:
        assert not capabilities(container) >> SYS_ADMIN & 1
        assert said(container, "echo x > /proc/sysrq-trigger") != ""


def test_the_nearest_has_all_but_one(docker_engine: Engine, spec: ContainerSpec) -> None:
    with docker_engine.open_container(replace(spec, privilege=Privilege.NEAREST)) as container:
        found = capabilities(container)
        assert found >> SYS_ADMIN & 1
        assert not found >> SYS_RESOURCE & 1
        assert said(container, DEVICE) == "device"
        assert said(container, "grep -c ' /proc/[a-z-]* ' /proc/self/mountinfo") == "0"


def test_full_is_given_or_refused(docker_engine: Engine, spec: ContainerSpec) -> None:
    opened = docker_engine.open_container(replace(spec, privilege=Privilege.FULL))
    if try_privilege(docker_engine, spec.image) == "":
        with opened as container:
            assert capabilities(container) >> SYS_RESOURCE & 1
    else:
        with pytest.raises(PrivilegeRefusedError, match="operation not permitted"), opened:
            raise AssertionError("it was refused a moment ago")


def test_a_refusal_leaves_nothing(docker_engine: Engine, spec: ContainerSpec) -> None:
    told: list[str] = []
    with open_privileged(docker_engine, replace(spec, privilege=Privilege.FULL), told.append):
        pass
    assert try_privilege(docker_engine, spec.image) == "".join(told)
    api = connect("", "").api
    try:
        for name in ("privilege-test", "localbuild-privilege-"):
            assert api.containers(all=True, filters={"name": name}) == []
    finally:
        api.close()
