"""The forms in which a secret may be printed: itself, its lines, and what encoders make of them.

Source: GitHub's runner, which masks base64 in three alignments, JSON, URL and shell forms, and
a value of several lines line by line. Pure.
"""

import json
import re
import shlex
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

SHORTEST = 4
"""Characters, without blanks at the ends: of a log without all `no` or `1`, nothing is left."""

SHORTEST_LINE = 6
"""Characters of a line of a longer value: below it are `{`, `true,` and the like."""

_WRAPPED = (76, 64)
"""Columns at which `base64` and `openssl base64` break their lines."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_IN_DOUBLE_QUOTES = re.compile(r'(["$\\`])')
_SPECIAL = re.compile(r"""([ \t"'\\|&;()<>!{}*\[\]?^$`#~])""")
_SPECIAL_AND_COMMA = re.compile(r"""([ \t"'\\|&;()<>!{}*\[\]?^$`#~,])""")


def forms_of(value: str) -> frozenset[bytes]:
    """All forms of a value, of at least SHORTEST bytes each; none where it is too short."""
    core = value.strip()
    if len(core) < SHORTEST:
        return frozenset()
    forms = {*_forms(core), *_base64(encode_text(value))}
    lines = [line.strip() for line in core.splitlines()]
    if len(lines) > 1:
        for line in lines:
            if len(line) >= SHORTEST_LINE:
                forms.update(_forms(line))
    return frozenset(form for form in forms if len(form) >= SHORTEST)


def encode_text(text: str) -> bytes:
    """UTF-8; bytes that came in as surrogates go out as they were, other surrogates as escapes."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _forms(text: str) -> Iterator[bytes]:
    data = encode_text(text)
    yield data
    yield from _base64(data)
    for written in (*_percent(data), *_json(text), *_shell(text), *_python(text, data)):
        yield encode_text(written)


def _base64(data: bytes) -> Iterator[bytes]:
    """In three alignments, without the characters that also depend on what stands around it.

    Where the value is encoded alone, or with the newline that `echo` adds, the last ones too.
    """
    whole = [b64encode(data).rstrip(b"="), b64encode(data + b"\n").rstrip(b"=")]
    for form in (*whole, *(_aligned(data, before) for before in range(3))):
        yield form
        yield form.translate(_URL_SAFE)
    for form in whole:
        for columns in _WRAPPED:
            if len(form) > columns:
                yield from (form[at : at + columns] for at in range(0, len(form), columns))


def _aligned(data: bytes, before: int) -> bytes:
    """Base64 of the data after so many other bytes: what the data alone decides."""
    first = -(-before * 8 // 6)
    last = (before + len(data)) * 8 // 6
    return b64encode(bytes(before) + data)[first:last]


def _percent(data: bytes) -> Iterator[str]:
    """As Python, JavaScript's encodeURIComponent, and forms write it, in capitals and not."""
    for written in (
        quote_from_bytes(data, safe=""),
        quote_from_bytes(data, safe="/"),
        quote_from_bytes(data, safe="!'()*"),
        quote_from_bytes(data, safe=" ").replace(" ", "+"),
    ):
        yield written
        yield _PERCENT.sub(lambda found: found[0].lower(), written)


def _json(text: str) -> Iterator[str]:
    """Within quotes: as it is, in ASCII, with `/` escaped (PHP), and safe in HTML (Go)."""
    for ascii_only in (False, True):
        written = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield written
        yield written.replace("/", "\\/")
        yield written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shell(text: str) -> Iterator[str]:
    """Within single quotes, as dash and as bash trace it; within double ones; after `\\`."""
    yield shlex.quote(f"{text} ")[1:-2]
    yield text.replace("'", "'\\''")
    yield _IN_DOUBLE_QUOTES.sub(r"\\\1", text)
    yield _SPECIAL.sub(r"\\\1", text)
    yield _SPECIAL_AND_COMMA.sub(r"\\\1", text)


def _python(text: str, data: bytes) -> Iterator[str]:
    """Within the quotes of a repr, as tracebacks have it; `$'…'` of a shell looks the same."""
    yield repr(text)[1:-1]
    yield repr(f"'\"{text}")[4:-1]
    yield repr(data)[2:-1]
