"""Every place for artifacts keeps the contract."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from localbuild.artifacts.directory import DirectoryArtifacts, Folder
from localbuild.artifacts.objects import BucketPlace, ObjectArtifacts
from localbuild.ports.artifacts import Artifacts
from tests.contracts.artifacts_contract import ArtifactsContract


class MemoryBucket:
    """A bucket in memory."""

    name = "bucket"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, file: IO[bytes], build_arn: str) -> None:
        self.objects[key] = file.read()

    def close(self) -> None:
        """Nothing is under way."""


class TestDirectory(ArtifactsContract):
    """A folder."""

    @pytest.fixture
    def artifacts(self, tmp_path: Path) -> Iterator[Artifacts]:
        self.place = tmp_path
        descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
        yield DirectoryArtifacts(Folder(descriptor=descriptor, path=str(tmp_path), shown="out"))
        os.close(descriptor)

    def there(self) -> dict[str, bytes]:
        files = (path for path in sorted(self.place.rglob("*")) if not path.is_dir())
        return {str(path.relative_to(self.place)): path.read_bytes() for path in files}


class TestObjects(ArtifactsContract):
    """A bucket."""

    @pytest.fixture
    def artifacts(self) -> Artifacts:
        self.bucket = MemoryBucket()
        return ObjectArtifacts(BucketPlace(bucket=self.bucket, prefix="p"), lambda: None)

    def there(self) -> dict[str, bytes]:
        return {key.removeprefix("p/"): data for key, data in self.bucket.objects.items()}
