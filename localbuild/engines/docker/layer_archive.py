"""Archives that carry one layer to an engine: Docker's own of images, and a context to build from.

Of an image archive only the new layer is there. The engine takes the layers below from what it
has, by their digests. The new layer comes first and is hashed on its way; what names it follows.
Source: Docker Image Specification v1.2, Combined Image JSON + Filesystem Changeset Format.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from localbuild.container import tar
from localbuild.engines.docker.images import layers_of
from localbuild.engines.docker.pieces import gather
from localbuild.errors import EngineError
from localbuild.ports.engine import NewLayer

_LAYER = "layer.tar"
_CONFIG = "config.json"
_MANIFEST = "manifest.json"


class LayerBody:
    """A layer's archive on its way out. `error` is what reading it raised."""

    def __init__(self, layer: NewLayer) -> None:
        self._layer = layer
        self._digest = sha256()
        self.error: BaseException | None = None

    @property
    def diff_id(self) -> str:
        """The layer's digest, once all of it has gone."""
        return f"sha256:{self._digest.hexdigest()}"

    def member(self) -> Iterator[bytes]:
        """The archive as a member of another one."""
        size_bytes = self._layer.size_bytes
        yield tar.file_header(_LAYER.encode(), 0o644, size_bytes, 0)
        try:
            yield from self._read(size_bytes)
        except Exception as error:
            self.error = error
            raise
        yield tar.padding(size_bytes)

    def _read(self, size_bytes: int) -> Iterator[bytes]:
        left = size_bytes
        for piece in gather(self._layer.archive):
            left -= len(piece)
            self._digest.update(piece)
            yield piece
        if left:
            raise EngineError(f"a layer of {size_bytes} bytes turned out to have {-left:+} more")


def image_archive(
    body: LayerBody, layer: NewLayer, base: Mapping[str, Any], created: str
) -> Iterator[bytes]:
    """An archive for the engine to load: `base` (as inspected) and the layer, as its reference."""
    yield from body.member()
    config = _config(base, body.diff_id, dict(layer.labels), created)
    names = [f"{digest.rpartition(':')[2]}.tar" for digest in layers_of(base)]
    manifest = [{"Config": _CONFIG, "RepoTags": [layer.reference], "Layers": [*names, _LAYER]}]
    yield _text(_CONFIG, json.dumps(config))
    yield _text(_MANIFEST, json.dumps(manifest))
    yield tar.END


def build_context(body: LayerBody, layer: NewLayer) -> Iterator[bytes]:
    """A context for the engine to build from: the engine unpacks the layer itself."""
    yield _text("Dockerfile", f"FROM {layer.base.id}\nADD {_LAYER} /\n")
    yield from body.member()
    yield tar.END


def _config(
    base: Mapping[str, Any], diff_id: str, labels: Mapping[str, str], created: str
) -> dict[str, Any]:
    """The new image's: it starts containers as `base` does."""
    settings = dict(base.get("Config") or {})
    settings["Labels"] = {**(settings.get("Labels") or {}), **labels}
    layers = [*layers_of(base), diff_id]
    return {
        "architecture": base.get("Architecture", ""),
        **({"variant": base["Variant"]} if base.get("Variant") else {}),
        "os": base.get("Os", "linux"),
        "created": created,
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": layers},
        "history": [{"created": created, "created_by": "localbuild"} for _ in layers],
    }


def _text(name: str, text: str) -> bytes:
    data = text.encode()
    header = tar.file_header(name.encode(), 0o644, len(data), 0)
    return header + data + tar.padding(len(data))
