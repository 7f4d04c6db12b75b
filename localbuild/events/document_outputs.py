"""What build.json tells of a build's artifacts. Pure.

Source: API reference, BuildArtifacts.
"""

from localbuild.events.outputs import PRIMARY, ArtifactUploaded
from localbuild.events.result import BuildResult


def primary_artifacts(result: BuildResult) -> dict[str, object]:
    """The API's BuildArtifacts of the primary output; a type alone where there is none."""
    found = (_artifacts(a) for a in result.artifacts if a.identifier == PRIMARY)
    return next(found, {"type": "NO_ARTIFACTS"})


def secondary_artifacts(result: BuildResult) -> list[dict[str, object]]:
    """The API's BuildArtifacts of the other outputs."""
    return [_artifacts(a) for a in result.artifacts if a.identifier != PRIMARY]


def artifact_facts(result: BuildResult) -> list[dict[str, object]]:
    """Where each output is: for people and scripts."""
    return [
        {
            "identifier": a.identifier,
            "path": a.path if a.path.startswith("s3://") else a.location,
            "files": a.files,
            "sizeBytes": a.size_bytes,
            "packaging": a.packaging,
        }
        for a in result.artifacts
    ]


def _artifacts(found: ArtifactUploaded) -> dict[str, object]:
    document: dict[str, object] = {
        "location": found.location,
        "overrideArtifactName": found.override_artifact_name,
    }
    if found.sha256:
        document |= {"sha256sum": found.sha256, "md5sum": found.md5}
    if found.identifier != PRIMARY:
        document["artifactIdentifier"] = found.identifier
    return document
