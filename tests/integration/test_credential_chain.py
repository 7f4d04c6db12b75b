"""Profiles of every kind: secrets are fetched with their credentials, and a build may have them."""

import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.builds import Ended, run, spec
from tests.s3.parameters import REGION, put_parameter
from tests.s3.servers import Server

pytestmark = pytest.mark.docker

START_URL = "https://team.example.com/start"
SIGNED_IN = "token-of-the-sign-in"
KEYS = {"AccessKeyId": "ASIAIOSFODNN7FOREIGN", "SecretAccessKey": "foreign/secret/key"}
AFTER = "env:\n  parameter-store: {V: /chain/v}\n"
SHOW = ('echo "$V" | rev', 'echo "$AWS_ACCESS_KEY_ID" | rev')
"""Backwards, a value is not masked."""


def put_home(place: Path, endpoint_url: str) -> None:
    """A home whose AWS configuration has a profile of each kind."""
    answer = {"Version": 1, **KEYS, "SessionToken": "t", "Expiration": _later().isoformat()}
    (place / "answer.json").write_text(json.dumps(answer))
    code = f"print(open({str(place / 'answer.json')!r}).read())"
    (place / "config").write_text(f"""\
[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = base/secret/key
[profile role]
role_arn = arn:aws:iam::123456789012:role/builds
source_profile = base
[profile process]
credential_process = {sys.executable} -c "{code}"
[profile sso]
sso_start_url = {START_URL}
sso_region = {REGION}
sso_account_id = 123456789012
sso_role_name = builds
""")
    signed = {
        "startUrl": START_URL,
        "region": REGION,
        "accessToken": SIGNED_IN,
        "expiresAt": _later().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    cached = place / ".aws/sso/cache" / f"{hashlib.sha1(START_URL.encode()).hexdigest()}.json"
    cached.parent.mkdir(parents=True)
    cached.write_text(json.dumps(signed))


@contextmanager
def sign_in() -> Iterator[str]:
    """The service that gives a role's keys to those who have signed in; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            token = self.headers["x-amz-sso_bearer_token"]
            right = (asked["role_name"], asked["account_id"]) == (["builds"], ["123456789012"])
            is_known = right and token == SIGNED_IN
            data = json.dumps(_role() if is_known else {"message": "no such session"}).encode()
            self.send_response(200 if is_known else 401)
            if not is_known:
                self.send_header("x-amzn-ErrorType", "UnauthorizedException")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _role() -> object:
    expires = int(_later().timestamp() * 1000)
    keys = {"accessKeyId": KEYS["AccessKeyId"], "secretAccessKey": KEYS["SecretAccessKey"]}
    return {"roleCredentials": {**keys, "sessionToken": "t", "expiration": expires}}


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(hours=2)


@pytest.fixture
def build(moto_server: Server, tmp_path: Path) -> Path:
    """A project that needs a parameter, beside a home with profiles."""
    put_parameter(moto_server, "/chain/v", "value-of-the-chain")
    put_home(tmp_path, moto_server.endpoint_url)
    source = tmp_path / "chained"
    source.mkdir()
    (source / "buildspec.yml").write_text(spec(*SHOW, after=AFTER))
    return source


def run_as(source: Path, profile: str, server: Server, sso_url: str) -> Ended:
    """Build with a profile; the build itself gets its keys, too."""
    home = source.parent
    env = {
        **{f"XDG_{kind}_HOME": str(home / "xdg") for kind in ("CONFIG", "STATE", "CACHE")},
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_ENDPOINT_URL_STS": server.endpoint_url,
        "AWS_ENDPOINT_URL_SSO": sso_url,
    }
    where = ("--endpoint-url", server.endpoint_url, "--region", REGION, "--cache", "off")
    return run(source, *where, "--profile", profile, "--aws-credentials", "env", env=env)


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        ("base", "AKIAIOSFODNN7EXAMPLE"),
        ("role", "ASIA"),
        ("process", KEYS["AccessKeyId"]),
        ("sso", KEYS["AccessKeyId"]),
    ],
)
def test_a_profile_fetches(build: Path, moto_server: Server, profile: str, key: str) -> None:
    with sign_in() as sso_url:
        ended = run_as(build, profile, moto_server, sso_url)
    assert (ended.code, ended.stderr.count("error:")) == (0, 0), ended.stderr
    told = [line for line in ended.stdout.splitlines() if line and "[Container]" not in line]
    value, had = (line[::-1] for line in told[-2:])
    assert value == "value-of-the-chain"
    assert had.startswith(key)


def test_a_sign_in_that_is_over_is_told_with_the_next_step(
    build: Path, moto_server: Server
) -> None:
    for cached in (build.parent / ".aws/sso/cache").iterdir():
        cached.unlink()
    with sign_in() as sso_url:
        ended = run_as(build, "sso", moto_server, sso_url)
    assert ended.code == 5
    assert "hint: aws sso login --profile sso" in ended.stderr
    assert "Traceback" not in ended.stderr
