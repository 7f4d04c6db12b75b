"""A stand-in for Parameter Store and Secrets Manager that counts, denies, fails or says nothing."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Mapping[str, object]]
"""An HTTP status and a JSON object."""


def denied(action: str) -> Answer:
    """What IAM says."""
    message = f"User: arn:aws:iam::1:user/u is not authorized to perform: {action}"
    return 400, {"__type": "AccessDeniedException", "message": message}


@dataclass(slots=True)
class Stub:
    """What the server knows and what it was asked: (`GetParameters`, its JSON)."""

    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    denies: set[str] = field(default_factory=set)
    fails: Callable[[str], Answer | None] = lambda _: None
    silent: threading.Event | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    endpoint_url: str = ""

    def answer(self, action: str, wanted: dict[str, Any]) -> Answer:
        """The answer to a request."""
        self.asked.append((action, wanted))
        if self.silent is not None:
            self.silent.wait()
        failure = self.fails(action)
        if failure is not None:
            return failure
        if action == "GetParameters":
            return self._parameters(wanted["Names"])
        return self._secret(wanted["SecretId"])

    def _parameters(self, names: list[str]) -> Answer:
        if self.denies & set(names):
            return denied("ssm:GetParameters")
        found = [n for n in names if n in self.parameters]
        return 200, {
            "Parameters": [{"Name": n, "Value": self.parameters[n], "Version": 1} for n in found],
            "InvalidParameters": [n for n in names if n not in self.parameters],
        }

    def _secret(self, name: str) -> Answer:
        if name in self.denies:
            return denied(f"secretsmanager:GetSecretValue on resource: {name}")
        if name not in self.secrets:
            message = "Secrets Manager can't find the specified secret."
            return 400, {"__type": "ResourceNotFoundException", "message": message}
        return 200, {"Name": name, "SecretString": self.secrets[name]}


@contextmanager
def aws_stub() -> Iterator[Stub]:
    """The server while the block runs."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            action = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = stub.answer(action, json.loads(body))
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.endpoint_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        if stub.silent is not None:
            stub.silent.set()
        server.shutdown()
        server.server_close()
        thread.join()
