"""A project's sources and artifacts. SOURCE stands for the one; secondary ones are fetched."""

import re
from collections.abc import Container, Iterable
from dataclasses import replace

from localbuild.project.fields import Fields
from localbuild.project.model import ProjectArtifacts, ProjectSource
from localbuild.project.values import TextValue

IDENTIFIER = re.compile(r"[A-Za-z0-9_]{1,127}")
MOST_SECONDARY = 12
_NOWHERE = ("", "CODEPIPELINE", "NO_ARTIFACTS")


def read_source(fields: Fields) -> tuple[ProjectSource, TextValue | None]:
    """A source, and its buildspec."""
    buildspec = fields.value("buildspec")
    submodules = fields.section("gitSubmodulesConfig")
    identifier = fields.text("sourceIdentifier")
    source = ProjectSource(
        type=fields.text("type", inert=True),
        location=fields.text("location", inert=not identifier),
        identifier=identifier,
        git_clone_depth=fields.number("gitCloneDepth", 0, 999_999_999),
        fetch_submodules=submodules.flag("fetchSubmodules"),
    )
    fields.pass_over("auth", "buildStatusConfig", "insecureSsl", "reportBuildStatus")
    for part in (submodules, fields):
        part.note_rest()
    if source.location and not identifier and fields.origin:
        shown = " ".join(filter(None, (source.type, source.location)))
        message = f"source ({shown}): SOURCE stands for it"
        fields.findings.note(message, fields.origin.place, inert=True)
    return source, buildspec


def read_secondary(
    sources: Iterable[Fields], versions: Iterable[Fields]
) -> tuple[ProjectSource, ...]:
    """The secondary sources with their versions; what the service would refuse is a problem.

    Source: API reference, ProjectSource sourceIdentifier; CreateProject secondarySources.
    """
    found: dict[str, ProjectSource] = {}
    for number, fields in enumerate(sources):
        named = "sourceIdentifier" in fields.found
        source, _ = read_source(fields)
        wrong = _wrong(source.identifier, named, number, found)
        if wrong and fields.origin:
            fields.findings.problem(f"{fields.path}: {wrong}", fields.origin.place)
        elif source.identifier:
            found[source.identifier] = source
    return _with_versions(found.values(), versions)


def _wrong(identifier: str, named: bool, number: int, before: Container[str]) -> str:
    """What is wrong with a secondary source, '' for nothing. One that is not known has its note."""
    if number >= MOST_SECONDARY:
        return f"a project has at most {MOST_SECONDARY} secondary sources"
    if not named:
        return "sourceIdentifier is missing"
    if identifier and not IDENTIFIER.fullmatch(identifier):
        return "a sourceIdentifier has up to 127 letters, digits and _"
    return f"sourceIdentifier {identifier} is there twice" if identifier in before else ""


def _with_versions(
    sources: Iterable[ProjectSource], versions: Iterable[Fields]
) -> tuple[ProjectSource, ...]:
    """Secondary sources with their versions."""
    found: dict[str, str] = {}
    for fields in versions:
        found[fields.text("sourceIdentifier")] = fields.text("sourceVersion")
        fields.note_rest()
    return tuple(replace(s, version=found.get(s.identifier, "")) for s in sources)


def read_artifacts(fields: Fields) -> ProjectArtifacts:
    """Artifacts, primary or secondary."""
    artifacts = ProjectArtifacts(
        type=fields.word("type", ("CODEPIPELINE", "S3", "NO_ARTIFACTS")),
        location=fields.text("location", inert=True),
        path=fields.text("path"),
        namespace_type=fields.word("namespaceType", ("NONE", "BUILD_ID")),
        name=fields.text("name"),
        packaging=fields.word("packaging", ("NONE", "ZIP")),
        override_artifact_name=fields.flag("overrideArtifactName"),
        encryption_disabled=fields.flag("encryptionDisabled", inert=True),
        identifier=fields.text("artifactIdentifier"),
    )
    fields.pass_over("bucketOwnerAccess")
    fields.note_rest()
    if artifacts.type not in _NOWHERE and fields.origin:
        where = "/".join(filter(None, (artifacts.location, artifacts.path)))
        message = f"{fields.path} ({artifacts.type} {where}): only -a names a bucket to upload to"
        fields.findings.note(message, fields.origin.place, inert=True)
    return artifacts
