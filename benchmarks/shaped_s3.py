"""An S3 server in memory behind a shaped link, in a process of its own, for `with` blocks.

Plain HTTP, path-style; signatures and checksums are not looked at. As a module it serves until its
standard input ends: with whoever started it.
"""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer

from benchmarks.shaped_link import MBIT, Link, Shape
from benchmarks.shaped_requests import COUNTS, Handler, Shared

BUCKET = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was asked of the server since it was last looked at. `names` were written, in order."""

    reads: int = 0
    writes: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedS3:
    """A server that runs."""

    endpoint_url: str

    def take_counts(self) -> Counts:
        """What was asked since the last time."""
        with urllib.request.urlopen(self.endpoint_url + COUNTS) as answer:
            found = json.load(answer)
        return Counts(**{**found, "names": tuple(found["names"])})


@contextmanager
def shaped_s3(link_mbit: float) -> Iterator[ShapedS3]:
    """A server, empty at first, behind a link of so many Mbit/s in each direction."""
    command = [sys.executable, "-m", "benchmarks.shaped_s3", str(link_mbit)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield ShapedS3(endpoint_url=f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main(link_mbit: float) -> None:
    """Serve; the port is the first line of the output."""
    shape = Shape(link=link_mbit * MBIT)

    class Shaped(Handler):
        shared = Shared(shape=shape, up=Link(shape.link), down=Link(shape.link))

    server = _Server(("127.0.0.1", 0), Shaped)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main(float(sys.argv[1]))
