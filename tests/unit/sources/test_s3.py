"""Sources from S3: over a bucket in memory, and over the real protocol."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from localbuild.cache.stores.s3_client import S3Client, S3Place
from localbuild.cli.settings import Settings
from localbuild.cli.source_objects import S3Bucket, fetch_from_s3
from localbuild.errors import SourceError
from localbuild.sources.places import S3Object
from localbuild.sources.s3 import ObjectFacts, fetch_object
from tests.s3.servers import Server, aws_environment
from tests.unit.sources.zips import zip_of

BUCKET = "sources-of-tests"
FILES = {"buildspec.yml": b"version: 0.2\n", "src/a": b"a\n"}


class MemoryBucket:
    """Objects by key."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        self._objects = dict(objects)

    def look(self, key: str, version: str) -> ObjectFacts:
        return ObjectFacts(key=key, size_bytes=len(self._objects[key]), version=version)

    def list(self, prefix: str) -> Iterator[ObjectFacts]:
        for key in sorted(self._objects):
            if key.startswith(prefix):
                yield self.look(key, "")

    def read(self, found: ObjectFacts, into: BinaryIO, check: Callable[[], None]) -> None:
        into.write(self._objects[found.key])


@contextmanager
def client_of(server: Server) -> Iterator[Any]:
    """A client of the protocol."""
    import boto3

    client = boto3.client("s3", endpoint_url=server.endpoint_url, region_name="us-east-1")
    try:
        yield client
    finally:
        client.close()


def files_in(folder: Path) -> dict[str, bytes]:
    """All files by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    path = tmp_path / "outer" / "into"
    path.mkdir(parents=True)
    return path


def fetch(
    key: str, objects: Mapping[str, bytes], into: Path, version: str = ""
) -> dict[str, bytes]:
    place = S3Object(bucket="bucket", key=key, version=version)
    fetch_object(place, MemoryBucket(objects), into, lambda: None)
    return files_in(into)


def test_a_zip_file(into: Path) -> None:
    assert fetch("a/app.zip", {"a/app.zip": zip_of(FILES)}, into) == FILES
    assert [path.name for path in into.parent.iterdir()] == ["into"]  # the archive is gone


def test_a_folder(into: Path) -> None:
    objects = {"a/x/": b"", **{f"a/{name}": data for name, data in FILES.items()}, "b": b"no"}
    assert fetch("a/", objects, into) == FILES
    assert (into / "x").is_dir()


def test_a_whole_bucket(into: Path) -> None:
    assert fetch("", FILES, into) == FILES


@pytest.mark.parametrize("key", ["a/../../out", "a//../out", "a/x/../../../out"])
def test_a_key_that_leads_out(into: Path, key: str) -> None:
    with pytest.raises(SourceError, match="leads out of the source"):
        fetch("a/", {key: b"x"}, into)
    assert [path.name for path in into.parent.iterdir()] == ["into"]


def test_a_key_below_another(into: Path) -> None:
    with pytest.raises(SourceError, match="cannot be written"):
        fetch("a/", {"a/b": b"x", "a/b/c": b"y"}, into)


def test_an_empty_folder(into: Path) -> None:
    with pytest.raises(SourceError, match="there is no object below it"):
        fetch("a/", {"b": b"x"}, into)


def test_a_folder_has_no_versions(into: Path) -> None:
    with pytest.raises(SourceError, match="no versions"):
        fetch("a/", {"a/b": b"x"}, into, "v")


@pytest.mark.s3
class TestOverTheProtocol:
    """moto on loopback."""

    @pytest.fixture
    def server(self, moto_server: Server) -> Server:
        with client_of(moto_server) as client:
            client.create_bucket(Bucket=BUCKET)
            client.put_bucket_versioning(
                Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
            )
        return moto_server

    def put(self, server: Server, objects: Mapping[str, bytes]) -> str:
        """Put objects; the version id of the last one."""
        with client_of(server) as client:
            for key, data in objects.items():
                answer = client.put_object(Bucket=BUCKET, Key=key, Body=data)
        return str(answer["VersionId"])

    def fetch(self, server: Server, key: str, into: Path, version: str = "") -> dict[str, bytes]:
        settings = Settings(endpoint_url=server.endpoint_url, region="us-east-1")
        place = S3Object(bucket=BUCKET, key=key, version=version)
        fetch_from_s3(place, into, settings, lambda: None)
        return files_in(into)

    def test_versions_of_a_zip_file(self, server: Server, into: Path) -> None:
        first = self.put(server, {"src/app.zip": zip_of({"f": b"1"})})
        self.put(server, {"src/app.zip": zip_of({"f": b"2"})})
        assert self.fetch(server, "src/app.zip", into) == {"f": b"2"}
        other = into.with_name("other")
        other.mkdir()
        assert self.fetch(server, "src/app.zip", other, first) == {"f": b"1"}

    def test_a_folder_of_many_pages(self, server: Server, into: Path) -> None:
        self.put(server, {f"many/{number}": b"%d" % number for number in range(7)})
        place = S3Place(bucket=BUCKET, region="us-east-1", endpoint_url=server.endpoint_url)
        client = S3Client(place)
        bucket = S3Bucket(client, page=3)
        fetch_object(S3Object(bucket=BUCKET, key="many/"), bucket, into, lambda: None)
        client.close()
        assert files_in(into) == {str(number): b"%d" % number for number in range(7)}

    def test_more_than_one_part(self, server: Server, into: Path) -> None:
        data = bytes(range(256)) * 4096 * 20
        self.put(server, {"large/file": data, "large/empty": b""})
        assert self.fetch(server, "large/", into) == {"file": data, "empty": b""}

    def test_what_is_not_there(self, server: Server, into: Path) -> None:
        message = r"^NoSuchKey: The specified key does not exist\.$"
        with pytest.raises(SourceError, match=message):
            self.fetch(server, "src/none.zip", into)

    def test_a_version_that_is_not_there(self, server: Server, into: Path) -> None:
        self.put(server, {"src/app.zip": zip_of(FILES)})
        with pytest.raises(SourceError, match=r"^NoSuchVersion: "):
            self.fetch(server, "src/app.zip", into, "no-such-version")

    def test_a_bucket_that_is_not_there(self, server: Server, into: Path) -> None:
        settings = Settings(endpoint_url=server.endpoint_url, region="us-east-1")
        place = S3Object(bucket="no-such-bucket", key="a/")
        with pytest.raises(SourceError, match="no-such-bucket"):
            fetch_from_s3(place, into, settings, lambda: None)

    def test_a_stop_ends_it(self, server: Server, into: Path) -> None:
        class StopError(Exception):
            pass

        def stop() -> None:
            raise StopError

        self.put(server, {"src/stop.zip": zip_of(FILES)})
        place = S3Object(bucket=BUCKET, key="src/stop.zip")
        settings = Settings(endpoint_url=server.endpoint_url, region="us-east-1")
        with pytest.raises(StopError):
            fetch_from_s3(place, into, settings, stop)


def test_a_stop_is_heard_though_s3_says_nothing(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    with aws_environment(), socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        held: list[socket.socket] = []

        def check() -> None:
            with suppress(BlockingIOError):
                held.append(silent.accept()[0])
            if held:
                raise StopError

        settings = Settings(
            region="us-east-1", endpoint_url=f"http://127.0.0.1:{silent.getsockname()[1]}"
        )
        with pytest.raises(StopError):
            fetch_from_s3(S3Object(bucket="bucket", key="a.zip"), tmp_path, settings, check)
        for connection in held:
            connection.close()
