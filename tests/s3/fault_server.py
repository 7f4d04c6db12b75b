"""A small S3 server that misbehaves on order: what a store meets in the world, on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum, auto
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.s3.servers import Server

HTML = b"<html><head><title>Sign in</title></head><body>Welcome to our hotel!</body></html>"


class Mode(StrEnum):
    """What the server does with every request, or with as many as `times` says."""

    WELL = auto()
    BLACK_HOLE = auto()
    GARBAGE = auto()
    HANG_UP = auto()
    DRIP_HEADERS = auto()
    DRIP_BODY = auto()
    DRIP_LIST = auto()
    STALL = auto()
    CUT = auto()
    BROKEN = auto()
    OVERLOADED = auto()
    DENIED = auto()
    EXPIRED = auto()
    SKEWED = auto()
    LYING = auto()
    NO_ETAG = auto()
    WRONG_CHECKSUM = auto()
    NO_CONDITIONS = auto()
    UNKNOWN_CONDITIONS = auto()
    NO_RANGES = auto()
    CONFLICT = auto()
    NO_BUCKET = auto()
    QUOTA = auto()
    ANSWER_LOST = auto()


_ERRORS = {
    Mode.BROKEN: (500, "InternalError"),
    Mode.OVERLOADED: (503, "SlowDown"),
    Mode.DENIED: (403, "AccessDenied"),
    Mode.EXPIRED: (400, "ExpiredToken"),
    Mode.SKEWED: (403, "RequestTimeTooSkewed"),
    Mode.NO_BUCKET: (404, "NoSuchBucket"),
    Mode.QUOTA: (507, "InsufficientStorage"),
}


@dataclass(slots=True)
class Faulty:
    """The server's objects by path, what it does, and what it was asked."""

    mode: Mode = Mode.WELL
    times: int = -1
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    endpoint_url: str = ""
    connections: set[socket.socket] = field(default_factory=set)

    @property
    def server(self) -> Server:
        """The way to it."""
        return Server(endpoint_url=self.endpoint_url)

    def get_well(self) -> None:
        """Let go of all that hangs, forget all objects and requests, and be well from now on."""
        self.over.set()
        self.over = threading.Event()
        self.objects.clear()
        self.misbehave(Mode.WELL)

    def misbehave(self, mode: Mode, times: int = -1) -> None:
        """Do that from now on, or that many times; what was asked before is forgotten."""
        self.mode, self.times = mode, times
        self.requests.clear()

    def next_mode(self, request: str) -> Mode:
        """What to do with a request."""
        self.requests.append(request)
        if self.times == 0:
            return Mode.WELL
        self.times -= 1
        return self.mode


