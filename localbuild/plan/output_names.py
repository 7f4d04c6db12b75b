"""Where an output goes, below the place for all of them: folders and its own name. Pure.

Source: API reference, ProjectArtifacts path, namespaceType, name; buildspec reference, s3-prefix.
"""

import re

from localbuild.plan.outputs import ArtifactsPlan

S3 = "S3"
BUILD_ID = "BUILD_ID"
ZIP = "ZIP"
_LONGEST_BYTES = 255
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f/]")
_REFUSED = (
    "this cannot be the name of an artifact: a part of its path, prefix, name or identifier is "
    f". or .., has more than {_LONGEST_BYTES} bytes, or has control characters"
)
"""Without the text itself: a secret may be in it, and a part of one is not masked."""


def uses_own_name(artifacts: ArtifactsPlan) -> bool:
    """Whether the buildspec's name counts: only where the project allows it."""
    return artifacts.type == S3 and artifacts.override_artifact_name and bool(artifacts.name)


def is_one_file(artifacts: ArtifactsPlan) -> bool:
    """Whether an output is a ZIP: what a pipeline gets has no name of its own, and is a folder."""
    return artifacts.type == S3 and artifacts.packaging == ZIP


def output_parts(
    artifacts: ArtifactsPlan, project: str, build_uuid: str, own_name: str
) -> tuple[str, ...]:
    """The folders and, last, the name of an output; () is the place itself.

    `artifacts` has its variables' values, `own_name` is '' where it does not count. An output that
    no project gives a place in S3 is a folder: the place itself, or one of its identifier's name.
    The name `/` is no folder of its own. Raises ValueError for a name that cannot be one.
    """
    if artifacts.type != S3:
        return (_part(artifacts.identifier),) if artifacts.identifier else ()
    is_spaced = artifacts.namespace_type == BUILD_ID
    before = (is_spaced and artifacts.s3_prefix) or artifacts.path
    default = _part(artifacts.identifier) if artifacts.identifier else project
    name = _parts(own_name or artifacts.project_artifact_name or default)
    if not name and artifacts.packaging == ZIP:
        name = _parts(default)
    return (*_parts(before), *((build_uuid,) if is_spaced else ()), *name)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(_part(part) for part in text.split("/") if part)


def _part(text: str) -> str:
    """A name that leads nowhere else, and steers no terminal of who lists it."""
    if _is_odd(text) or len(_bytes(text)) > _LONGEST_BYTES:
        raise ValueError(_REFUSED)
    return text


def _is_odd(text: str) -> bool:
    return text in ("", ".", "..") or _ODD.search(text) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
