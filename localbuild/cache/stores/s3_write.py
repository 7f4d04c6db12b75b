"""Writes an S3 object: in one request, or a large one in parts, each with its SHA-256."""

import base64
import hashlib
import mmap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from localbuild.cache.stores.s3_client import AbsentError, ConditionError, S3Client
from localbuild.cache.stores.s3_faults import LyingError
from localbuild.cache.stores.watch import Progress
from localbuild.ports.store import StoreError

SINGLE_BYTES = 16 << 20
PART_BYTES = 8 << 20
CONTENT_TYPE = "application/octet-stream"
_PARTS_AT_ONCE = 4
_PIECE_BYTES = 32 << 10


class Body:
    """Pieces as one file for a request, uncopied; each read is small enough to be sent in time."""

    def __init__(self, pieces: Sequence[memoryview], progress: Progress) -> None:
        self._pieces = pieces
        self._progress = progress
        self._size = sum(map(len, pieces))
        self._at = 0
        self._reading = self._slices()

    def __len__(self) -> int:
        return self._size

    def __bool__(self) -> bool:
        return True

    def read(self, size_bytes: int = -1) -> bytes | memoryview:  # noqa: ARG002 - a file's
        """The next piece, b'' at the end; shorter than asked for."""
        piece = next(self._reading, b"")
        self._at += len(piece)
        self._progress.add(len(piece))
        return piece

    def tell(self) -> int:
        """How far it was read."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 - a file's
        """Back to the start, where a request is sent again; to the end, to ask for the size."""
        self._at = self._size if whence == 2 else 0
        self._reading = self._slices()
        return self._at

    def _slices(self) -> Iterator[memoryview]:
        for piece in self._pieces:
            for start in range(0, len(piece), _PIECE_BYTES):
                yield piece[start : start + _PIECE_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes the object `name`. `metadata` are names and values that the object has with it."""

    client: S3Client
    name: str
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> dict[str, str]:
        """Bucket and key."""
        return self.client.place.address(self.name)

    @property
    def _told(self) -> dict[str, Any]:
        """What is told of an object when it is made."""
        more: dict[str, Any] = {"Metadata": dict(self.metadata)} if self.metadata else {}
        return {"ContentType": CONTENT_TYPE, **more}

    def write(self, pieces: Sequence[bytes | mmap.mmap], *, only_new: bool) -> None:
        """Write the object. Raises StoreError; ConditionError where it is there and must not be."""
        condition = {"IfNoneMatch": "*"} if only_new else {}
        views = [memoryview(piece) for piece in pieces if piece]
        if sum(map(len, views)) <= SINGLE_BYTES:
            self._put(views, condition)
        else:
            self._put_parts(views, condition)

    def _put(self, views: list[memoryview], condition: dict[str, str]) -> None:
        checksum = _sha256(views)

        def put(s3: Any, progress: Progress) -> None:
            answer = s3.put_object(
                **self.address,
                **condition,
                Body=Body(views, progress) if views else b"",
                **self._told,
                ChecksumSHA256=checksum,
            )
            check_written(answer, checksum)

        self.client.call(self.name, put)

    def _put_parts(self, views: list[memoryview], condition: dict[str, str]) -> None:
        upload = self.begin()
        try:
            parts = self._upload_parts(upload, views)
            self.complete(upload, parts, condition)
        except BaseException:
            self.abort(upload)
            raise

    def begin(self) -> str:
        """Begin an upload in parts; its id."""

        def begin(s3: Any, _: Progress) -> str:
            answer = s3.create_multipart_upload(
                **self.address, **self._told, ChecksumAlgorithm="SHA256"
            )
            if not answer.get("UploadId"):
                raise LyingError("an upload without id")
            return str(answer["UploadId"])

        return self.client.call(self.name, begin)

    def _upload_parts(self, upload: str, views: list[memoryview]) -> list[dict[str, Any]]:
        def one(numbered: tuple[int, list[memoryview]]) -> dict[str, Any]:
            number, part = numbered
            checksum = _sha256(part)

            def put(s3: Any, progress: Progress) -> dict[str, Any]:
                answer = s3.upload_part(
                    **self.address,
                    UploadId=upload,
                    PartNumber=number,
                    Body=Body(part, progress),
                    ChecksumSHA256=checksum,
                )
                check_written(answer, checksum)
                return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

            return self.client.call(self.name, put)

        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            try:
                return list(pool.map(one, enumerate(cut(views, PART_BYTES), 1)))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def complete(self, upload: str, parts: list[dict[str, Any]], condition: dict[str, str]) -> None:
        """Make an object of the parts. Raises ConditionError where it is there and must not be."""

        def complete(s3: Any, _: Progress) -> None:
            answer = s3.complete_multipart_upload(
                **self.address, **condition, UploadId=upload, MultipartUpload={"Parts": parts}
            )
            check_written(answer, "")

        self.client.call(self.name, complete)

    def abort(self, upload: str) -> None:
        """Have the parts removed; what stays is swept once it is old."""
        with suppress(StoreError, AbsentError, ConditionError):
            self.client.call(
                self.name,
                lambda s3, _: s3.abort_multipart_upload(**self.address, UploadId=upload),
            )


def check_written(answer: dict[str, Any], checksum: str) -> None:
    """Raises LyingError where the answer is not that of a server that has these bytes now."""
    if not answer.get("ETag"):
        raise LyingError("it takes an object and gives no ETag")
    if checksum and answer.get("ChecksumSHA256", checksum) != checksum:
        raise LyingError("it has other bytes than it was sent")


def cut(views: Sequence[memoryview], size_bytes: int) -> list[list[memoryview]]:
    """Pieces in parts of `size_bytes`; the last may be shorter."""
    parts: list[list[memoryview]] = []
    room = 0
    for view in views:
        while len(view):
            if not room:
                parts.append([])
                room = size_bytes
            parts[-1].append(view[:room])
            taken = min(room, len(view))
            view, room = view[taken:], room - taken
    return parts


def _sha256(views: Sequence[memoryview]) -> str:
    digest = hashlib.sha256()
    for view in views:
        digest.update(view)
    return base64.b64encode(digest.digest()).decode()
