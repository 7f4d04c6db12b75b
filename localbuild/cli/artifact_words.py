"""What the command line says of artifacts: their place, and a project's outputs.

Source: API reference, ProjectArtifacts; StartBuild artifactsOverride, secondaryArtifactsOverride.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from localbuild.cli.caching import s3_url
from localbuild.cli.process.paths import real_path, under
from localbuild.project.model import ProjectArtifacts

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "type": ("CODEPIPELINE", "S3", "NO_ARTIFACTS"),
    "namespaceType": ("NONE", "BUILD_ID"),
    "packaging": ("NONE", "ZIP"),
}
_FLAGS = ("overrideArtifactName", "encryptionDisabled")
_TEXTS = ("location", "path", "name", "artifactIdentifier", "bucketOwnerAccess")
_KEYS = (*_CHOICES, *_FLAGS, *_TEXTS)
_WORD = re.compile(rf"(?:^|,)({'|'.join(_KEYS)})=")


def read_place(value: object, base: Path) -> str:
    """`DIR` as an absolute path, or `s3://BUCKET/PREFIX`. Raises ValueError."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"{value!r} is no place for artifacts")
    if value.startswith("s3:"):
        return s3_url(value)
    if "://" in value:
        raise ValueError(f"'{value}' is neither a directory nor s3://BUCKET/PREFIX")
    return str(real_path(under(base, value)))


def read_project_artifacts(value: object, _: Path) -> ProjectArtifacts:
    """One ProjectArtifacts, as JSON or in the AWS CLI's shorthand. Raises ValueError."""
    found = [each for word in _words(value) for each in _items(word)]
    if len(found) != 1:
        raise ValueError("it is one output: type=S3,packaging=ZIP,name=NAME")
    return _artifacts(found[0])


def read_secondary_artifacts(value: object, _: Path) -> tuple[ProjectArtifacts, ...]:
    """Several of them, each with its identifier. Raises ValueError."""
    found = tuple(_artifacts(each) for word in _words(value) for each in _items(word))
    names = [each.identifier for each in found]
    if not all(names) or len(set(names)) < len(names):
        raise ValueError("each needs an artifactIdentifier of its own")
    return found


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _items(word: str) -> list[Mapping[str, object]]:
    if not word.startswith(("[", "{")):
        parts = _WORD.split(word)
        if parts[0] or len(parts) == 1:
            raise ValueError(f"'{word}' is no key with a value; there are: {', '.join(_KEYS)}")
        return [dict(zip(parts[1::2], parts[2::2], strict=True))]
    try:
        found = json.loads(word)
    except ValueError as error:
        raise ValueError(f"this is no JSON: {error}") from None
    items = found if isinstance(found, list) else [found]
    return [item if isinstance(item, dict) else {} for item in items]


def _artifacts(found: Mapping[str, object]) -> ProjectArtifacts:
    for key, value in found.items():
        if key not in _KEYS:
            raise ValueError(f"unknown key '{key}'; there are: {', '.join(_KEYS)}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(f"{key}: '{value}' is none of {', '.join(_CHOICES[key])}")
    if not found.get("type"):
        raise ValueError("type is missing: S3, CODEPIPELINE or NO_ARTIFACTS")
    return ProjectArtifacts(
        type=str(found["type"]),
        location=str(found.get("location", "")),
        path=str(found.get("path", "")),
        namespace_type=str(found.get("namespaceType", "")),
        name=str(found.get("name", "")),
        packaging=str(found.get("packaging", "")),
        override_artifact_name=_flag(found, "overrideArtifactName"),
        encryption_disabled=_flag(found, "encryptionDisabled"),
        identifier=str(found.get("artifactIdentifier", "")),
    )


def _flag(found: Mapping[str, object], key: str) -> bool:
    text = str(found.get(key, False)).lower()
    if text not in ("true", "false"):
        raise ValueError(f"{key}: '{text}' is neither true nor false")
    return text == "true"
