"""What leaves a build's container: values of their own, as every other event."""

from dataclasses import dataclass
from typing import Literal

from localbuild.events.base import EventBase

Packaging = Literal["NONE", "ZIP"]
PRIMARY = "primary"
"""The identifier of the output that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactUploaded(EventBase):
    """An output of the build is where it was to go: a folder, or a zip of its files.

    `path` is for people: a folder, a file or an s3:// URL; `location` is the API's: an ARN for S3.
    `size_bytes` is of the files' contents. `sha256` and `md5` are a zip's, in hexadecimal.
    """

    identifier: str
    path: str
    location: str
    packaging: Packaging = "NONE"
    files: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    sha256: str = ""
    md5: str = ""
    override_artifact_name: bool = False
