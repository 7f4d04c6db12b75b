"""What each privilege is in the engine's words, and which refusals are about it."""

import pytest

from localbuild.engines.docker.creation import start_error
from localbuild.engines.docker.privilege import is_refusal, privilege_settings
from localbuild.errors import ContainerStartError, PrivilegeRefusedError
from localbuild.ports.engine import ContainerSpec, Image, Privilege

SPEC = ContainerSpec(name="c", image=Image(id="i", reference="i"), privilege=Privilege.FULL)
RUNC = (
    "failed to create shim task: OCI runtime create failed: runc create failed: unable to start "
    "container process: unable to apply caps: operation not permitted: unknown"
)
CRUN = "crun: set capabilities: Operation not permitted: OCI permission denied"


def test_full_privilege_is_the_engines_own_word() -> None:
    assert privilege_settings(Privilege.FULL) == {"Privileged": True}
    assert privilege_settings(Privilege.NONE) == {}


def test_the_nearest_has_all_but_what_is_kept_back() -> None:
    found = privilege_settings(Privilege.NEAREST)
    assert (found["CapAdd"], found["CapDrop"]) == (["ALL"], ["SYS_RESOURCE"])
    assert "Privileged" not in found


@pytest.mark.parametrize("words", [RUNC, CRUN])
def test_a_refusal_is_seen(words: str) -> None:
    assert is_refusal(Privilege.FULL, words)
    assert is_refusal(Privilege.NEAREST, words)
    assert not is_refusal(Privilege.NONE, words)


@pytest.mark.parametrize(
    "words",
    [
        'exec: "sh": executable file not found in $PATH',
        "network nowhere not found",
        "error mounting proc: operation not permitted",
        "",
    ],
)
def test_other_trouble_is_none(words: str) -> None:
    assert not is_refusal(Privilege.FULL, words)


def test_it_is_an_error_of_its_own() -> None:
    error = start_error(SPEC, RUNC)
    assert isinstance(error, PrivilegeRefusedError)
    assert error.message == RUNC
    assert not isinstance(start_error(SPEC, "network x not found"), PrivilegeRefusedError)


def test_an_engine_that_maps_users_is_told_of() -> None:
    """It refuses for a reason of its own, and less privilege would not do there."""
    words = (
        "privileged mode is incompatible with user namespaces.  You must run the container in the "
        "host namespace when running privileged mode"
    )
    error = start_error(SPEC, words)
    assert type(error) is ContainerStartError
    assert words in error.message
    assert "userns-remap" in error.hints[0]
