"""Starts a kept container once more: that very one, with the mounts that it was made with.

Its pipes have lost their names on the host as soon as it had them. It finds new ones there, in
places that are in its mounts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localbuild.engines.docker.connection import Connection, engine_answers
from localbuild.engines.docker.container import DockerContainer
from localbuild.engines.docker.pipe import SOURCE_PIPE, HostPipes, open_pipes_again
from localbuild.errors import ContainerStartError
from localbuild.ports.engine import ContainerSpec, Image


@contextmanager
def reopened(connection: Connection, name: str) -> Iterator[DockerContainer]:
    """The container, started, for the block; it stays. Raises ContainerStartError."""
    from docker.errors import NotFound

    with engine_answers("looking for the build's container"):
        try:
            found = dict(connection.api.inspect_container(name))
        except NotFound:
            raise ContainerStartError(f"container {name} is not there any more") from None
    container = DockerContainer(connection, _spec(name, found), _pipes(found))
    try:
        container.start_again(str(found["Id"]))
        yield container
    finally:
        container.close()


def _spec(name: str, found: Mapping[str, Any]) -> ContainerSpec:
    image = Image(id=str(found["Image"]), reference=str(found["Config"]["Image"]))
    return ContainerSpec(name=name, image=image, keep=True)


def _pipes(found: Mapping[str, Any]) -> HostPipes | None:
    """New ones in the old place, None where it has been made without."""
    mounts = {m["Destination"]: m.get("Source", "") for m in found.get("Mounts") or ()}
    source = mounts.get(SOURCE_PIPE)
    return open_pipes_again(Path(source).parent) if source else None
