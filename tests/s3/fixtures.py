"""Fixtures with the suite's S3 servers, each started once for a session, by the first test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.s3 import servers


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """The environment that the servers' clients need."""
    with servers.aws_environment():
        yield


@pytest.fixture(scope="session")
def moto_server(aws: None) -> Iterator[servers.Server]:
    """Moto's server."""
    yield from _started(servers.moto)


@pytest.fixture(scope="session")
def seaweed_server(aws: None) -> Iterator[servers.Server]:
    """SeaweedFS."""
    yield from _started(servers.seaweed)


@pytest.fixture(scope="session")
def rclone_server(aws: None) -> Iterator[servers.Server]:
    """`rclone serve s3`, which keeps no conditions."""
    yield from _started(servers.rclone)


def _started(
    start: Callable[[], AbstractContextManager[servers.Server]],
) -> Iterator[servers.Server]:
    from tests.conftest import missing

    try:
        with start() as server:
            yield server
    except servers.NotStartedError as error:
        missing("s3", str(error))
