"""Where an output goes, below the place for all of them: folders and its own name. Pure.

Source: API reference, ProjectArtifacts path, namespaceType, name; buildspec reference, s3-prefix.
"""

from localbuild.plan.outputs import ArtifactsPlan

S3 = "S3"
BUILD_ID = "BUILD_ID"
ZIP = "ZIP"
_LONGEST_BYTES = 255


def uses_own_name(artifacts: ArtifactsPlan) -> bool:
    """Whether the buildspec's name counts: only where the project allows it."""
    return artifacts.type == S3 and artifacts.override_artifact_name and bool(artifacts.name)


def output_parts(
    artifacts: ArtifactsPlan, project: str, build_uuid: str, own_name: str
) -> tuple[str, ...]:
    """The folders and, last, the name of an output; () is the place itself.

    `artifacts` has its variables' values, `own_name` is '' where it does not count. An output that
    no project gives a place in S3 is a folder: the place itself, or one of its identifier's name.
    The name `/` is no folder of its own. Raises ValueError for a name that cannot be one.
    """
    if artifacts.type != S3:
        return (artifacts.identifier,) if artifacts.identifier else ()
    is_spaced = artifacts.namespace_type == BUILD_ID
    before = (is_spaced and artifacts.s3_prefix) or artifacts.path
    default = artifacts.identifier or project
    name = _parts(own_name or artifacts.project_artifact_name or default)
    if not name and artifacts.packaging == ZIP:
        name = _parts(default)
    return (*_parts(before), *((build_uuid,) if is_spaced else ()), *name)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(part for part in text.split("/") if part)
    for part in parts:
        if part in (".", "..") or "\0" in part or len(_bytes(part)) > _LONGEST_BYTES:
            raise ValueError(f"'{text[:_LONGEST_BYTES]}' cannot be the name of an artifact")
    return parts


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
