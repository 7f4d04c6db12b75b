"""A bucket that sources come from, over the same client that caches have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from localbuild.cache.stores.s3_client import AbsentError, ConditionError, S3Client, S3Place
from localbuild.cache.stores.watch import Progress
from localbuild.cli.settings import Settings
from localbuild.errors import SourceError
from localbuild.ports.store import StoreError
from localbuild.run.waiting import wait_for
from localbuild.sources.places import S3Object
from localbuild.sources.s3 import ObjectFacts, fetch_object

_PART_BYTES = 16 * 1024**2
_PIECE_BYTES = 64 * 1024
_TRIES = 3
_NO_KEY = "NoSuchKey: The specified key does not exist."
_NO_VERSION = "NoSuchVersion: The specified version does not exist."


def fetch_from_s3(
    place: S3Object, into: Path, settings: Settings, check: Callable[[], None]
) -> None:
    """Bring a source from S3 into the empty folder `into`.

    Raises SourceError, and what `check` raises where the work must end, though S3 says nothing.
    """
    client = S3Client(
        S3Place(
            bucket=place.bucket,
            profile=settings.profile,
            region=settings.region,
            endpoint_url=settings.endpoint_url,
        )
    )
    try:
        wait_for(lambda: fetch_object(place, S3Bucket(client), into, check), check)
    finally:
        client.close()


class S3Bucket:
    """Implements `Bucket`. `page`: how many objects a list asks for at once."""

    def __init__(self, client: S3Client, page: int = 1000) -> None:
        self._client = client
        self._page_size = page

    def look(self, key: str, version: str) -> ObjectFacts:
        """What there is under a key."""
        address = self._client.place.address(key)
        with _explained(key, version):
            if version:
                answer = self._client.call(key, lambda s3, _: _begun(s3, address, version))
            else:
                answer = self._client.call(key, lambda s3, _: s3.head_object(**address))
        return ObjectFacts(
            key=key,
            size_bytes=int(answer["ContentLength"]),
            tag=str(answer.get("ETag", "")),
            version=version,
        )

    def list(self, prefix: str) -> Iterator[ObjectFacts]:
        """All objects below a prefix, a page at a time."""
        token = ""
        while True:
            more = {"ContinuationToken": token} if token else {}
            with _explained(prefix):
                answer = self._client.call(prefix, lambda s3, _, m=more: self._page(s3, prefix, m))  # type: ignore[misc]
            for item in answer.get("Contents", []):
                size, tag = int(item["Size"]), str(item.get("ETag", ""))
                yield ObjectFacts(key=str(item["Key"]), size_bytes=size, tag=tag)
            before, token = token, str(answer.get("NextContinuationToken") or "")
            if not answer.get("IsTruncated") or token in ("", before):
                return

    def read(self, found: ObjectFacts, into: BinaryIO, check: Callable[[], None]) -> None:
        """In parts, each asked for again where it does not come, of the object as it was."""
        for start in range(0, found.size_bytes, _PART_BYTES):
            length = min(_PART_BYTES, found.size_bytes - start)
            into.write(self._part(found, start, length, check))

    def _part(
        self, found: ObjectFacts, start: int, length: int, check: Callable[[], None]
    ) -> bytes:
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        wanted |= {"IfMatch": found.tag} if found.tag else {}
        wanted |= {"VersionId": found.version} if found.version else {}
        address = self._client.place.address(found.key) | wanted

        def take(s3: Any, progress: Progress) -> bytes:
            body, data = s3.get_object(**address)["Body"], BytesIO()
            try:
                while piece := body.read(_PIECE_BYTES):
                    check()
                    progress.add(len(piece))
                    data.write(piece)
            finally:
                body.close()
            return data.getvalue()

        for _ in range(_TRIES):
            with _explained(found.key):
                data = self._client.call(found.key, take)
            if len(data) == length:
                return data
        raise SourceError(f"{found.key}: the answer broke off {_TRIES} times")

    def _page(self, s3: Any, prefix: str, more: dict[str, str]) -> dict[str, Any]:
        bucket = self._client.place.bucket
        answer: dict[str, Any] = s3.list_objects_v2(
            Bucket=bucket, Prefix=prefix, MaxKeys=self._page_size, **more
        )
        return answer


def _begun(s3: Any, address: dict[str, str], version: str) -> dict[str, Any]:
    """What is told of a version before its bytes: the refusal of a HEAD has no words for why."""
    answer: dict[str, Any] = s3.get_object(**address, VersionId=version)
    answer["Body"].close()
    return answer


@contextmanager
def _explained(key: str, version: str = "") -> Iterator[None]:
    """The service's words for what it has words for. Source: logs of builds."""
    try:
        yield
    except AbsentError:
        raise SourceError(_NO_VERSION if version else _NO_KEY) from None
    except ConditionError:
        raise SourceError(f"{key} has changed while it was fetched") from None
    except StoreError as error:
        raise SourceError(error.message, hints=error.hints) from error
