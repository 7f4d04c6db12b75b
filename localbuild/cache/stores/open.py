"""`open_store`: the only place that names the stores."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from localbuild.errors import UsageError
from localbuild.ports.clock import Clock
from localbuild.ports.store import ByteStore

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_HINTS = ("an absolute path", "s3://bucket/prefix")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """The way to an S3 server. '' = as the environment and the user's AWS configuration say.

    `endpoint_url` is of a server that is not Amazon's.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""


class _WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def open_store(
    url: str,
    settings: StoreSettings | None = None,
    clock: Clock | None = None,
    *,
    warm_up: bool = False,
) -> ByteStore:
    """The store at `url`. Touches nothing: faults come with its first verb.

    `clock` is that of a store in memory. `warm_up`: load in the background what the first verb
    would wait for. Raises UsageError for what is no store.
    """
    scheme, colon, _ = url.partition(":")
    match scheme if colon and not url.startswith("/") else "":
        case "" if url.startswith("/"):
            return _open_directory(url)
        case "s3":
            return _open_s3(url, settings or StoreSettings(), warm_up)
        case "memory":
            from localbuild.cache.stores.memory import MemoryStore

            return MemoryStore(clock or _WallClock())
        case _:
            raise UsageError(f"'{url}' is no place for a cache", hints=_HINTS)


def _open_directory(path: str) -> ByteStore:
    from localbuild.cache.stores.directory import DirectoryStore

    if "\0" in path:
        raise UsageError(f"{path!r} is no path", hints=_HINTS)
    return DirectoryStore(Path(path))


def _open_s3(url: str, settings: StoreSettings, warm_up: bool) -> ByteStore:
    from localbuild.cache.stores.retrying import RetryingStore
    from localbuild.cache.stores.s3 import S3Store
    from localbuild.cache.stores.s3_client import S3Place

    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not url.startswith("s3://") or not _BUCKET.fullmatch(bucket):
        raise UsageError(f"'{url}' names no bucket", hints=("s3://bucket/prefix",))
    store = S3Store(
        S3Place(
            bucket=bucket,
            prefix=prefix.strip("/"),
            profile=settings.profile,
            region=settings.region,
            endpoint_url=settings.endpoint_url,
        )
    )
    if warm_up:
        store.warm_up()
    return RetryingStore(store)
