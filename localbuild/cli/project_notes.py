"""What of a project does not apply here, given the other settings; and how it is said."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from localbuild.cli.process.voice import Voice
from localbuild.cli.project_layer import is_passed_on
from localbuild.cli.settings import Settings
from localbuild.cli.variables import name_fault
from localbuild.errors import Place, UsageError
from localbuild.lines import one_line
from localbuild.plan.compute import COMPUTE_TYPES
from localbuild.project.findings import ProjectNote

if TYPE_CHECKING:
    from localbuild.project.definition import Definition

_LINUX = ("", "LINUX_CONTAINER")
_ELSEWHERE = ("WINDOWS", "MAC")


def tell_project(settings: Settings, voice: Voice) -> None:
    """Say what of the project does not apply. Raises UsageError where it is not for Linux."""
    definition = settings.definition
    if definition is None:
        return
    refuse_other_systems(settings)
    tell_notes(project_notes(definition, settings), settings, voice)


def project_notes(definition: "Definition", settings: Settings) -> tuple[ProjectNote, ...]:
    """Every note about a definition, by line."""
    found = (*definition.notes, *_of_settings(definition, settings))
    return tuple(sorted(found, key=lambda note: note.place.line if note.place else 0))


def tell_notes(notes: Iterable[ProjectNote], settings: Settings, voice: Voice) -> None:
    """Say what may change a build, a note each; of the others how many there are, in one line."""
    inert = 0
    for note in notes:
        inert += note.inert
        if not note.inert:
            hints = f" ({'; '.join(note.hints)})" if note.hints else ""
            voice.note(one_line(f"{note.where}{note.message}{hints}"))
    if inert and settings.project:
        name = f"#{settings.project.name}" if settings.project.name else ""
        voice.note(
            f"{settings.project.shown}: {inert} more that a build here makes nothing of: "
            f"localbuild project show {settings.project.shown}{name}"
        )


def refuse_other_systems(settings: Settings) -> None:
    """Raises UsageError for a project whose builds run on Windows or on a Mac.

    Not where another image stands in for the project's.
    """
    definition = settings.definition
    kind = definition.project.environment_type if definition else ""
    stands_in = definition and settings.origin("image") not in (
        "default",
        str(definition.origins.get("environment.image")),
    )
    if definition and kind.startswith(_ELSEWHERE) and not stands_in:
        origin = definition.origins["environment.type"]
        raise UsageError(
            f"{origin}: {definition.project.name} builds on {kind}: "
            "localbuild runs Linux containers only"
        )


def _of_settings(definition: "Definition", settings: Settings) -> Iterator[ProjectNote]:
    project = definition.project
    yield from _environment(definition)
    if project.vpc_config.vpc_id and not settings.network:
        yield ProjectNote(
            message="vpcConfig: no Docker network stands for it, so the build gets the default one",
            place=_place(definition, "vpcConfig"),
            hints=("--network NETWORK",),
        )
    mounted = {mount.target.rstrip("/") for mount in settings.volume}
    for number, found in enumerate(project.file_systems):
        if found.mount_point.rstrip("/") not in mounted:
            yield ProjectNote(
                message=f"file system {found.identifier} ({found.location}) is not mounted: no "
                "folder stands for it",
                place=_place(definition, f"fileSystemLocations[{number}].mountPoint"),
                hints=(f"--volume DIR:{found.mount_point}",),
            )
    for variable in project.environment_variables:
        if not is_passed_on(variable):
            yield ProjectNote(
                message=f"{variable.name} is not passed on: {name_fault(variable.name)[0]}",
                place=_place(definition, f"variables.{variable.name}"),
            )


def _environment(definition: "Definition") -> Iterator[ProjectNote]:
    project = definition.project
    if project.environment_type not in _LINUX:
        yield ProjectNote(
            message=f"environment.type {project.environment_type}: the build runs in a Linux "
            "container of this machine's own architecture, if the image has it",
            place=_place(definition, "environment.type"),
            hints=("--platform OS/ARCH",),
        )
    if project.compute_type and project.compute_type not in COMPUTE_TYPES:
        yield ProjectNote(
            message=f"environment.computeType {project.compute_type}: no limit is set",
            place=_place(definition, "environment.computeType"),
            hints=("--cpus N --memory SIZE",),
        )


def _place(definition: "Definition", path: str) -> Place | None:
    origin = definition.origins.get(path)
    return origin.place if origin else None
