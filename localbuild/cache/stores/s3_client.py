"""The way to an S3 server: a client made late, calls that are watched, credentials renewed once."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, TypeVar

from localbuild.cache.stores.pace import Limits, Pace
from localbuild.cache.stores.s3_faults import (
    LyingError,
    is_absent,
    is_expired,
    s3_error,
    status_of,
)
from localbuild.cache.stores.watch import GivenUpError, Progress, watched
from localbuild.ports.store import Fault, StoreError

T = TypeVar("T")
Call = Callable[[Any, Progress], T]
"""What to do with a client; runs in a thread that may be left behind."""

CONNECTIONS = 32


class AbsentError(Exception):
    """There is no such object."""


class ConditionError(Exception):
    """The object is not as the request wanted it. `conflict`: others were writing, try again."""

    def __init__(self, *, conflict: bool) -> None:
        super().__init__()
        self.conflict = conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A prefix of a bucket, `prefix` '' = all of it, and the way there.

    `profile`, `region` and `endpoint_url`: '' means what the environment and the user's AWS
    configuration say.
    """

    bucket: str
    prefix: str = ""
    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    limits: Limits = Limits()

    @property
    def url(self) -> str:
        """What people call it."""
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"

    @property
    def start(self) -> str:
        """What the keys of all objects begin with."""
        return f"{self.prefix}/" if self.prefix else ""

    def address(self, name: str) -> dict[str, str]:
        """What a request for an object says of it."""
        return {"Bucket": self.bucket, "Key": self.start + name}


class S3Client:
    """Calls to the server of a place."""

    def __init__(self, place: S3Place) -> None:
        self.place = place
        self._lock = threading.Lock()
        self._client: Any = None
        self._ahead_s: float | None = None
        self._moving: set[Progress] = set()
        self._pace = Pace(place.limits)

    def call(self, name: str, act: Call[T]) -> T:
        """What `act` returns, given a client. `name` is the object's, '' for none.

        Raises StoreError, AbsentError, ConditionError.
        """
        try:
            try:
                return self._watched(act)
            except _errors() as error:
                if not is_expired(error):
                    raise
            self._drop_client()
            return self._watched(act)
        except _errors() as error:
            if is_absent(error):
                raise AbsentError from error
            if status_of(error) == 412:
                raise ConditionError(conflict=False) from error
            if status_of(error) == 409:
                raise ConditionError(conflict=True) from error
            raise s3_error(self._name(name), error) from error

    def error(self, fault: Fault, name: str, message: str) -> StoreError:
        """A fault of the object `name`."""
        return StoreError(fault, f"{self._name(name)}: {message}")

    def now(self) -> float | None:
        """The server's clock as its answers tell it; None where there was no answer yet."""
        return None if self._ahead_s is None else time.monotonic() + self._ahead_s

    def is_amazon(self) -> bool:
        """Whether the server is Amazon's own. Raises StoreError."""
        url = self.call("", lambda s3, _: str(s3.meta.endpoint_url))
        host = url.partition("://")[2].partition("/")[0]
        return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))

    def warm_up_quietly(self) -> None:
        """Make the client now: to load its library takes a fifth of a second."""
        with suppress(*_errors()):
            self._get()

    def close(self) -> None:
        """Give up all calls, and let go of the connections; the next call makes new ones."""
        for progress in tuple(self._moving):
            progress.give_up()
        self._drop_client()

    def _drop_client(self) -> None:
        """The next call makes a new one, with new credentials."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _name(self, name: str) -> str:
        return f"{self.place.url}/{name}" if name else self.place.url

    def _watched(self, act: Call[T]) -> T:
        limits = self.place.limits
        if self._client is None:
            watched(lambda _: self._get(), replace(limits, window_s=limits.begin_s))
        return watched(lambda progress: self._run(act, progress), limits, pace=self._pace)

    def _run(self, act: Call[T], progress: Progress) -> T:
        self._moving.add(progress)
        try:
            return act(self._get(), progress)
        finally:
            self._moving.discard(progress)

    def _get(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._make()
            return self._client

    def _make(self) -> Any:
        import boto3
        from botocore.config import Config
        from botocore.handlers import add_expect_header

        place = self.place
        session = boto3.session.Session(
            profile_name=place.profile or None, region_name=place.region or None
        )
        config = Config(
            connect_timeout=place.limits.connect_s,
            read_timeout=place.limits.answer_s,
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            user_agent_extra="localbuild",
            tcp_keepalive=True,
            s3={
                "payload_signing_enabled": False,  # its SHA-256 is in a header that is signed
                "addressing_style": "path" if place.endpoint_url else "auto",
            },
        )
        client = session.client("s3", endpoint_url=place.endpoint_url or None, config=config)
        # a server that does not know `Expect` would hold every upload for a second
        client.meta.events.unregister("before-call.s3", add_expect_header)
        client.meta.events.register("after-call.s3", self._look_at_answer)
        return client

    def _look_at_answer(self, parsed: dict[str, Any], **_: object) -> None:
        metadata = parsed.get("ResponseMetadata", {})
        status = int(metadata.get("HTTPStatusCode", 0))
        headers = metadata.get("HTTPHeaders", {})
        self._set_clock(str(headers.get("date", "")))
        kind = str(headers.get("content-type", ""))
        has_text = headers.get("content-length") != "0" and status != 204
        if status < 300 and has_text and kind.startswith("text/html"):
            if hasattr(parsed.get("Body"), "close"):
                parsed["Body"].close()
            raise LyingError("it sends HTML")

    def _set_clock(self, date: str) -> None:
        """A date is in whole seconds, cut off: the latest that any answer tells is the nearest."""
        try:
            ahead = parsedate_to_datetime(date).timestamp() - time.monotonic()
        except ValueError:
            return
        if self._ahead_s is None or ahead > self._ahead_s:
            self._ahead_s = ahead


def _errors() -> tuple[type[Exception], ...]:
    """All that a call may end in; whatever else there is would be a bug of ours."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    return (BotoCoreError, ClientError, HTTPError, HTTPException, OSError, GivenUpError, LyingError)
