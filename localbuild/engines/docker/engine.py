"""The Docker engine: images, containers, and what dead builds left behind."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from localbuild.engines.docker.connection import Connection, engine_answers, engine_calls
from localbuild.engines.docker.container import DockerContainer
from localbuild.engines.docker.death import remove
from localbuild.engines.docker.images import inspect_image, pull_refusal, read_image
from localbuild.engines.docker.kept import KeptContainers, is_kept, is_over_age
from localbuild.engines.docker.layers import DockerLayers
from localbuild.engines.docker.owner import (
    BUILD_LABEL,
    KEEP_LABEL,
    OWNER_LABEL,
    is_alive,
    own_name,
)
from localbuild.engines.docker.pipe import open_pipes, remove_dead_pipes
from localbuild.engines.docker.programs import count_programs, entered
from localbuild.engines.docker.reopening import reopened
from localbuild.engines.docker.volumes import drop_volume, list_volumes
from localbuild.errors import ImageUnavailableError
from localbuild.ports.engine import ContainerSpec, EngineFacts, Image, LayerImage, NewLayer
from localbuild.ports.kept import FoundContainer, Program, ProgramRequest

ORPHAN_AGE_S = 3600


class DockerEngine:
    """Implements the ports Engine, Kept, Layers and Volumes over the engine's API, 1.41 and up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._api = connection.api
        self._layers = DockerLayers(connection.api)
        self._kept = KeptContainers(connection.api)

    def facts(self) -> EngineFacts:
        """What it is, and what its machine has."""
        with engine_answers("asking what it has"):
            found = self._api.info()
        return EngineFacts(
            name=f"{self._connection.name} {found.get('ServerVersion', '')}",
            api_version=str(self._api.api_version),
            endpoint=self._connection.endpoint,
            cpus=int(found.get("NCPU") or 0),
            memory_bytes=int(found.get("MemTotal") or 0),
        )

    def find_image(self, reference: str, platform: str) -> Image | None:
        """The image of that name on this engine."""
        found = inspect_image(self._api, reference)
        image = read_image(found, reference) if found is not None else None
        if image is None or (platform and not image.platform.startswith(_short(platform))):
            return None
        return image

    def pull_image(
        self, reference: str, platform: str, on_progress: Callable[[str], None]
    ) -> Image:
        """Fetch an image from its registry."""
        from docker.errors import APIError, NotFound
        from docker.utils import parse_repository_tag

        repository, tag = parse_repository_tag(reference)
        try:
            with engine_calls("pulling the image"):
                for line in self._api.pull(
                    repository,
                    tag=tag or "latest",
                    platform=platform or None,
                    stream=True,
                    decode=True,
                ):
                    if "error" in line:
                        raise pull_refusal(reference, str(line["error"]))
                    on_progress(str(line.get("status", "")))
        except (NotFound, APIError) as error:
            raise pull_refusal(reference, str(error.explanation or error)) from error
        image = self.find_image(reference, "")
        if image is None:
            raise ImageUnavailableError(f"image {reference} is not here after its pull")
        return image

    @contextmanager
    def open_container(self, spec: ContainerSpec) -> Iterator[DockerContainer]:
        """Create and start a container; leaving the block removes it."""
        keep = (KEEP_LABEL, "yes" if spec.keep else "no")
        labelled = replace(spec, labels=(*spec.labels, (OWNER_LABEL, own_name()), keep))
        pipes = open_pipes() if self._connection.shares_kernel else None
        container = DockerContainer(self._connection, labelled, pipes)
        try:
            container.start()
            yield container
        finally:
            container.close()
            if container.stays:
                self._kept.drop_others(spec)

    def add_layer(self, layer: NewLayer) -> Image:
        """Put one layer on top of an image."""
        return self._layers.add(layer)

    def list_layers(self) -> tuple[LayerImage, ...]:
        """All images that `add_layer` made."""
        return self._layers.list()

    def drop_layer(self, reference: str) -> bool:
        """Remove such an image."""
        return self._layers.drop(reference)

    def list_volumes(self, prefix: str) -> tuple[str, ...]:
        """The names of all volumes that begin so."""
        return list_volumes(self._api, prefix)

    def drop_volume(self, name: str) -> bool:
        """Remove a volume."""
        return drop_volume(self._api, name)

    def find_container(self, name: str) -> FoundContainer | None:
        """A container of localbuild's."""
        return self._kept.find(name)

    def list_kept(self) -> tuple[FoundContainer, ...]:
        """All that have stopped and stay."""
        return self._kept.all()

    @contextmanager
    def reopen_container(self, name: str) -> Iterator[DockerContainer]:
        """Start a kept one for the block."""
        with reopened(self._connection, name) as container:
            yield container

    def drop_container(self, name: str) -> bool:
        """Remove one that has stopped."""
        return self._kept.drop(name)

    @contextmanager
    def enter_container(self, name: str, request: ProgramRequest) -> Iterator[Program]:
        """Start a program in one that runs, for the block."""
        with entered(self._api, name, request) as program:
            yield program

    def count_programs(self, name: str) -> int:
        """How many run there."""
        return count_programs(self._api, name)

    def remove_leftovers(self, *, kept_too: bool = False, own_too: bool = False) -> tuple[str, ...]:
        """Remove containers of dead localbuild processes, or of this one; their names."""
        with engine_answers("looking for leftovers"):
            found = self._api.containers(all=True, filters={"label": BUILD_LABEL})
        removed = []
        for entry in found:
            if not (_is_leftover(entry, kept_too=kept_too) or (own_too and _is_own(entry))):
                continue
            if remove(self._api, entry["Id"], patience_s=0):
                removed.append(str(entry["Names"][0]).lstrip("/"))
        remove_dead_pipes()
        return tuple(removed)

    def close(self) -> None:
        """Let go of the connection."""
        self._api.close()


def _short(platform: str) -> str:
    return "/".join(platform.split("/")[:2])


def _is_own(entry: dict[str, Any]) -> bool:
    """Whether it is this process's; one that it may keep stops by itself, and stays."""
    labels = entry.get("Labels") or {}
    return bool(labels.get(OWNER_LABEL) == own_name() and labels.get(KEEP_LABEL) != "yes")


def _is_leftover(entry: dict[str, Any], *, kept_too: bool) -> bool:
    """Whether a container's owner is dead; one that we cannot see counts after an hour."""
    labels = entry.get("Labels") or {}
    if is_kept(entry):
        return kept_too or is_over_age(entry)
    if labels.get(KEEP_LABEL) == "yes" and entry["State"] == "running":
        return False  # whoever holds it need not be who has made it
    alive = is_alive(labels.get(OWNER_LABEL, ""))
    if alive is None:
        old = time.time() - int(entry["Created"]) > ORPHAN_AGE_S
        return bool(old and entry["State"] != "running")
    return not alive
