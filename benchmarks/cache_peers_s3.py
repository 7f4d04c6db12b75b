"""The ways of others behind an S3 endpoint: the whole archive, then its transfer, one by one.

As actions/cache does it: up in parts of 32 MiB, 4 at once; down in ranges of 4 MiB, 8 at once, into
a file that is unpacked when it is there. Plain HTTP, path-style, no signatures: the endpoint is a
server on loopback that is as slow as a real one.
"""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from urllib3 import HTTPConnectionPool, connection_from_url
from urllib3.util import parse_url

from benchmarks.cache_peers import Peer

PART_BYTES, PARTS_AT_ONCE = 32 << 20, 4
RANGE_BYTES, RANGES_AT_ONCE = 4 << 20, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Seconds of the two steps, and the bytes that went over the wire."""

    archive_s: float
    transfer_s: float
    size_bytes: int

    @property
    def seconds(self) -> float:
        """Until the user can go on."""
        return self.archive_s + self.transfer_s


def save_staged(peer: Peer, tree: Path, archive: Path, url: str) -> Staged:
    """Pack, then upload. `url`: `http://host:port/bucket/key`."""
    packed = peer.save(tree, archive)
    began = time.perf_counter()
    upload(archive, url)
    transferred = time.perf_counter() - began
    size = archive.stat().st_size
    return Staged(archive_s=packed, transfer_s=transferred, size_bytes=size)


def restore_staged(peer: Peer, url: str, archive: Path, target: Path) -> Staged:
    """Download, then unpack into an existing `target`."""
    began = time.perf_counter()
    size = download(url, archive)
    transferred = time.perf_counter() - began
    unpacked = peer.restore(archive, target)
    return Staged(archive_s=unpacked, transfer_s=transferred, size_bytes=size)


def upload(archive: Path, url: str) -> None:
    """A multipart upload. Raises SystemExit where the server refuses."""
    with connection_from_url(url, maxsize=PARTS_AT_ONCE) as pool:
        path = parse_url(url).request_uri
        answer = _ask(pool, "POST", f"{path}?uploads")
        found = re.search(rb"<UploadId>([^<]+)</UploadId>", answer)
        if found is None:
            raise SystemExit(f"no UploadId in what {url} answered")
        query = f"{path}?uploadId={found[1].decode()}"
        offsets = range(0, max(1, archive.stat().st_size), PART_BYTES)
        with ThreadPoolExecutor(PARTS_AT_ONCE) as threads:
            parts = threads.map(
                lambda at: _upload_part(
                    pool, f"{query}&partNumber={1 + at // PART_BYTES}", archive, at
                ),
                offsets,
            )
            listed = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
                for number, tag in enumerate(parts, 1)
            )
        document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
        _ask(pool, "POST", query, document.encode())


def _upload_part(pool: HTTPConnectionPool, path: str, archive: Path, offset: int) -> str:
    """The part's tag."""
    with archive.open("rb") as file:
        data = os.pread(file.fileno(), PART_BYTES, offset)
    answer = pool.request("PUT", path, body=data)
    if answer.status != 200:
        raise SystemExit(f"PUT {path}: {answer.status}")
    return answer.headers["ETag"]


def download(url: str, archive: Path) -> int:
    """Its bytes, by ranges. Raises SystemExit where the server refuses."""
    with connection_from_url(url, maxsize=RANGES_AT_ONCE) as pool:
        path = parse_url(url).request_uri
        answer = pool.request("HEAD", path)
        if answer.status != 200:
            raise SystemExit(f"HEAD {url}: {answer.status}")
        size = int(answer.headers["Content-Length"])
        with archive.open("wb") as file, ThreadPoolExecutor(RANGES_AT_ONCE) as threads:
            file.truncate(size)
            done = threads.map(
                lambda at: os.pwrite(file.fileno(), _range(pool, path, at, size), at),
                range(0, size, RANGE_BYTES),
            )
            if sum(done) != size:
                raise SystemExit(f"{url} came in pieces")
    return size


def _range(pool: HTTPConnectionPool, path: str, offset: int, size: int) -> bytes:
    last = min(size, offset + RANGE_BYTES) - 1
    answer = pool.request("GET", path, headers={"Range": f"bytes={offset}-{last}"})
    if answer.status != 206:
        raise SystemExit(f"GET {path}: {answer.status}")
    return answer.data


def _ask(pool: HTTPConnectionPool, method: str, path: str, body: bytes = b"") -> bytes:
    answer = pool.request(method, path, body=body)
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {answer.status}")
    return answer.data
