"""What all tests share: the engine, and skips that are loud."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from localbuild.engines.open import open_engine
from localbuild.errors import LocalbuildError
from localbuild.ports.engine import Engine
from tests.s3.fixtures import aws, moto_server, rclone_server, seaweed_server

__all__ = ["aws", "moto_server", "rclone_server", "seaweed_server"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # builds are started by us, not by a user's nohup

SMALL = "localbuild/small:1"
STANDARD = "localbuild/standard:1"
RUNTIMES = "localbuild/runtimes:1"
DOCKER = "localbuild/docker:1"


def missing(what: str, reason: str) -> None:
    """Skip, or fail where LOCALBUILD_REQUIRE names what is missing."""
    if what in os.environ.get("LOCALBUILD_REQUIRE", "").split(","):
        pytest.fail(f"LOCALBUILD_REQUIRE={what}: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """The real engine, with the suite's images on it."""
    try:
        engine = open_engine("docker")
    except LocalbuildError as error:
        missing("docker", error.message)
        raise
    for image in (SMALL, STANDARD, RUNTIMES, DOCKER):
        if engine.find_image(image, "") is None:
            missing("docker", f"image {image} is not there: scripts/images.sh")
    yield engine
    engine.close()


@pytest.fixture(autouse=True)
def _engine_for_docker_tests(request: pytest.FixtureRequest) -> None:
    """A test with the marker `docker` needs the engine, whether it uses it or a command does."""
    if request.node.get_closest_marker("docker") is not None:
        request.getfixturevalue("docker_engine")
