"""Names in a store: of scopes, entries and objects; and what a cache key is made of. Pure.

v1/scopes/<scope>/m/<version>/k.<encoded key>   the manifest of a key, written once
v1/scopes/<scope>/m/<version>/u                 the manifest of a cache without a key, replaced
v1/scopes/<scope>/o/<hh>/<sha256>               immutable objects: packs and index segments
v1/scopes/<scope>/c/<sha256>                    condemned: to be removed if still unused
"""

import hashlib
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

ROOT = "v1/scopes/"
FORMAT = 1
MAX_KEY_BYTES = 4096

_PLAIN = frozenset((string.ascii_letters + string.digits + "_-").encode())
_ENCODED = tuple(chr(b) if b in _PLAIN else f"%{b:02X}" for b in range(256))
_WHOLE_LIMIT = 180
_HEAD = 100
_CUT = "~"
_PART = re.compile("%[0-9A-F]?$")
"""What a cut leaves of an encoded byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who shares entries: a project alone, or all projects of a namespace.

    Source: API reference, ProjectCache cacheNamespace; Amazon S3 caching: without a namespace
    caches are scoped to the project.
    """

    project: str
    namespace: str = ""

    @property
    def id(self) -> str:
        """64 hex digits, others for any other scope."""
        kind = "namespace" if self.namespace else "project"
        return _hash((kind, self.namespace or self.project))


def paths_version(paths: Iterable[str]) -> str:
    """The version of a list of cache paths: entries of different versions never meet.

    Source: Amazon S3 caching, cache version; order counts (ours: it is not documented).
    """
    return _hash(paths)[:32]


def _hash(fields: Iterable[str]) -> str:
    """64 hex digits, others for any other fields: each goes in with its length."""
    encoded = (f.encode("utf-8", "surrogateescape") for f in fields)
    return hashlib.sha256(b"".join(b"%d:%b" % (len(f), f) for f in encoded)).hexdigest()


def encode_key(key: str) -> str:
    """A key as part of a name: injective; a key's beginning encodes to its code's beginning."""
    return "".join(_ENCODED[b] for b in key.encode("utf-8", "surrogateescape"))


def decode_key(name: str) -> str:
    """The key of a manifest's name, '' of the one without a key; of a cut name its beginning…"""
    encoded = name.rpartition("/")[2]
    if not encoded.startswith("k."):
        return ""
    whole, cut, _ = encoded.removeprefix("k.").partition(_CUT)
    key = unquote_to_bytes(_PART.sub("", whole)).decode("utf-8", "surrogateescape")
    return f"{key}…" if cut else key


def scope_prefix(scope: str) -> str:
    """What all names of a scope begin with."""
    return f"{ROOT}{scope}/"


def manifests_prefix(scope: str, version: str = "") -> str:
    """What the manifests of a scope, or of one version of it, begin with."""
    return f"{ROOT}{scope}/m/{version}/" if version else f"{ROOT}{scope}/m/"


def manifest_name(scope: str, version: str, key: str) -> str:
    """The name of a key's manifest; of the one without a key for ''."""
    return manifests_prefix(scope, version) + (f"k.{_short(encode_key(key))}" if key else "u")


def _short(encoded: str) -> str:
    """File systems take 255 bytes; the whole key is in the manifest."""
    if len(encoded) <= _WHOLE_LIMIT:
        return encoded
    return encoded[:_HEAD] + _CUT + hashlib.sha256(encoded.encode()).hexdigest()


def search_prefix(scope: str, version: str, beginning: str) -> str:
    """What the names of all keys with that beginning begin with, among others."""
    return f"{manifests_prefix(scope, version)}k.{encode_key(beginning)[:_HEAD]}"


def may_begin_with(name: str, beginning: str) -> bool | None:
    """Whether the key of a manifest's name has that beginning; None where its name is cut."""
    encoded = name.rpartition("/")[2].removeprefix("k.")
    wanted = encode_key(beginning)
    if _CUT not in encoded:
        return encoded.startswith(wanted)
    head = encoded[:_HEAD]
    if len(wanted) <= _HEAD:
        return head.startswith(wanted)
    return None if wanted.startswith(head) else False


def object_name(scope: str, digest: str) -> str:
    """The name of an immutable object."""
    return f"{ROOT}{scope}/o/{digest[:2]}/{digest}"


def is_object(name: str) -> bool:
    """Whether a name is of an immutable object, which is named by its one content."""
    return "/o/" in name


def is_manifest(name: str) -> bool:
    """Whether a name is of a manifest, which needs objects."""
    return "/m/" in name


def objects_prefix(scope: str) -> str:
    """What the objects of a scope begin with."""
    return f"{ROOT}{scope}/o/"


def condemned_name(scope: str, digest: str) -> str:
    """The mark of an object that nothing needs."""
    return f"{ROOT}{scope}/c/{digest}"


def condemned_prefix(scope: str) -> str:
    """What the marks of a scope begin with."""
    return f"{ROOT}{scope}/c/"


def digest_of(name: str) -> str:
    """The digest in the name of an object or a mark."""
    return name.rpartition("/")[2]


def scope_of(name: str) -> str:
    """The scope in any name of ours."""
    return name.removeprefix(ROOT).partition("/")[0]
