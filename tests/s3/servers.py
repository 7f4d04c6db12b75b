"""S3 servers on loopback for the suite: they live in a `with` block and leave nothing behind."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from localbuild.cache.stores.pace import Limits
from localbuild.cache.stores.s3 import S3Store
from localbuild.cache.stores.s3_client import S3Place

BUCKET = "cache-of-tests"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "access", "AWS_SECRET_ACCESS_KEY": "secretsecret"}
PATIENCE_S = 30.0


class NotStartedError(Exception):
    """A server is not to be had; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs and has the bucket BUCKET."""

    endpoint_url: str

    def store(self, prefix: str = "some/prefix", limits: Limits | None = None) -> S3Store:
        """A store on it."""
        return S3Store(
            S3Place(
                bucket=BUCKET,
                prefix=prefix,
                region="us-east-1",
                endpoint_url=self.endpoint_url,
                limits=limits or Limits(),
            )
        )


@contextmanager
def aws_environment() -> Iterator[None]:
    """Credentials for the servers of the suite, and nobody's own profile or configuration."""
    before = dict(os.environ)
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        CREDENTIALS,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def moto() -> Iterator[Server]:
    """The mock of Amazon's services, in a process of its own."""
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, port, {}) as server:
        yield server


@contextmanager
def seaweed() -> Iterator[Server]:
    """A real object store: it checks signatures and digests, and keeps conditions."""
    kinds = ("master", "volume", "filer", "s3", "admin")
    names = [f"-{kind}.port{end}" for kind in kinds for end in ("", ".grpc")]
    names += ["-s3.port.iceberg", "-s3.port.lance", "-s3.port.https", "-volume.port.public"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    ports["-s3.port.https"] = 0
    port = ports["-s3.port"]
    with tempfile.TemporaryDirectory(prefix="seaweed-", ignore_cleanup_errors=True) as place:
        command = [
            _program("weed"),
            "mini",
            f"-dir={place}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-admin.ui=false",
            "-webdav=false",
            "-master.telemetry=false",
            f"-filer.localSocket={place}/filer.sock",
            f"-s3.localSocket={place}/s3.sock",
            *(f"{name}={port}" for name, port in ports.items()),
        ]
        own = {**CREDENTIALS, "HOME": place, "TMPDIR": place}
        with _running(command, port, own, place) as server:
            yield server


@contextmanager
def rclone() -> Iterator[Server]:
    """A server that looks at no condition: every creator wins."""
    port = free_ports(1)[0]
    with tempfile.TemporaryDirectory(prefix="rclone-", ignore_cleanup_errors=True) as place:
        keys = ",".join(CREDENTIALS.values())
        command = [_program("rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}"]
        command += ["--auth-key", keys, "--config", "", "--vfs-cache-mode", "off", place]
        with _running(command, port, {"HOME": place}) as server:
            yield server


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on; low ones, for no connection begins there."""
    found: list[int] = []
    with ExitStack() as held:
        for port in range(20_000 + os.getpid() % 8_000, 32_000):
            listener = held.enter_context(socket.socket())
            with suppress(OSError):
                listener.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise NotStartedError("no ports are free")


def _program(name: str) -> str:
    """A program of the virtual environment, or of the PATH."""
    own = Path(sys.executable).with_name(name)
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise NotStartedError(f"{name} is not installed")
    return found


@contextmanager
def _running(
    command: list[str], port: int, variables: dict[str, str], cwd: str | None = None
) -> Iterator[Server]:
    """The server while it runs; it dies with this process, however that ends."""
    dies_with_us = shutil.which("setpriv")
    if dies_with_us:
        command = [dies_with_us, "--pdeathsig", "KILL", *command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **variables},
            cwd=cwd,
        )
        try:
            server = Server(endpoint_url=f"http://127.0.0.1:{port}")
            try:
                _wait_until_it_answers(process, server)
                _make_bucket(server)
            except NotStartedError as error:
                log.seek(0)
                said = log.read()[-2_000:].decode(errors="replace")
                raise NotStartedError(f"{error}\n{said}") from error
            yield server
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotStartedError(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(server.endpoint_url, timeout=2).close()
            return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise NotStartedError(f"{process.args!r} does not answer")


def _make_bucket(server: Server) -> None:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    deadline = time.monotonic() + PATIENCE_S
    client = boto3.client("s3", endpoint_url=server.endpoint_url, region_name="us-east-1")
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"x")
            client.close()
            return
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > deadline:
                raise NotStartedError(f"no bucket can be made: {error}") from error
            time.sleep(0.1)
