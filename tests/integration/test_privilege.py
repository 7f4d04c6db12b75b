"""What the real engine gives a container for each privilege."""

import shutil
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.engines.open import open_engine
from localbuild.errors import PrivilegeRefusedError
from localbuild.ports.engine import CommandRequest, Container, ContainerSpec, Engine, Privilege
from localbuild.run.privilege import open_privileged, try_privilege
from tests.conftest import SMALL
from tests.integration.private_engine import private_engine

pytestmark = pytest.mark.docker

SYS_RESOURCE = 24
SYS_ADMIN = 21
CAPABILITIES = "sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status"
DEVICES = "[ -e /dev/loop-control ] || [ -e /dev/kmsg ] && echo devices"
SYS = "grep -o ' /sys [a-z]*' /proc/self/mountinfo"
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


RUNTIME = """\
import json, os, sys
if "create" in sys.argv:
    file = sys.argv[sys.argv.index("--bundle") + 1] + "/config.json"
    with open(file) as stream:
        spec = json.load(stream)
    sets = spec["process"].get("capabilities") or {{}}
    for name, words in sets.items():
        sets[name] = [word for word in words if word != "CAP_SYS_RESOURCE"]
    with open(file, "w") as stream:
        json.dump(spec, stream)
os.execv({runc!r}, ["runc", *sys.argv[1:]])
"""
"""A runtime that gives what it has: an engine with it can start any privileged container."""


def test_an_engine_that_gives_everything_is_asked_for_no_less(tmp_path: Path) -> None:
    program = tmp_path / "runtime"
    program.write_text(f"#!{sys.executable}\n{RUNTIME.format(runc=shutil.which('runc') or '')}")
    program.chmod(0o755)
    options = (f"--add-runtime=giving={program}", "--default-runtime=giving")
    with (
        private_engine(*options) as own,
        closing(open_engine("docker", docker_host=own.url)) as engine,
    ):
        image = engine.find_image(SMALL, "")
        assert image is not None
        told: list[str] = []
        spec = ContainerSpec(
            name="privilege-full", image=image, network="none", privilege=Privilege.FULL
        )
        with open_privileged(engine, spec, told.append) as container:
            assert said(container, DEVICES) == "devices"
            assert said(container, SYS) == "/sys rw"
        assert told == []
