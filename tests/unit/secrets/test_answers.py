"""The protocol of container credentials, without a socket."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from localbuild.secrets.answers import PATH, answer_request, credentials_answer, failure
from localbuild.secrets.chain import Keys

TOKEN = "the-token"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYS = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a/secret", token="session")


def request(method: str = "GET", path: str = PATH, token: str = TOKEN, name: str = "") -> bytes:
    header = f"{name or 'Authorization'}: {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()


def answer(head: bytes) -> tuple[int, dict[str, str]]:
    """The status, and the document that the body is."""
    whole = answer_request(head, TOKEN, lambda: credentials_answer(KEYS, NOW))
    said, _, body = whole.partition(b"\r\n\r\n")
    status, *headers = said.decode().split("\r\n")
    assert f"Content-Length: {len(body)}" in headers
    assert "Connection: close" in headers
    return int(status.split(" ")[1]), json.loads(body)


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_who_has_the_token_gets_the_keys(name: str) -> None:
    assert answer(request(name=name)) == (
        200,
        {
            "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": "a/secret",
            "Token": "session",
            "Expiration": "2026-01-02T04:04:05Z",
        },
    )


@pytest.mark.parametrize("token", ["", "the-toke", "the-token2", "Bearer the-token", "é"])
def test_nobody_else_does(token: str) -> None:
    status, document = answer(request(token=token))
    assert (status, document["code"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (request(path="/"), 404),
        (request(path=f"{PATH}/x"), 404),
        (request(method="POST"), 405),
        (request(path="/", token="x"), 401),
        (b"", 401),
        (b"\xff\xfe\r\n\r\n", 401),
        (b"GET\r\nAuthorization: the-token\r\n\r\n", 404),
    ],
)
def test_other_requests_are_refused(head: bytes, status: int) -> None:
    assert answer(head)[0] == status


def test_an_end_is_told_in_utc() -> None:
    zone = timezone(timedelta(hours=2))
    end = datetime(2026, 1, 1, 1, tzinfo=zone)
    keys = Keys(access_key_id="a", secret_access_key="b", expires=end)
    body = credentials_answer(keys, NOW).partition(b"\r\n\r\n")[2]
    assert json.loads(body)["Expiration"] == "2025-12-31T23:00:00Z"
    assert json.loads(body)["Token"] == ""


def test_a_failure_has_a_message() -> None:
    head, _, body = failure(500, "Code", "why").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert json.loads(body) == {"code": "Code", "message": "why"}
