"""What a cache and its peers speak of the S3 protocol: objects, ranges, conditions, parts."""

import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from benchmarks.shaped_link import QUANTUM_BYTES, Lane, Link, Shape

COUNTS = "/-counts"
Data = bytes | bytearray


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object. The tag is a number, for a hash would cost more than all else."""

    data: Data
    tag: str
    time_s: float


@dataclass(kw_only=True)
class Shared:
    """What all connections share. `uploads` have their parts by number."""

    shape: Shape
    up: Link
    down: Link
    things: dict[str, Thing] = field(default_factory=dict)
    uploads: dict[str, dict[int, Thing]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: "count[int]" = field(default_factory=count)

    def add(self, name: str, number: int) -> None:
        """Count something."""
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + number

    def thing(self, data: Data, parts: int = 0) -> Thing:
        """A new object, not yet under a name."""
        tag = f'"{next(self.numbers):032x}{f"-{parts}" if parts else ""}"'
        return Thing(data=data, tag=tag, time_s=time.time())


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    shared: Shared
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.up = Lane(self.shared.up, self.shared.shape.connection)
        self.down = Lane(self.shared.down, self.shared.shape.connection)

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def do_PUT(self) -> None:
        self._begin()
        upload, source = self.query.get("uploadId"), self.headers.get("x-amz-copy-source")
        if source:
            self._copy(self.shared.things.get(f"/{unquote(source).lstrip('/')}"), upload)
        elif upload:
            self._put_part(upload, self.body)
        else:
            self._put(self.shared.thing(self.body))

    def do_GET(self) -> None:
        if self.path == COUNTS:
            self._counts()
            return
        self._begin()
        if "list-type" in self.query or "uploads" in self.query:
            self._list()
        else:
            self._get()

    def do_HEAD(self) -> None:
        self._begin()
        self._get()

    def do_DELETE(self) -> None:
        self._begin()
        if "uploadId" in self.query:
            self.shared.uploads.pop(self.query["uploadId"], None)
        else:
            self.shared.things.pop(self.key, None)
        self._send(204, {})

    def do_POST(self) -> None:
        self._begin()
        if "uploads" in self.query:
            upload = str(next(self.shared.numbers))
            self.shared.uploads[upload] = {}
            self._xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
        else:
            self._complete(self.query["uploadId"])

    # --- what they do -------------------------------------------------------------------------

    def _begin(self) -> None:
        """Read the request at the link's pace, and wait for as long as an answer takes to begin."""
        url = urlsplit(self.path)
        self.key = unquote(url.path)
        query = parse_qs(url.query, keep_blank_values=True)
        self.query = {name: values[0] for name, values in query.items()}
        self.body = bytearray(int(self.headers.get("Content-Length") or 0))
        view = memoryview(self.body)
        for at in range(0, len(view), QUANTUM_BYTES):
            piece = view[at : at + QUANTUM_BYTES]
            if self.rfile.readinto(piece) != len(piece):
                raise ConnectionAbortedError
            self.up.move(len(piece))
        self.shared.add("reads" if self.command in ("GET", "HEAD") else "writes", 1)
        self.shared.add("received_bytes", len(view))
        time.sleep(self.shared.shape.first_byte_s)

    def _put(self, thing: Thing) -> None:
        """Give an object its name, unless the condition forbids it."""
        with self.shared.lock:
            lost = self.headers.get("If-None-Match") == "*" and self.key in self.shared.things
            if not lost:
                self.shared.things[self.key] = thing
                self.shared.names.append(self.key)
        if lost:
            self._error(412, "PreconditionFailed")
        elif self.command == "POST":
            self._xml("CompleteMultipartUploadResult", f"<ETag>{escape(thing.tag)}</ETag>")
        else:
            self._send(200, {"ETag": thing.tag})

    def _put_part(self, upload: str, data: Data) -> Thing:
        part = self.shared.thing(data)
        self.shared.uploads[upload][int(self.query["partNumber"])] = part
        if not self.headers.get("x-amz-copy-source"):
            self._send(200, {"ETag": part.tag})
        return part

    def _complete(self, upload: str) -> None:
        parts = self.shared.uploads.pop(upload)
        listed = [int(n) for n in re.findall(rb"<PartNumber>(\d+)</PartNumber>", self.body)]
        data = b"".join(parts[number].data for number in listed)
        self._put(self.shared.thing(data, len(listed)))

    def _copy(self, source: Thing | None, upload: str | None) -> None:
        if source is None:
            self._error(404, "NoSuchKey")
            return
        wanted = self.headers.get("x-amz-copy-source-if-match")
        if wanted and wanted != source.tag:
            self._error(412, "PreconditionFailed")
            return
        if upload:
            made, kind = self._put_part(upload, source.data), "CopyPartResult"
        else:
            made, kind = self.shared.thing(source.data), "CopyObjectResult"
            self.shared.things[self.key] = made
        self._xml(kind, f"<ETag>{escape(made.tag)}</ETag>")

    def _get(self) -> None:
        thing = self.shared.things.get(self.key)
        if thing is None:
            self._error(404, "NoSuchKey")
            return
        headers = {"ETag": thing.tag, "Last-Modified": formatdate(thing.time_s, usegmt=True)}
        data, status = memoryview(thing.data), 200
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if found:
            first, size = int(found[1]), len(data)
            data, status = data[first : int(found[2] or size) + 1], 206
            headers["Content-Range"] = f"bytes {first}-{first + len(data) - 1}/{size}"
        if found and not data:
            self._error(416, "InvalidRange")
            return
        self._send(status, headers, data)

    def _list(self) -> None:
        if "uploads" in self.query:
            self._xml("ListMultipartUploadsResult", "")
            return
        start = f"{self.key.rstrip('/')}/"
        found = sorted(self.shared.things.items())
        items = "".join(
            f"<Contents><Key>{escape(key.removeprefix(start))}</Key><Size>{len(thing.data)}</Size>"
            f"<ETag>{escape(thing.tag)}</ETag><LastModified>{_iso(thing.time_s)}</LastModified>"
            "</Contents>"
            for key, thing in found
            if key.startswith(start + self.query.get("prefix", ""))
        )
        self._xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{items}")

    def _counts(self) -> None:
        """What was asked since the last time; off the link."""
        with self.shared.lock:
            found = {**self.shared.counts, "names": list(self.shared.names)}
            self.shared.counts.clear()
            self.shared.names.clear()
        data = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # --- answers ------------------------------------------------------------------------------

    def _error(self, status: int, code: str) -> None:
        text = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
        self._send(status, {"Content-Type": "application/xml"}, memoryview(text.encode()))

    def _xml(self, name: str, text: str) -> None:
        data = memoryview(f"<{name}>{text}</{name}>".encode())
        self._send(200, {"Content-Type": "application/xml"}, data)

    def _send(
        self, status: int, headers: Mapping[str, str], body: memoryview | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if body else 0))
        self.end_headers()
        if body is None or self.command == "HEAD":
            return
        for at in range(0, len(body), QUANTUM_BYTES):
            piece = body[at : at + QUANTUM_BYTES]
            self.down.move(len(piece))
            self.connection.sendall(piece)
        self.shared.add("sent_bytes", len(body))


def _iso(time_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time_s))
