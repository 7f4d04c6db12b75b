"""A store under an S3 prefix, on Amazon's or any other server that speaks its protocol."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from localbuild.cache.keys import is_object
from localbuild.cache.stores.chance import random_share
from localbuild.cache.stores.names import check_name, check_prefix
from localbuild.cache.stores.s3_client import AbsentError, ConditionError, S3Client, S3Place
from localbuild.cache.stores.s3_copy import copy_onto_itself
from localbuild.cache.stores.s3_faults import status_of
from localbuild.cache.stores.s3_list import abort_uploads, etag_of, list_objects, read_head
from localbuild.cache.stores.s3_read import read_object
from localbuild.cache.stores.s3_write import Writer
from localbuild.ports.store import Fault, Stored, StoreError

_CONFLICT_TURNS = 5
_CONFLICT_WAIT_S = 0.5


class S3Store:
    """Objects below a prefix of a bucket.

    Each verb asks once: what may go away by trying again is UNAVAILABLE, and trying again is
    `RetryingStore`'s. Only an answer that breaks off is asked for anew, from where it did, and a
    write that meets another one.
    """

    parallel = 16
    level = 2

    def __init__(
        self,
        place: S3Place,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_share,
    ) -> None:
        self.url = place.url
        self._client = S3Client(place)
        self._sleep = sleep
        self._random = random
        self._lock = threading.Lock()
        self._conditions: bool | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know of the server, once it is known."""
        if self._conditions is not False:
            return ()
        return (f"{self.url}: no conditional writes: where two builds save one entry, both do",)

    def now(self) -> float:
        """The server's clock, as its answers tell it."""
        if self._client.now() is None:
            with suppress(StoreError):
                self.find("clock")
        seen = self._client.now()
        return time.time() if seen is None else seen

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        check_name(name)
        return read_object(self._client, name)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        check_name(name)
        if length:
            return read_object(self._client, name, (offset, length))
        found = self.find(name)
        if found is not None and found.size_bytes < offset:
            raise self._client.error(Fault.CORRUPT, name, "the object is shorter than it should be")
        return None if found is None else b""

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where it is there already."""
        check_name(name)
        if self._conditions is not False and (is_object(name) or self._has_conditions()):
            try:
                return self._write(name, pieces, only_new=True)
            except StoreError as error:
                if not _is_unknown(error):
                    raise
                self._conditions = False
        return self.find(name) is None and self._write(name, pieces, only_new=False)

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader."""
        check_name(name)
        self._write(name, [data], only_new=False)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        check_name(name)
        return read_head(self._client, name)

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        check_prefix(prefix)
        return iter(list_objects(self._client, prefix))

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""
        found = self.find(name)
        if found is None:
            return False
        try:
            copy_onto_itself(self._writer(name), etag_of(found))
        except (AbsentError, ConditionError):
            return self.find(name) is not None  # it was removed, or written anew by somebody else
        return True

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one. False: nothing removed."""
        found = self.find(name)
        if found is None or (seen is not None and seen.tag != found.tag):
            return False
        address = self._client.place.address(name)
        condition = {} if seen is None else {"IfMatch": etag_of(found)}
        try:
            self._client.call(name, lambda s3, _: s3.delete_object(**address, **condition))
        except (AbsentError, ConditionError):
            return False
        return True

    def sweep(self, older_s: float) -> int:
        """Abort uploads in parts that were begun that long ago; how many."""
        return abort_uploads(self._client, self.now() - older_s)

    def warm_up(self) -> threading.Thread:
        """Load what the first verb needs, in the background. Faults come with that verb."""
        thread = threading.Thread(target=self._client.warm_up_quietly, daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _writer(self, name: str) -> Writer:
        return Writer(client=self._client, name=name)

    def _write(self, name: str, pieces: Sequence[bytes], *, only_new: bool) -> bool:
        """False where it is there and must not be; a write that meets others is begun again."""
        for _ in range(_CONFLICT_TURNS):
            try:
                self._writer(name).write(pieces, only_new=only_new)
            except ConditionError as refused:
                if not refused.conflict:
                    return False
                self._sleep(_CONFLICT_WAIT_S * self._random())
            except AbsentError as lost:
                raise self._client.error(Fault.UNAVAILABLE, name, "the upload was lost") from lost
            else:
                return True
        raise self._client.error(Fault.UNAVAILABLE, name, "others write it all the time")

    def _has_conditions(self) -> bool:
        """Whether the server keeps `If-None-Match`; asked once, of all servers but Amazon's.

        Not for an object that is named by its content: whoever writes that writes the same.
        """
        with self._lock:
            if self._conditions is None:
                self._conditions = self._client.is_amazon() or self._probe()
            return self._conditions

    def _probe(self) -> bool:
        """Create an object twice: a server that takes both has not looked at the condition."""
        name = f"probe/{secrets.token_hex(8)}"
        try:
            first = self._write(name, [b"probe"], only_new=True)
            return first and not self._write(name, [b"probe"], only_new=True)
        except StoreError as error:
            if not _is_unknown(error):
                raise
            return False
        finally:
            with suppress(StoreError):
                self.remove(name)


def _is_unknown(error: StoreError) -> bool:
    """Whether a server says that it does not know a header."""
    return isinstance(error.__cause__, Exception) and status_of(error.__cause__) == 501
