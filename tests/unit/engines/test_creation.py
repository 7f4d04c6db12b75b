"""What is said where an engine does not start a container."""

import pytest

from localbuild.engines.docker.creation import FOUND_DEAD, start_error
from localbuild.ports.engine import ContainerSpec, Image

SPEC = ContainerSpec(name="c", image=Image(id="sha256:1", reference="team/x:1"))


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("network team-net not found", "docker network ls"),
        ("Minimum memory limit allowed is 6MB", "localbuild run --memory 512m"),
        (
            "container create: container-init binary not found on the host: stat /x: no such file",
            "podman needs an init program: sudo apt-get install catatonit",
        ),
    ],
)
def test_a_reason_that_is_known_has_a_next_step(reason: str, hint: str) -> None:
    error = start_error(SPEC, reason)
    assert error.message == f"the engine could not start the build container: {reason}"
    assert error.hints == (hint,)


def test_any_other_reason_is_told_by_its_first_line() -> None:
    error = start_error(SPEC, "no space left\nmore\n")
    assert error.message.endswith(": no space left")
    assert error.hints == ()
    assert start_error(SPEC, " ").message.endswith(": no reason given")


def test_an_image_without_a_shell_needs_one() -> None:
    error = start_error(SPEC, 'exec: "sh": executable file not found in $PATH')
    assert error.message == FOUND_DEAD
    assert error.hints == ("image team/x:1 must contain sh: every command needs it",)
