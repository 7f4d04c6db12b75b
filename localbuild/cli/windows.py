"""Settings that ask for a Windows host, which is told before anything is looked for."""

from localbuild.cli.settings import Settings
from localbuild.errors import UsageError
from localbuild.plan.images import resolve_image
from localbuild.plan.windows import WINDOWS_TYPE, is_windows_image

_ONLY_LINUX = "needs a Windows host, and only Linux builds run here"


def refuse_windows_host(settings: Settings) -> None:
    """Raises UsageError where image or platform are Windows', unless another image stands in."""
    image = settings.image
    if is_windows_image(resolve_image(image, settings.images)):
        raise UsageError(
            f"image {image} {_ONLY_LINUX}",
            hints=("localbuild run --image IMAGE", f'[images] "{image}" = "IMAGE"'),
        )
    if settings.platform.startswith("windows/"):
        raise UsageError(f"platform {settings.platform} {_ONLY_LINUX}")


def refuse_windows_type(environment_type: str) -> None:
    """Raises UsageError for WINDOWS_SERVER_2019_CONTAINER and its kin."""
    if environment_type.startswith(WINDOWS_TYPE):
        raise UsageError(f"environment type {environment_type} {_ONLY_LINUX}")
