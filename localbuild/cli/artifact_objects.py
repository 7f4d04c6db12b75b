"""A bucket that artifacts go to, over the same client that caches have."""

import mmap
import os
import threading
import time
from collections.abc import Callable
from typing import IO

from localbuild.cache.stores.s3_client import AbsentError, ConditionError, S3Client, S3Place
from localbuild.cache.stores.s3_write import Writer
from localbuild.cli.settings import Settings
from localbuild.errors import StorageError
from localbuild.ports.store import Fault, StoreError

METADATA = "codebuild-buildarn"
_TRIES = 4
_FIRST_WAIT_S = 0.5


class S3Artifacts:
    """Implements `Bucket`. `wait`: how it waits before it tries again."""

    def __init__(
        self, name: str, settings: Settings, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._name = name
        self._wait = wait
        self._given_up = threading.Event()
        self._client = S3Client(
            S3Place(
                bucket=name,
                profile=settings.profile,
                region=settings.region,
                endpoint_url=settings.endpoint_url,
            )
        )

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self._name

    def put(self, key: str, file: IO[bytes], build_arn: str) -> None:
        """Write all of a file as an object; what is only not to be had now is tried again.

        Source: buildspec reference: objects carry the metadata `codebuild-buildarn`.
        """
        data = _whole(file)
        writer = Writer(client=self._client, name=key, metadata=((METADATA, build_arn),))
        for attempt in range(_TRIES):
            try:
                writer.write([data] if data else [], only_new=False)
            except StoreError as error:
                last = attempt == _TRIES - 1 or self._given_up.is_set()
                if last or error.fault is not Fault.UNAVAILABLE:
                    raise _told(error) from error
                self._wait(_FIRST_WAIT_S * 2**attempt)
            except AbsentError:
                raise StorageError(
                    f"artifacts: s3://{self._name}: there is no such bucket"
                ) from None
            except ConditionError:
                raise StorageError(f"artifacts: s3://{self._name}/{key}: it is locked") from None
            else:
                return

    def close(self) -> None:
        """Give up what is under way."""
        self._given_up.set()
        self._client.close()


def _told(error: StoreError) -> StorageError:
    return StorageError(f"artifacts: {error.message}", hints=error.hints)


def _whole(file: IO[bytes]) -> bytes | mmap.mmap:
    """All of a file: a large one is on a disk, and is not read into memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not size or not _is_on_disk(file):
        return file.read()
    return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)


def _is_on_disk(file: IO[bytes]) -> bool:
    return getattr(file, "_rolled", True)
