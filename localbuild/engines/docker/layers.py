"""Images that are another image and one layer more, on a Docker engine."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from localbuild.engines.docker.connection import engine_answers, engine_calls
from localbuild.engines.docker.images import (
    inspect_image,
    layers_of,
    read_image,
    short_name,
)
from localbuild.engines.docker.layer_archive import LayerBody, build_context, image_archive
from localbuild.errors import EngineError
from localbuild.ports.engine import Image, LayerImage, NewLayer

LAYER_LABEL = "dev.localbuild.layer"
SIZE_LABEL = "dev.localbuild.layer-bytes"
_STEP = re.compile(r" ---> ([0-9a-f]{12,})\n")
_WHAT = "adding a layer to an image"
_REFUSALS = 2
_UNDATED = "1970-01-01T00:00:00Z"


class _RefusedError(Exception):
    """What the engine said."""


class DockerLayers:
    """Adds a layer by loading an image archive that lacks the layers below.

    Engines that want those too (the containerd store, podman) refuse that, and build it; one that
    does so again is not asked to load any more. Times before 1970 become 1970, and in what is
    built they are whole seconds.
    """

    def __init__(self, api: Any) -> None:
        self._api = api
        self._refusals = 0

    def add(self, layer: NewLayer) -> Image:
        """Make the image. Raises EngineError; what reading the archive raises comes through."""
        labels = (*layer.labels, (LAYER_LABEL, "yes"), (SIZE_LABEL, str(layer.size_bytes)))
        layer = replace(layer, labels=labels)
        base = inspect_image(self._api, layer.base.id)
        if base is None:
            raise EngineError(f"image {layer.base.reference} is not on the engine any more")
        said = []
        for way in self._ways(layer):
            try:
                way(layer, base)
                image = self._verified(layer, base)
            except _RefusedError as refusal:
                said.append(str(refusal))
                continue
            if way == self._load:
                self._refusals = 0
            elif said:
                self._refusals += 1
            return image
        raise EngineError(f"the engine takes no layer: {'; '.join(said)}")

    def list(self) -> tuple[LayerImage, ...]:
        """All images that have a layer of ours, the oldest first."""
        with engine_answers("listing images"):
            found = self._api.images(filters={"label": f"{LAYER_LABEL}=yes"})
        images = [image for entry in found for image in _read_entry(entry)]
        return tuple(sorted(images, key=lambda image: (image.created_s, image.reference)))

    def drop(self, reference: str) -> bool:
        """Remove one; False where it is in use, not there, or not one of ours."""
        from docker.errors import APIError

        found = inspect_image(self._api, reference)
        if found is None or dict(read_image(found, "").labels).get(LAYER_LABEL) != "yes":
            return False
        try:
            with engine_calls("removing an image"):
                self._api.remove_image(reference, force=False, noprune=False)
        except APIError as error:
            if error.status_code in (404, 409):
                return False
            raise EngineError(f"image {reference}: {error.explanation}") from error
        return True

    def _ways(self, layer: NewLayer) -> Iterator[Callable[[NewLayer, Mapping[str, Any]], None]]:
        if self._refusals < _REFUSALS or layer.removes:
            yield self._load
        if not layer.removes:
            yield self._build

    def _load(self, layer: NewLayer, base: Mapping[str, Any]) -> None:
        with engine_answers(_WHAT):
            created = str(self._api.info().get("SystemTime") or _UNDATED)
        body = LayerBody(layer)
        data = image_archive(body, layer, base, created)
        for _ in self._answers(body, lambda: self._api.load_image(data, quiet=False)):
            pass  # it speaks while it works, so that nobody takes it for dead

    def _build(self, layer: NewLayer, base: Mapping[str, Any]) -> None:
        body = LayerBody(layer)
        call = {
            "fileobj": build_context(body, layer),
            "custom_context": True,
            "tag": layer.reference,
            "labels": dict(layer.labels),
            "nocache": True,
            "rm": True,
            "forcerm": True,
            "decode": True,
        }
        steps: list[str] = []
        try:
            for line in self._answers(body, lambda: self._api.build(**call)):
                steps += _STEP.findall(str(line.get("stream", "")))
        except BaseException:
            self._forget(step for step in steps if step not in base["Id"])
            raise

    def _answers(
        self, body: LayerBody, call: Callable[[], Iterable[Mapping[str, Any]]]
    ) -> Iterator[Mapping[str, Any]]:
        """The lines of the engine's answer. Raises _RefusedError, EngineLostError, `body.error`."""
        from docker.errors import APIError
        from requests.exceptions import RequestException

        try:
            for line in call():
                if "error" in line:
                    raise _RefusedError(str(line["error"]).strip())
                yield line
        except (APIError, RequestException, OSError) as error:
            if body.error is not None:
                raise body.error from None
            with engine_calls(_WHAT):  # one that refuses does not read to the end
                self._api.ping()
            raise _RefusedError(str(getattr(error, "explanation", None) or error)) from error

    def _verified(self, layer: NewLayer, base: Mapping[str, Any]) -> Image:
        """The new image: the base's layers and one more."""
        found = inspect_image(self._api, layer.reference)
        if found is None:
            raise _RefusedError("it took the layer, and has no image of it")
        layers = layers_of(found)
        if layers[:-1] != layers_of(base) or not layers:
            self._forget([layer.reference])
            raise _RefusedError("it made an image of other layers")
        return read_image(found, layer.reference)

    def _forget(self, images: Iterable[str]) -> None:
        from docker.errors import APIError
        from requests.exceptions import RequestException

        for image in images:
            with suppress(APIError, RequestException):
                self._api.remove_image(image, force=False, noprune=False)


def _read_entry(entry: Mapping[str, Any]) -> Iterator[LayerImage]:
    """One image as often as it has names; one without any by its id."""
    labels = entry.get("Labels") or {}
    size = str(labels.get(SIZE_LABEL, ""))
    names = [short_name(n) for n in entry.get("RepoTags") or () if n != "<none>:<none>"]
    for name in names or [entry["Id"]]:
        yield LayerImage(
            reference=name,
            id=entry["Id"],
            labels=tuple(sorted(labels.items())),
            size_bytes=int(size) if size.isdigit() else int(entry.get("Size") or 0),
            created_s=float(entry.get("Created") or 0),
        )
