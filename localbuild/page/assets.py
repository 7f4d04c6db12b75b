"""The page's style and script: files of this package, put into the page itself. Pure."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def read_asset(name: str) -> str:
    """A file of this folder."""
    return files("localbuild.page").joinpath(name).read_text(encoding="utf-8")


def csp_hash(text: str) -> str:
    """What a content security policy calls a text that is put into the page.

    Source: Content Security Policy Level 3, hash-source.
    """
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
