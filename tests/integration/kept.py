"""Containers that tests have had kept: names of their own, and an end."""

import uuid
from contextlib import closing

import docker

from tests.integration.builds import containers_of


def unique_project(word: str) -> str:
    """A project that no other test has."""
    return f"shell-{word}-{uuid.uuid4().hex[:8]}"


def remove_containers(project: str) -> None:
    """Remove all containers of a project of `unique_project`."""
    assert project.startswith("shell-")
    with closing(docker.from_env()) as client:
        for name in containers_of(project):
            client.api.remove_container(name, force=True, v=True)
