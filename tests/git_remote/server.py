"""Git over HTTP on loopback: git's own backend behind a small server, with a password."""

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.git_remote.repositories import OWN

USER, PASSWORD = "robot", "p4ss-w0rd-of-the-robot"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitServer:
    """A server of all repositories below a folder. `held`: a path for each answer that waits."""

    port: int
    held: list[str] = field(default_factory=list)

    def url(self, path: str, user: str = "", password: str = "") -> str:
        """The URL of a repository, with credentials if there are any."""
        userinfo = ":".join(filter(None, (user, password)))
        return f"http://{userinfo}{'@' if userinfo else ''}127.0.0.1:{self.port}/{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is none of ours."""


@contextmanager
def serve(
    root: Path, *, private: bool = False, hang: threading.Event | None = None
) -> Iterator[GitServer]:
    """Serve. `private`: only for USER with PASSWORD. `hang`: answers wait until it is set."""
    held: list[str] = []
    server = _Server(("127.0.0.1", 0), _handler(root, held, private, hang))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield GitServer(port=server.server_address[1], held=held)
    finally:
        if hang is not None:
            hang.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    root: Path, held: list[str], private: bool, hang: threading.Event | None
) -> type[BaseHTTPRequestHandler]:
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _serve(self, body: bytes) -> None:
            if hang is not None:
                held.append(self.path)
                hang.wait()
            if private and self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            _send(self, _ask_backend(root, self, body))

    return Handler


def _send(request: BaseHTTPRequestHandler, answer: bytes) -> None:
    """Send what a CGI program has answered."""
    head, _, data = answer.partition(b"\r\n\r\n")
    headers = [line.partition(": ")[::2] for line in head.decode().split("\r\n")]
    request.send_response(next((int(v.split()[0]) for k, v in headers if k == "Status"), 200))
    for key, value in headers:
        if key not in ("", "Status"):
            request.send_header(key, value)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def _ask_backend(root: Path, request: BaseHTTPRequestHandler, body: bytes) -> bytes:
    path, _, query = request.path.partition("?")
    program = shutil.which("git") or "git"
    environ = {
        **OWN,
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.command,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
    }
    done = subprocess.run(
        [program, "http-backend"], input=body, env=environ, capture_output=True, check=False
    )
    return done.stdout
