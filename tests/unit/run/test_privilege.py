"""Which privilege a container gets, and what is said of it."""

import pytest

from localbuild.engines.scripted import ScriptedEngine
from localbuild.errors import ContainerStartError, PrivilegeRefusedError
from localbuild.ports.engine import ContainerSpec, Image, Privilege
from localbuild.run.privilege import open_build_container, open_privileged, try_privilege

IMAGE = Image(id="scripted:1", reference="scripted:1")
LAYER = Image(id="lost", reference="lost")
NEAREST = (Privilege.NONE, Privilege.NEAREST)


def spec(image: Image = IMAGE) -> ContainerSpec:
    return ContainerSpec(name="c", image=image, privilege=Privilege.FULL)


def test_it_is_tried_with_a_container_that_is_gone_afterwards() -> None:
    engine = ScriptedEngine()
    assert try_privilege(engine, IMAGE) == ""
    assert [c.alive for c in engine.containers] == [False]
    assert "CAP_SYS_RESOURCE" in try_privilege(ScriptedEngine(privileges=NEAREST), IMAGE)


def test_an_engine_that_gives_none_is_told_with_a_way_on() -> None:
    with pytest.raises(PrivilegeRefusedError, match="starts no privileged container") as caught:
        try_privilege(ScriptedEngine(privileges=(Privilege.NONE,)), IMAGE)
    assert caught.value.hints


def test_other_trouble_is_not_taken_for_a_refusal() -> None:
    told: list[str] = []
    opened = open_privileged(ScriptedEngine(), spec(LAYER), told.append)
    with pytest.raises(ContainerStartError) as caught, opened:
        raise AssertionError("there is no such image")
    assert (type(caught.value), told) == (ContainerStartError, [])


def test_a_build_that_fails_is_not_taken_for_a_refusal() -> None:
    engine = ScriptedEngine()
    opened = open_privileged(engine, spec(), lambda _: None)
    with pytest.raises(PrivilegeRefusedError, match=r"^by the build$"), opened:
        raise PrivilegeRefusedError("by the build")
    assert len(engine.containers) == 1


def test_a_layer_that_cannot_be_used_is_given_up() -> None:
    told: list[str] = []
    given_up: list[str] = []
    engine = ScriptedEngine(privileges=NEAREST)
    with open_build_container(engine, spec(LAYER), IMAGE, told.append, given_up.append) as found:
        assert found.spec.image == IMAGE  # type: ignore[attr-defined]
    assert (len(told), given_up) == (1, ["its layer cannot be used: no such image: lost"])


def test_a_layer_is_not_blamed_for_a_refusal() -> None:
    engine = ScriptedEngine(images=("scripted:1", "lost"), privileges=())
    given_up: list[str] = []
    opened = open_build_container(engine, spec(LAYER), IMAGE, lambda _: None, given_up.append)
    with pytest.raises(PrivilegeRefusedError), opened:
        raise AssertionError("no privilege is given")
    assert given_up == []
