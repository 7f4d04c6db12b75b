"""`--keep`: what becomes of a build's container, also where nobody has said it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from localbuild.cli.process.world import World
from localbuild.cli.settings import Settings

NEVER = "never"
FAILURE = "failure"
_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """`when`: never, failure, always. `kept_of`: it makes way for the next one of that word."""

    when: str
    kept_of: str = ""


def choose_keeping(settings: Settings, world: World, source: Path) -> Keeping:
    """As asked; on a terminal the last failed build of a project is kept without being asked."""
    if settings.keep:
        return Keeping(when=settings.keep)
    if not _is_attended(world):
        return Keeping(when=NEVER)
    place = f"{source}\0{settings.project_name}".encode(errors="surrogateescape")
    return Keeping(when=FAILURE, kept_of=sha256(place).hexdigest()[:_LENGTH])


def _is_attended(world: World) -> bool:
    """Whether somebody sits there, who may want to look into the container."""
    return not _is_ci(world.environ) and world.stdin.isatty() and world.stdout.isatty()


def _is_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() not in ("", "0", "false")
