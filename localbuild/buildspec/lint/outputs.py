"""Rules about what a build hands out: artifacts, reports; and about phases that say two things."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import note, warning
from localbuild.buildspec.model import ArtifactSet, Buildspec
from localbuild.errors import Problem

JSON_FORMATS = ("CUCUMBERJSON", "SIMPLECOV")
OF_COVERAGE = {
    "cobertura": "COBERTURAXML",
    "clover": "CLOVERXML",
    "jacoco": "JACOCOXML",
    "coverage.xml": "COBERTURAXML",
}
TEST_FORMATS = ("JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX", "CUCUMBERJSON")


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
    for artifacts in _sets(buildspec):
        if not artifacts.files:
            where = f"secondary artifacts '{artifacts.identifier}'" if artifacts.identifier else ""
            message = f"{where or 'artifacts'} without files: nothing is collected"
            yield warning("LB206", message, artifacts.place, "add files: / - '**/*'")
    for report in buildspec.reports:
        if not report.files:
            message = f"report group '{report.name.value}' without files: nothing is collected"
            yield warning("LB206", message, report.name.place, "add files: / - '**/*.xml'")


def _sets(buildspec: Buildspec) -> Iterator[ArtifactSet]:
    for artifacts in (buildspec.artifacts, *buildspec.secondary_artifacts):
        if artifacts is not None:
            yield artifacts


def lb216_format_and_files(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, reports/file-format: JUNITXML where nothing is said."""
    for report in buildspec.reports:
        for file in report.files:
            name = file.value.rsplit("/", 1)[-1].lower()
            wanted = _other_format(report.file_format, name)
            if wanted:
                message = f"'{file.value}' looks like {wanted}, and is read as {report.file_format}"
                yield warning("LB216", message, file.place, f"file-format: {wanted}")


def _other_format(given: str, name: str) -> str:
    """The format that a file's name stands for, where that is another one than is given."""
    if name.endswith(".trx"):
        return "" if given == "VISUALSTUDIOTRX" else "VISUALSTUDIOTRX"
    if name.endswith(".json"):
        wanted = "CUCUMBERJSON" if "cucumber" in name else "JSON"
        return "" if given in JSON_FORMATS else wanted
    if given in TEST_FORMATS and name.endswith(".xml"):
        return next((format for word, format in OF_COVERAGE.items() if word in name), "")
    return ""


def lb220_names_collide(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, artifacts/discard-paths: all files lie in one folder."""
    for artifacts in _sets(buildspec):
        if not artifacts.discard_paths:
            continue
        for file in artifacts.files:
            if re.search(r"\*\*/\*$", file.value) and artifacts.base_directory is None:
                message = "all files of the source in one folder: of two with one name one is lost"
                yield note(
                    "LB220", message, file.place, "leave discard-paths out, or name the files"
                )
