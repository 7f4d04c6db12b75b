"""What a secret's text holds: a JSON key's value, and whether a variable can hold it. Pure."""

import json
from typing import Any


def value_of(text: str, json_key: str) -> str:
    """The value of a key, or the whole text for ''. Raises ValueError, whose text shows no value.

    Numbers come out as they are written; true, false, null and what has parts come out as JSON.
    """
    if json_key:
        text = _under(json_key, text)
    if "\0" in text:
        raise ValueError("the value holds a NUL character, which no variable can")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("the value holds half a surrogate pair, which is no text") from None
    return text


def _under(key: str, text: str) -> str:
    found = _parsed(text, parse_int=str, parse_float=str)
    if key not in found:
        raise ValueError(f"the secret has no key '{key}'")
    if isinstance(found[key], str):
        return str(found[key])
    return json.dumps(_parsed(text)[key], ensure_ascii=False)


def _parsed(text: str, **hooks: Any) -> dict[str, Any]:
    try:
        found = json.loads(text, **hooks)
    except (ValueError, RecursionError):
        raise ValueError("the secret is no JSON, so it has no keys") from None
    if not isinstance(found, dict):
        raise ValueError("the secret is no JSON object, so it has no keys")
    return found
