"""Fetches a source from S3: a ZIP file, or all objects below a folder.

Source: API reference, ProjectSource location: `bucket/path/object.zip`, or `bucket/folder/`.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from localbuild.errors import SourceError
from localbuild.sources.places import S3Object
from localbuild.sources.room import refuse_full_disk
from localbuild.sources.unzip import unzip
from localbuild.sources.zip_entries import split_path

MOST_OBJECTS = 100_000
_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFacts:
    """An object by its key, and as it is now: `tag` is another one when it has changed."""

    key: str
    size_bytes: int
    tag: str = ""
    version: str = ""


class Bucket(Protocol):
    """A bucket to read from, by several threads at once. Whatever is wrong is a SourceError."""

    def look(self, key: str, version: str) -> ObjectFacts:
        """What there is under a key, in a version ('' for the newest)."""

    def list(self, prefix: str) -> Iterator[ObjectFacts]:
        """All objects whose keys begin with `prefix`."""

    def read(self, found: ObjectFacts, into: BinaryIO, check: Callable[[], None]) -> None:
        """Write the whole object into a file."""


def fetch_object(place: S3Object, bucket: Bucket, into: Path, check: Callable[[], None]) -> None:
    """Bring what lies at a place into the empty folder `into`. Raises SourceError."""
    if place.is_folder:
        _fetch_folder(place, bucket, into, check)
        return
    archive = into.with_name(f"{into.name}.zip")
    found = bucket.look(place.key, place.version)
    refuse_full_disk(found.size_bytes, into)
    with archive.open("wb") as file:
        bucket.read(found, file, check)
    unzip(archive, into, check)
    archive.unlink()


def _fetch_folder(place: S3Object, bucket: Bucket, into: Path, check: Callable[[], None]) -> None:
    if place.version:
        raise SourceError("a folder has no versions")
    found = []
    for each in bucket.list(place.key):
        check()
        found.append(each)
        if len(found) > MOST_OBJECTS:
            raise SourceError(f"there are more than {MOST_OBJECTS} objects")
    if not found:
        raise SourceError("there is no object below it")
    refuse_full_disk(sum(each.size_bytes for each in found), into)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(lambda each: _fetch_file(each, place.key, bucket, into, check), found):
            check()


def _fetch_file(
    found: ObjectFacts, folder: str, bucket: Bucket, into: Path, check: Callable[[], None]
) -> None:
    inside = os.fsencode(found.key.removeprefix(folder))
    path = into.joinpath(*map(os.fsdecode, split_path(inside)))
    try:
        if found.key.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            bucket.read(found, file, check)
    except OSError as error:
        raise SourceError(f"{found.key} cannot be written: {error.strerror}") from error
