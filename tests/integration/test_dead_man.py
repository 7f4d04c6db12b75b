"""A container whose localbuild has died at the worst moment: before it was started."""

import uuid
from contextlib import closing

import docker
import pytest

from localbuild.engines.docker.creation import create_arguments
from localbuild.engines.docker.frames import close_stream
from localbuild.ports.engine import ContainerSpec, Image
from tests.conftest import SMALL
from tests.integration.builds import wait_until

pytestmark = pytest.mark.docker


def test_a_container_that_nobody_greets_ends(request: pytest.FixtureRequest) -> None:
    with closing(docker.from_env()) as client:
        api = client.api
        image_id = str(client.images.get(SMALL).id)
        image = Image(id=image_id, reference=SMALL)
        spec = ContainerSpec(name=f"dead-man-{uuid.uuid4().hex[:8]}", image=image)
        created = api.create_container(**create_arguments(api, spec, ()))["Id"]
        try:
            stream = api.attach_socket(created, params={"stdin": 1, "stdout": 1, "stream": 1})
            close_stream(stream)
            api.start(created)

            def over() -> bool:
                return not api.inspect_container(created)["State"]["Running"]

            wait_until(over, "it takes us for dead", seconds=10)
        finally:
            api.remove_container(created, force=True, v=True)
