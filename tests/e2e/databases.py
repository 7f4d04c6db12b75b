"""A database for builds to talk to: a container on a Docker network that only they know."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import docker

from tests.conftest import missing

IMAGE = "localbuild/postgres:1"


@contextmanager
def database_network(*, host: str, user: str, password: str) -> Iterator[str]:
    """The name of a network on which an empty PostgreSQL is called `host`; both go at the end.

    Its database has the user's name. It may take a moment until it answers.
    """
    with closing(docker.from_env(timeout=120)) as client:
        api: Any = client.api
        if not api.images(IMAGE):
            missing("docker", f"image {IMAGE} is not there: scripts/images.sh")
        name = f"localbuild-e2e-{uuid.uuid4().hex[:12]}"
        network = api.create_network(name)["Id"]
        try:
            known = api.create_endpoint_config(aliases=[host])
            container = api.create_container(
                IMAGE,
                name=name,
                environment={"POSTGRES_USER": user, "POSTGRES_PASSWORD": password},
                networking_config=api.create_networking_config({name: known}),
                host_config=api.create_host_config(network_mode=name),
            )
            try:
                api.start(container)
                yield name
            finally:
                api.remove_container(container, force=True, v=True)
        finally:
            api.remove_network(network)
