"""Images as the engine describes them."""

from collections.abc import Mapping
from typing import Any

from localbuild.engines.docker.connection import engine_calls
from localbuild.errors import ImageUnavailableError
from localbuild.ports.engine import Image


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


def layers_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The digests of its layers, the lowest first."""
    return tuple((found.get("RootFS") or {}).get("Layers") or ())
