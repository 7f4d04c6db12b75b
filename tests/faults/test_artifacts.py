"""Artifacts on a full disk, and in a bucket that is sick: told, nothing half, no hang."""

import os
from collections.abc import Iterator

import pytest

from localbuild.artifacts.directory import DirectoryArtifacts, Folder
from localbuild.artifacts.objects import BucketPlace, ObjectArtifacts
from localbuild.cli.artifact_objects import S3Artifacts
from localbuild.cli.settings import Settings
from localbuild.errors import StorageError
from localbuild.events.outputs import Packaging
from localbuild.ports.artifacts import Output
from localbuild.ports.collect import FoundFile
from tests.faults.disks import Disk, disk
from tests.s3.fault_server import Mode, fault_server
from tests.s3.servers import BUCKET, aws_environment

FILES = [f"d/{number}" for number in range(20)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    with disk(tmp_path_factory.mktemp("small"), 40) as made:
        yield made


def contents(size: int) -> Iterator[tuple[FoundFile, list[bytes]]]:
    for name in FILES:
        yield FoundFile(name=name, path=f"/{name}", size_bytes=size), [os.urandom(size)]


@pytest.mark.parametrize("packaging", ["NONE", "ZIP"])
@pytest.mark.parametrize("kib", [40, 100, 300, 700])
def test_a_full_disk(packaging: Packaging, kib: int, small: Disk) -> None:
    small.leave(kib)
    out = small.place / f"out-{packaging}-{kib}"
    out.mkdir()
    descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    place = DirectoryArtifacts(Folder(descriptor=descriptor, path=str(out), shown="out"))
    parts = ("z",) if packaging == "ZIP" else ()
    with pytest.raises(StorageError, match="no space left on device") as caught:
        place.put(Output(parts=parts, packaging=packaging), contents(40 << 10))
    os.close(descriptor)
    assert caught.value.hints
    whole = [p for p in out.rglob("*") if not p.is_dir()]
    assert all(p.stat().st_size == 40 << 10 for p in whole)
    assert not any(p.name.startswith(".localbuild") for p in out.iterdir())
    assert not (out / "z").exists()
    small.empty()


def upload(endpoint_url: str, waits: list[float]) -> None:
    settings = Settings(region="us-east-1", endpoint_url=endpoint_url)
    bucket = S3Artifacts(BUCKET, settings, waits.append)
    place = BucketPlace(bucket=bucket, prefix="p")
    artifacts = ObjectArtifacts(place, lambda: None)
    try:
        artifacts.put(Output(build_arn="arn:x"), contents(100))
    finally:
        artifacts.close()


@pytest.mark.parametrize("mode", [Mode.BROKEN, Mode.OVERLOADED, Mode.HANG_UP])
def test_what_goes_away_is_tried_again(mode: Mode) -> None:
    waits: list[float] = []
    with aws_environment(), fault_server() as server:
        server.misbehave(mode, 3)
        upload(server.endpoint_url, waits)
        assert len(server.objects) == len(FILES)
    assert 1 <= len(waits) <= 3


@pytest.mark.parametrize("mode", [Mode.DENIED, Mode.NO_BUCKET, Mode.QUOTA, Mode.BROKEN])
def test_what_stays_is_told(mode: Mode) -> None:
    waits: list[float] = []
    with aws_environment(), fault_server() as server:
        server.misbehave(mode)
        with pytest.raises(StorageError, match=f"artifacts: s3://{BUCKET}"):
            upload(server.endpoint_url, waits)
        assert server.objects == {}
    assert bool(waits) is (mode is Mode.BROKEN)
