"""The encoding of an XML document, as far as real tools say something else than what it is. Pure.

Expat reads UTF-8, UTF-16, ISO-8859-1 and US-ASCII. .NET's tools name UTF-16 and write UTF-8; others
write `utf8`, or blank lines before the declaration. A few more encodings are turned into UTF-8.
"""

import re

from localbuild.reports.model import FormatError

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9._:\-]{1,40})")
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OF_EXPAT = {
    "utf-8": "utf-8",
    "us-ascii": "us-ascii",
    "ascii": "us-ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
}
_MEANT_UTF8 = ("utf8", "utf-16", "utf16", "utf-16le", "utf-16be", "unicode", "ucs-2")
_TURNED = re.compile(
    r"windows-125[0-8]|cp125[0-8]|cp437|cp85[02]|cp932|cp936|cp949|iso-8859-(?:[2-9]|1[013-6])"
    r"|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-jp|euc-kr|windows-31j|iso-2022-jp"
)


def with_known_encoding(data: bytes) -> tuple[bytes, str | None]:
    """The document from its first sign on, and its encoding; None: as the document says.

    Raises FormatError for an encoding that is not read.
    """
    if data.startswith(_UTF16):
        return data, None
    text = _without_blanks(data)
    found = _DECLARED.match(text)
    name = found[1].decode("ascii").lower() if found else "utf-8"
    if name in _OF_EXPAT:
        return text, _OF_EXPAT[name]
    if name in _MEANT_UTF8:
        return text, "utf-8"
    if _TURNED.fullmatch(name):
        codec = "cp932" if name == "windows-31j" else name
        return text.decode(codec, "replace").encode(), "utf-8"
    raise FormatError(f"line 1: the encoding {name} is not read")


def _without_blanks(data: bytes) -> bytes:
    """A byte order mark and blanks before a declaration are no part of it."""
    text = data.removeprefix(_BOM)
    return text.lstrip() if text[:1].isspace() else text
