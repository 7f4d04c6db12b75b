"""The protocol of container credentials: an HTTP request's head in, a whole response out."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from localbuild.secrets.chain import Keys

PATH = "/credentials"
_REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}
_LASTING = timedelta(hours=1)
"""After that time an SDK asks again for keys that have no end of their own."""


def answer_request(head: bytes, token: str, credentials: Callable[[], bytes]) -> bytes:
    """What `credentials` says for who has the token, else a refusal in the same shape."""
    request, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = request.partition(" ")
    headers = {n.strip().lower(): v.strip() for n, _, v in (x.partition(":") for x in lines)}
    given = headers.get("authorization", "")
    if not hmac.compare_digest(given.encode("latin-1"), token.encode()):
        return failure(401, "Unauthorized", "AWS_CONTAINER_AUTHORIZATION_TOKEN is another one")
    if rest.split(" ")[0] != PATH:
        return failure(404, "NotFound", f"there is only {PATH}")
    if method != "GET":
        return failure(405, "MethodNotAllowed", "there is only GET")
    return credentials()


def credentials_answer(keys: Keys, now: datetime) -> bytes:
    """The keys. SDKs want a token and an end: '' and an hour for keys that have neither."""
    expires = (keys.expires or now + _LASTING).astimezone(UTC)
    return _response(
        200,
        {
            "AccessKeyId": keys.access_key_id,
            "SecretAccessKey": keys.secret_access_key,
            "Token": keys.token,
            "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        },
    )


def failure(status: int, code: str, message: str) -> bytes:
    """A refusal: SDKs show its message."""
    return _response(status, {"code": code, "message": message})


def _response(status: int, document: dict[str, str]) -> bytes:
    body = json.dumps(document).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Internal Server Error')}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
