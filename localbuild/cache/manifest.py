"""The manifest of an entry: what it is, why it is, and which objects it needs. Pure.

Canonical JSON and, on a second line, its own SHA-256. It is written last, when every object that
it names is there, and it is all that is read to tell a hit from a miss.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from localbuild.cache.keys import FORMAT, manifest_name

MAX_BYTES = 8 << 20
_SCALARS: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (float, int),
}
_LARGEST = 1e18
"""Beyond that lie infinity, and integers that no float holds."""


class ForeignFormatError(ValueError):
    """A manifest that is as it was written, by another version of localbuild."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """A file that a key depends on: its path below the source, its SHA-256 in hex."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """One part of a key as written, and what it came to.

    `kind`: literal, variable, hash-files, or command (evaluated in the container).
    """

    kind: str
    text: str
    value: str
    files: tuple[HashedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRef:
    """An immutable object: SHA-256 in hex, and its size in the store."""

    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Who wrote an entry. `platform` is the image's, `seconds` what the build's commands took."""

    project: str = ""
    build: str = ""
    image: str = ""
    image_id: str = ""
    platform: str = ""
    tool: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An entry. `segments` are applied in order and make up its index.

    `created_s` is Unix time by the store's clock. `size_bytes` is of files' contents,
    `new_bytes` what was written for this entry.
    """

    scope: str
    version: str
    key: str = ""
    template: str = ""
    parts: tuple[KeyPart, ...] = ()
    paths: tuple[str, ...] = ()
    created_s: float = 0.0
    builder: Builder = Builder()
    segments: tuple[ObjectRef, ...] = ()
    packs: tuple[ObjectRef, ...] = ()
    files: int = 0
    entries: int = 0
    size_bytes: int = 0
    new_bytes: int = 0
    format: int = field(default=FORMAT)

    @property
    def name(self) -> str:
        """Its name in the store."""
        return manifest_name(self.scope, self.version, self.key)

    @property
    def objects(self) -> tuple[ObjectRef, ...]:
        """Everything that it needs."""
        return self.segments + self.packs

    @property
    def stored_bytes(self) -> int:
        """What its objects take up in the store, others' shares included."""
        return sum(o.size_bytes for o in self.objects)

    @property
    def content(self) -> str:
        """64 hex digits that stand for its files: the same for entries with the same index."""
        text = "\n".join(s.digest for s in self.segments)
        return hashlib.sha256(text.encode()).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is stored. Raises ValueError where it is too large."""
    document = json.dumps(_written(manifest), sort_keys=True, separators=(",", ":")).encode()
    if len(document) > MAX_BYTES:
        raise ValueError(f"a manifest of {len(document)} bytes is too large")
    return b"%b\n%b\n" % (document, hashlib.sha256(document).hexdigest().encode())


def decode_manifest(data: bytes) -> Manifest:
    """A stored manifest. Raises ValueError where a single bit of it is not as it was written.

    ForeignFormatError is one for what a later version has written.
    """
    document, _, seal = data.partition(b"\n")
    if seal != hashlib.sha256(document).hexdigest().encode() + b"\n":
        raise ValueError("its checksum does not fit")
    try:
        found = json.loads(document)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise ForeignFormatError("its format is of another version of localbuild")
    manifest = cast(Manifest, _read(Manifest, found, "manifest"))
    for each in manifest.objects:
        if len(each.digest) != 64 or set(each.digest) - set("0123456789abcdef"):
            raise ValueError(f"'{each.digest[:80]}' is no digest")
        if each.size_bytes < 0:
            raise ValueError(f"object {each.digest} has a negative size")
    return manifest


def _written(value: object) -> object:
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _written(getattr(value, f.name)) for f in fields(value)}
    return value


def _read(kind: Any, found: object, where: str) -> object:
    if get_origin(kind) is tuple:
        if not isinstance(found, list):
            raise ValueError(f"{where} is no list")
        return tuple(_read(get_args(kind)[0], item, where) for item in found)
    if is_dataclass(kind):
        return _read_object(cast(type, kind), found, where)
    if isinstance(kind, UnionType) or type(found) not in _SCALARS[kind]:
        raise ValueError(f"{where} is no {kind}")
    if kind is float and not abs(cast(float, found)) < _LARGEST:
        raise ValueError(f"{where} is no number that anything comes to")
    return kind(found)


def _read_object(kind: type, found: object, where: str) -> object:
    if not isinstance(found, Mapping):
        raise ValueError(f"{where} is no object")
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind)]
    if missing := [name for name in names if name not in found]:
        raise ValueError(f"{where} has no {missing[0]}")
    return kind(**{name: _read(hints[name], found[name], f"{where}.{name}") for name in names})
