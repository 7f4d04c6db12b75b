"""Artifacts that the service would refuse, told before anything is started. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from localbuild.buildspec.model import ArtifactSet, Buildspec
from localbuild.errors import BuildspecError, Problem, Severity
from localbuild.project.model import Project

_PIPELINE = "CODEPIPELINE"


def refuse_outputs(spec: Buildspec, project: Project, file: str) -> None:
    """Raises BuildspecError, with every problem.

    Source: buildspec reference, artifacts/files: required, also where there are only secondary
    artifacts; artifacts/secondary-artifacts: each identifier is one of the project's.
    """
    problems = (*_without_files(spec, project, file), *_unknown(spec, project, file))
    if problems:
        raise BuildspecError(problems[0].message, problems=problems)


def _without_files(spec: Buildspec, project: Project, file: str) -> Iterator[Problem]:
    """A project that wants no artifacts has no use for files; nor has a build without project."""
    found = spec.artifacts
    is_wanted = bool(project.artifacts.type or spec.secondary_artifacts)
    if found is not None and not found.files and is_wanted:
        also = ", also where only secondary ones are wanted" if spec.secondary_artifacts else ""
        yield _problem("LB206", f"artifacts without files: they are required{also}", found, file)
    for each in spec.secondary_artifacts:
        if not each.files:
            message = f"secondary artifacts '{each.identifier}' without files"
            yield _problem("LB206", message, each, file)


def _unknown(spec: Buildspec, project: Project, file: str) -> Iterator[Problem]:
    """A pipeline gives its outputs their names; a project in part unknown may have any."""
    known = {each.identifier for each in project.secondary_artifacts}
    if project.artifacts.type in ("", _PIPELINE) or "" in known:
        return
    for each in spec.secondary_artifacts:
        if each.identifier not in known:
            has = ", ".join(sorted(known)) or "none"
            message = f"the project has no secondary artifacts '{each.identifier}'; it has: {has}"
            yield _problem("LB612", message, each, file)


def _problem(code: str, message: str, found: ArtifactSet, file: str) -> Problem:
    return Problem(
        severity=Severity.ERROR,
        code=code,
        message=message,
        place=replace(found.place, file=file),
    )
