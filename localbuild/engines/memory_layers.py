"""Images with layers on top, in memory: what the scripted engine has of them."""

from dataclasses import dataclass, replace

from localbuild.engines.files import MemoryFiles, find_repeated
from localbuild.errors import EngineError
from localbuild.ports.engine import Image, LayerImage, NewLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layered:
    image: Image
    archives: tuple[bytes, ...]
    size_bytes: int
    created_s: float


class MemoryLayers:
    """Images by reference; each keeps the archives of all of its layers."""

    def __init__(self) -> None:
        self._images: dict[str, _Layered] = {}

    def add(self, layer: NewLayer) -> Image:
        """Make the image. Raises EngineError where the archive is not as the port wants it."""
        archive = b"".join(layer.archive)
        if len(archive) != layer.size_bytes:
            raise EngineError(f"a layer of {layer.size_bytes} bytes turned out to be another")
        if repeated := find_repeated(archive):
            raise EngineError(f"a layer has {repeated} twice")
        below = self._images.get(layer.base.reference)
        image = replace(
            layer.base,
            id=f"memory:{layer.reference}",
            reference=layer.reference,
            layers=layer.base.layers + 1,
            labels=tuple(sorted({**dict(layer.base.labels), **dict(layer.labels)}.items())),
        )
        self._images[layer.reference] = _Layered(
            image=image,
            archives=(*(below.archives if below else ()), archive),
            size_bytes=layer.size_bytes,
            created_s=float(len(self._images)),
        )
        return image

    def find(self, reference: str) -> Image | None:
        """The image of that name."""
        found = self._images.get(reference)
        return found.image if found else None

    def fill(self, reference: str, files: MemoryFiles) -> None:
        """Put the layers' files into a container."""
        found = self._images.get(reference)
        for archive in found.archives if found else ():
            files.apply_layer(archive)

    def list(self) -> tuple[LayerImage, ...]:
        """All of them, the oldest first."""
        return tuple(
            LayerImage(
                reference=reference,
                id=layered.image.id,
                labels=layered.image.labels,
                size_bytes=layered.size_bytes,
                created_s=layered.created_s,
            )
            for reference, layered in self._images.items()
        )

    def drop(self, reference: str) -> bool:
        """Forget one."""
        return self._images.pop(reference, None) is not None
