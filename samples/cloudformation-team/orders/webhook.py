"""What other services are told of an order, signed so that they can trust it."""

import hmac
import json
import os


def message(number: int, customer: str) -> tuple[bytes, str]:
    """A message's body, and the signature that goes into its header."""
    body = json.dumps({"order": number, "customer": customer}, sort_keys=True).encode()
    return body, sign(body, os.environ["WEBHOOK_KEY"])


def sign(body: bytes, key: str) -> str:
    """The signature of a body."""
    return f"sha256={hmac.digest(key.encode(), body, 'sha256').hex()}"


def is_ours(body: bytes, signature: str, key: str) -> bool:
    """Whether whoever has the key has signed the body."""
    return hmac.compare_digest(sign(body, key), signature)
