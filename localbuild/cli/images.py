"""Where a build's image stands: on the engine, to be pulled, or nowhere."""

from localbuild.cli.process.limited import ask_within
from localbuild.cli.settings import Settings
from localbuild.errors import LocalbuildError
from localbuild.plan.images import is_curated, is_published
from localbuild.plan.model import EnvironmentPlan
from localbuild.ports.engine import Image
from localbuild.units import print_bytes

_PATIENCE_S = 5.0


def find_on_engine(settings: Settings, wanted: EnvironmentPlan) -> str:
    """One line about the image; an engine that does not answer is no error."""
    try:
        found = ask_within(_PATIENCE_S, lambda: _find(settings, wanted))
    except (LocalbuildError, TimeoutError) as error:
        return f"not looked for: {error}"
    return describe_image(found, wanted)


def describe_image(found: Image | None, wanted: EnvironmentPlan) -> str:
    """One line about an image that was looked for."""
    if found is not None:
        size = f", {print_bytes(found.size_bytes)}" if found.size_bytes else ""
        pulled = "; would be pulled all the same" if wanted.pull == "always" else ""
        return f"on the engine: {found.id[:19]} {found.platform}{size}{pulled}"
    if wanted.pull == "never":
        return "not on the engine, and it may not be pulled"
    if is_curated(wanted.image_reference) and not is_published(wanted.image_reference):
        return "not on the engine, and AWS does not publish it"
    return f"not on the engine: would be pulled as {wanted.image_reference}"


def _find(settings: Settings, wanted: EnvironmentPlan) -> Image | None:
    from localbuild.cli.wiring import engine_of
    from localbuild.run.provision import find_image

    with engine_of(settings) as engine:
        return find_image(engine, wanted)
