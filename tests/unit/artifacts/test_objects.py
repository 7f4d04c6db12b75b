"""Outputs in a bucket: keys, several at once, and what ends an upload."""

import io
import os
import threading
from collections.abc import Iterator
from typing import IO
from zipfile import ZipFile

import pytest

from localbuild.artifacts.objects import BucketPlace, ObjectArtifacts
from localbuild.errors import StorageError
from localbuild.ports.artifacts import Handed, Output
from localbuild.ports.collect import FoundFile


class Bucket:
    """A bucket in memory. `failing`: a key that it does not take; `hanging`: one that it holds."""

    def __init__(self, failing: str = "", hanging: str = "") -> None:
        self.objects: dict[str, bytes] = {}
        self.arns: set[str] = set()
        self.closed = threading.Event()
        self._failing = failing
        self._hanging = hanging

    @property
    def name(self) -> str:
        return "b"

    def put(self, key: str, file: IO[bytes], build_arn: str) -> None:
        if key == self._hanging:
            self.closed.wait(30)
            raise StorageError("given up")
        if key == self._failing:
            raise StorageError("denied")
        self.arns.add(build_arn)
        self.objects[key] = file.read()

    def close(self) -> None:
        self.closed.set()


class StoppedError(Exception):
    """What tells that a build must end."""


def put(bucket: Bucket, output: Output, names: list[str], prefix: str = "p/q") -> Handed:
    place = BucketPlace(bucket=bucket, prefix=prefix)
    contents = ((FoundFile(name=n, path="/x"), [os.fsencode(n), b"!"]) for n in names)
    return ObjectArtifacts(place, lambda: None).put(output, contents)


def test_every_file_is_an_object() -> None:
    bucket = Bucket()
    names = [f"d/{n}" for n in range(200)]
    handed = put(bucket, Output(parts=("n",), build_arn="arn:x"), names)
    assert bucket.objects == {f"p/q/n/{name}": f"{name}!".encode() for name in names}
    assert bucket.arns == {"arn:x"}
    assert (handed.path, handed.location) == ("s3://b/p/q/n", "arn:aws:s3:::b/p/q/n")
    assert (handed.files, handed.size_bytes) == (200, sum(len(n) + 1 for n in names))


def test_a_zip_is_one_object() -> None:
    bucket = Bucket()
    handed = put(bucket, Output(parts=("x", "n.zip"), packaging="ZIP"), ["b", "a"], prefix="")
    assert list(bucket.objects) == ["x/n.zip"]
    assert ZipFile(io.BytesIO(bucket.objects["x/n.zip"])).namelist() == ["a", "b"]
    assert (handed.location, len(handed.sha256)) == ("arn:aws:s3:::b/x/n.zip", 64)


def test_a_whole_bucket_is_a_place() -> None:
    bucket = Bucket()
    handed = put(bucket, Output(), ["a"], prefix="")
    assert (list(bucket.objects), handed.path) == (["a"], "s3://b")


def test_names_that_s3_cannot_have_are_changed_and_told() -> None:
    bucket = Bucket()
    handed = put(bucket, Output(), [os.fsdecode(b"\xff"), "ok"])
    assert sorted(bucket.objects) == ["p/q/\\xff", "p/q/ok"]
    assert "the name is no UTF-8" in handed.warnings[0]


@pytest.mark.parametrize("output", [Output(), Output(parts=("0",), packaging="ZIP")])
def test_the_first_refusal_ends_it(output: Output) -> None:
    bucket = Bucket(failing="p/q/0")
    with pytest.raises(StorageError, match="denied"):
        put(bucket, output, [str(n) for n in range(1000)])
    assert len(bucket.objects) < 1000
    assert bucket.closed.is_set()


def test_a_stop_is_heard_while_a_server_says_nothing() -> None:
    bucket = Bucket(hanging="p/q/a")
    asked: list[int] = []

    def check() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise StoppedError

    place = BucketPlace(bucket=bucket, prefix="p/q")
    with pytest.raises(StoppedError):
        ObjectArtifacts(place, check).put(Output(), [(FoundFile(name="a", path="/a"), [b"1"])])
    assert bucket.closed.is_set()


def test_what_reading_raises_passes_through() -> None:
    def contents() -> Iterator[tuple[FoundFile, list[bytes]]]:
        yield FoundFile(name="a", path="/a"), [b"1"]
        raise StoppedError

    bucket = Bucket()
    with pytest.raises(StoppedError):
        ObjectArtifacts(BucketPlace(bucket=bucket), lambda: None).put(Output(), contents())
    assert bucket.closed.is_set()


@pytest.mark.parametrize("part", ["", ".", "..", "../x", "/x", "a/b"])
def test_no_part_leads_to_another_key(part: str) -> None:
    bucket = Bucket()
    with pytest.raises(StorageError, match="is no name for a folder or a file"):
        put(bucket, Output(parts=(part,)), ["a"])
    assert bucket.objects == {}
