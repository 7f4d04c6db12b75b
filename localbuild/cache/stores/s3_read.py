"""Reads an S3 object: in pieces, and on from where an answer broke off."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from localbuild.cache.stores.s3_client import AbsentError, ConditionError, S3Client
from localbuild.cache.stores.s3_faults import LyingError, status_of
from localbuild.cache.stores.watch import Progress
from localbuild.ports.store import Fault

TRIES = 3
_PIECE_BYTES = 64 << 10
_FAST_PIECE_BYTES = 1 << 20
_FAST_AFTER_BYTES = 256 << 10
_AT_ONCE_BYTES = 16 << 20


@dataclass(slots=True)
class _Part:
    """What of an object came so far: from `offset`, `length` bytes or (None) all that follow."""

    offset: int
    length: int | None
    tag: str = ""
    data: BytesIO = field(default_factory=BytesIO)
    got: int = 0
    too_short: bool = False

    @property
    def missing(self) -> int:
        """How many bytes are to come; known once there was an answer."""
        return (self.length or 0) - self.got

    def request(self) -> dict[str, Any]:
        """Ask for what is missing, and of the same object as before."""
        wanted: dict[str, Any] = {}
        if self.length is not None:
            last = self.offset + self.length - 1
            wanted["Range"] = f"bytes={self.offset + self.got}-{last}"
        if self.tag:
            wanted["IfMatch"] = self.tag
        return wanted

    def begin(self, answer: dict[str, Any]) -> None:
        """Look at an answer's headers. Raises LyingError."""
        size = answer.get("ContentLength")
        if not answer.get("ETag") or size is None:
            raise LyingError("an object without ETag or length")
        if self.length is None:
            self.length = int(size)
        elif "ContentRange" not in answer or size > self.missing:
            raise LyingError("it sends more than it was asked for")
        self.too_short = size < self.missing
        self.tag = str(answer["ETag"])
        if not self.got and 0 < self.length <= _AT_ONCE_BYTES:
            self._make_room(self.length)

    def _make_room(self, size: int) -> None:
        """All of it at once: what grows bit by bit leaves its smaller selves behind in memory."""
        self.data.seek(size - 1)
        self.data.write(b"\0")
        self.data.seek(0)

    def take(self, body: Any, progress: Progress) -> None:
        """Read on. Small pieces at first: a slow one must be seen to get on."""
        while not self.too_short and self.missing:
            fast = self.got > _FAST_AFTER_BYTES
            piece = body.read(min(self.missing, _FAST_PIECE_BYTES if fast else _PIECE_BYTES))
            if not piece:
                return
            self.data.write(piece)
            self.got += len(piece)
            progress.add(len(piece))


def read_object(client: S3Client, name: str, span: tuple[int, int] | None = None) -> bytes | None:
    """An object, or the `span` (offset, length > 0) of it; None where it is not there.

    Raises StoreError; CORRUPT where the object ends before the span does.
    """
    address = client.place.address(name)
    part = _new_part(span)
    for _ in range(TRIES):
        try:
            client.call(name, lambda s3, progress, p=part: _fetch(s3, address, p, progress))  # type: ignore[misc]
        except AbsentError:
            return None
        except ConditionError:  # somebody replaced it meanwhile: from its start
            part = _new_part(span)
            continue
        if part.too_short:
            raise client.error(Fault.CORRUPT, name, "the object is shorter than it should be")
        if not part.missing:
            return part.data.getvalue()
    raise client.error(Fault.UNAVAILABLE, name, f"the answer broke off {TRIES} times")


def _new_part(span: tuple[int, int] | None) -> _Part:
    return _Part(offset=0, length=None) if span is None else _Part(offset=span[0], length=span[1])


def _fetch(s3: Any, address: dict[str, str], part: _Part, progress: Progress) -> None:
    """Ask once and take what comes; an answer that breaks off is no error yet."""
    from botocore.exceptions import ClientError, IncompleteReadError, ResponseStreamingError
    from urllib3.exceptions import ProtocolError

    try:
        answer = s3.get_object(**address, **part.request())
    except ClientError as error:
        if status_of(error) != 416:
            raise
        part.too_short = True
        return
    body = answer["Body"]
    try:
        part.begin(answer)
        part.take(body, progress)
    except (ResponseStreamingError, IncompleteReadError, ProtocolError, ConnectionError):
        return
    finally:
        body.close()
