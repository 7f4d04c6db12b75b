"""Rules about what a build hands out: artifacts, reports; and about phases that say two things."""

from collections.abc import Iterator

from localbuild.buildspec.lint.commands import warning
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem


def lb205_commands_and_steps(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: GitHub Actions syntax in a buildspec: a phase has commands or steps."""
    for phase in buildspec.phases:
        if phase.steps and (phase.commands or phase.finally_):
            message = f"phase {phase.type.value.lower()} has commands and steps, it takes one"
            yield warning("LB205", message, phase.place)


def lb160_steps(buildspec: Buildspec) -> Iterator[Problem]:
    """The service runs them in an action runner of its own; a build here is refused."""
    for phase in buildspec.phases:
        if phase.steps:
            message = "GitHub Actions steps run on CodeBuild, but not with localbuild"
            place = phase.steps[0].place
            yield warning("LB160", message, place, "write the same work as commands")


def lb206_no_files(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, artifacts/files and reports/files: required."""
    sets = (buildspec.artifacts, *buildspec.secondary_artifacts)
    for artifacts in sets:
        if artifacts is not None and not artifacts.files:
            where = f"secondary artifacts '{artifacts.identifier}'" if artifacts.identifier else ""
            message = f"{where or 'artifacts'} without files: nothing is collected"
            yield warning("LB206", message, artifacts.place, "add files: / - '**/*'")
    for report in buildspec.reports:
        if not report.files:
            message = f"report group '{report.name.value}' without files: nothing is collected"
            yield warning("LB206", message, report.name.place, "add files: / - '**/*.xml'")
