"""What a build hands out: its artifacts and its reports, planned. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from localbuild.buildspec.model import ArtifactSet, Buildspec, ReportGroup, Text
from localbuild.plan.refused_outputs import refuse_outputs
from localbuild.project.model import Project, ProjectArtifacts

NO_ARTIFACTS = "NO_ARTIFACTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactsPlan:
    """One output: what the buildspec says of its files, and the project of its place.

    `identifier`: '' for the primary one. Patterns, `base_directory`, `name` and `s3_prefix` are as
    written. `type` to `override_artifact_name` are the API's `ProjectArtifacts`, empty where no
    project says any.
    """

    identifier: str = ""
    files: tuple[str, ...] = ()
    base_directory: str = ""
    exclude_paths: tuple[str, ...] = ()
    discard_paths: bool = False
    enable_symlinks: bool = False
    name: str = ""
    s3_prefix: str = ""
    line: int = 0
    type: str = ""
    location: str = ""
    path: str = ""
    namespace_type: str = ""
    project_artifact_name: str = ""
    packaging: str = ""
    override_artifact_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """One report group of the buildspec. `name` is as written: a name, an ARN or a variable."""

    name: str
    files: tuple[str, ...] = ()
    base_directory: str = ""
    discard_paths: bool = False
    file_format: str = "JUNITXML"
    line: int = 0


def plan_artifacts(spec: Buildspec, project: Project, file: str) -> tuple[ArtifactsPlan, ...]:
    """The primary output first; none at all where the project is of type NO_ARTIFACTS.

    One without files is none, where no project asks for it. Raises BuildspecError.
    Source: buildspec reference, artifacts; API reference, ProjectArtifacts.
    """
    if project.artifacts.type == NO_ARTIFACTS:
        return ()
    refuse_outputs(spec, project, file)
    return tuple(found for found in _artifacts(spec, project) if found.files or found.identifier)


def plan_reports(spec: Buildspec) -> tuple[ReportPlan, ...]:
    """In the file's order. Source: buildspec reference, reports."""
    return tuple(map(_report, spec.reports))


def _artifacts(spec: Buildspec, project: Project) -> Iterator[ArtifactsPlan]:
    if spec.artifacts is not None:
        yield _planned(spec.artifacts, project.artifacts)
    secondary = {each.identifier: each for each in project.secondary_artifacts}
    for found in spec.secondary_artifacts:
        yield _planned(found, secondary.get(found.identifier, ProjectArtifacts()))


def _planned(found: ArtifactSet, wanted: ProjectArtifacts) -> ArtifactsPlan:
    return ArtifactsPlan(
        identifier=found.identifier,
        files=_values(found.files),
        base_directory=_value(found.base_directory),
        exclude_paths=_values(found.exclude_paths),
        discard_paths=found.discard_paths,
        enable_symlinks=found.enable_symlinks,
        name=_value(found.name),
        s3_prefix=_value(found.s3_prefix),
        line=found.place.line,
        type=wanted.type,
        location=wanted.location,
        path=wanted.path,
        namespace_type=wanted.namespace_type,
        project_artifact_name=wanted.name,
        packaging=wanted.packaging,
        override_artifact_name=wanted.override_artifact_name,
    )


def _report(found: ReportGroup) -> ReportPlan:
    return ReportPlan(
        name=found.name.value,
        files=_values(found.files),
        base_directory=_value(found.base_directory),
        discard_paths=found.discard_paths,
        file_format=found.file_format.upper(),
        line=found.name.place.line,
    )


def _value(text: Text | None) -> str:
    return text.value if text else ""


def _values(texts: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(text.value for text in texts)
