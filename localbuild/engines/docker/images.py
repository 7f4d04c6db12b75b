"""Images as the engine describes them."""

from collections.abc import Mapping
from typing import Any

from localbuild.engines.docker.connection import engine_calls
from localbuild.errors import ImageUnavailableError
from localbuild.ports.engine import Image

_WRITTEN_OUT = ("docker.io/library/", "docker.io/", "localhost/")


def inspect_image(api: Any, reference: str) -> Mapping[str, Any] | None:
    """What the engine knows of an image; None where it has none. Raises EngineError."""
    from docker.errors import APIError, NotFound

    try:
        with engine_calls("looking for the image"):
            return dict(api.inspect_image(reference))
    except NotFound:
        return None
    except APIError as error:
        raise ImageUnavailableError(f"image {reference}: {error.explanation}") from error


def read_image(found: Mapping[str, Any], reference: str) -> Image:
    """An image by that description."""
    config = found.get("Config") or {}
    return Image(
        id=found["Id"],
        reference=reference,
        variables=tuple(config.get("Env") or ()),
        platform=f"{found.get('Os', 'linux')}/{found.get('Architecture', '')}",
        size_bytes=int(found.get("Size") or 0),
        layers=len(layers_of(found)),
        labels=tuple(sorted((config.get("Labels") or {}).items())),
    )


def pull_refusal(reference: str, why: str) -> ImageUnavailableError:
    """That an image cannot be pulled. Podman can be set up not to guess a short name's registry."""
    path = reference if "/" in reference else f"library/{reference}"
    full = (f"name its registry: localbuild run --image docker.io/{path}",)
    return ImageUnavailableError(why, hints=full if "short-name" in why else ())


def short_name(name: str) -> str:
    """A name as we gave it, without a registry: podman writes names out in full."""
    for written_out in _WRITTEN_OUT:
        if name.startswith(written_out):
            return name.removeprefix(written_out)
    return name


def layers_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The digests of its layers, the lowest first."""
    return tuple((found.get("RootFS") or {}).get("Layers") or ())