@contextmanager
def fault_server() -> Iterator[Faulty]:
    """A server that is well until it is told otherwise."""
    faulty = Faulty()

    class Handler(_Handler):
        state = faulty

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    faulty.endpoint_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield faulty
    finally:
        faulty.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
        for connection in tuple(faulty.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    state: Faulty
    protocol_version = "HTTP/1.1"
    mode = Mode.WELL

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def handle(self) -> None:
        self.state.connections.add(self.connection)
        with suppress(OSError, ValueError):
            super().handle()
        self.state.connections.discard(self.connection)

    def do_PUT(self) -> None:
        if self._begin():
            self._put()

    def do_GET(self) -> None:
        if self._begin():
            self._list() if "list-type" in self.query else self._get(with_body=True)

    def do_HEAD(self) -> None:
        if self._begin():
            self._get(with_body=False)

    def do_DELETE(self) -> None:
        if self._begin():
            self.state.objects.pop(self.key, None)
            self._send(204, b"")

    def _begin(self) -> bool:
        """Read the request, and misbehave where that needs no more; whether to go on."""
        url = urlsplit(self.path)
        self.key, self.query = unquote(url.path), parse_qs(url.query, keep_blank_values=True)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.mode = self.state.next_mode(f"{self.command} {self.key.rpartition('/')[2]}")
        match self.mode:
            case Mode.BLACK_HOLE:
                self.state.over.wait()
                self._hang_up()
            case Mode.GARBAGE:
                self.wfile.write(b"220 smtp.example.org ESMTP\r\n")
                self._hang_up()
            case Mode.HANG_UP:
                self._hang_up()
            case Mode.DRIP_HEADERS:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000)
            case Mode.LYING:
                self._send(200, HTML, {"Content-Type": "text/html; charset=utf-8"})
            case mode if mode in _ERRORS:
                self._error(*_ERRORS[mode])
            case _:
                return True
        return False

    def _put(self) -> None:
        creates = self.headers.get("If-None-Match") == "*" and self.mode is not Mode.NO_CONDITIONS
        if creates and self.mode is Mode.UNKNOWN_CONDITIONS:
            return self._error(501, "NotImplemented")
        if self.mode is Mode.CONFLICT:
            return self._error(409, "ConditionalRequestConflict")
        if creates and self.key in self.state.objects:
            return self._error(412, "PreconditionFailed")
        self.state.objects[self.key] = self.body
        if self.mode is Mode.ANSWER_LOST:
            return self._hang_up()
        headers = {} if self.mode is Mode.NO_ETAG else {"ETag": _etag(self.body)}
        if self.mode is Mode.WRONG_CHECKSUM:
            headers["x-amz-checksum-sha256"] = "A" * 43 + "="
        return self._send(200, b"", headers)

    def _get(self, *, with_body: bool) -> None:
        data = self.state.objects.get(self.key)
        if data is None:
            return self._error(404, "NoSuchKey")
        headers = {"ETag": _etag(data), "Last-Modified": formatdate(usegmt=True)}
        status = 200
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if wanted and self.mode is not Mode.NO_RANGES:
            first, _, last = wanted.partition("-")
            status, size = 206, len(data)
            if int(first) >= size:
                return self._error(416, "InvalidRange")
            data = data[int(first) : int(last or size) + 1]
            headers["Content-Range"] = f"bytes {first}-{int(first) + len(data) - 1}/{size}"
        if self.mode is Mode.NO_ETAG:
            del headers["ETag"]
        return self._send(status, data, headers, with_body=with_body)

    def _list(self) -> None:
        bucket, prefix = self.key.rstrip("/"), self.query.get("prefix", [""])[0]
        start = f"{bucket}/"
        items = "".join(
            f"<Contents><Key>{escape(key.removeprefix(start))}</Key><Size>{len(data)}</Size>"
            f"<ETag>{_etag(data)}</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            "</Contents>"
            for key, data in sorted(self.state.objects.items())
            if key.startswith(start + prefix)
        )
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>"
        self._send(200, text.encode(), {"Content-Type": "application/xml"})

    def _error(self, status: int, code: str) -> None:
        text = f"<Error><Code>{code}</Code><Message>Because of\n{code}.</Message></Error>"
        self._send(status, text.encode(), {"Content-Type": "application/xml"})

    def _send(
        self,
        status: int,
        data: bytes,
        headers: dict[str, str] | None = None,
        *,
        with_body: bool = True,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body and self.command != "HEAD":
            self._send_body(data)

    def _send_body(self, data: bytes) -> None:
        dripping = self.mode is Mode.DRIP_BODY or (
            self.mode is Mode.DRIP_LIST and "list-type" in self.query
        )
        if dripping:
            self._drip(data)
        elif self.mode is Mode.STALL:
            self.wfile.write(data[: len(data) // 2])
            self.state.over.wait()
            self._hang_up()
        elif self.mode is Mode.CUT:
            self.wfile.write(data[: len(data) // 2])
            self._hang_up()
        else:
            self.wfile.write(data)

    def _drip(self, data: bytes) -> None:
        """Never so slow that a timeout between two bytes would see it."""
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.state.over.wait(0.02):
                break
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


def _etag(data: bytes) -> str:
    return f'"{md5(data, usedforsecurity=False).hexdigest()}"'
