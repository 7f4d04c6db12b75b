"""Manifests: what is written is read, and nothing else is."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localbuild.cache.keys import manifest_name
from localbuild.cache.manifest import (
    MAX_BYTES,
    Builder,
    ForeignFormatError,
    HashedFile,
    KeyPart,
    Manifest,
    ObjectRef,
    decode_manifest,
    encode_manifest,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\udcff\udc80\n\0"\\'))
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
COUNTS = st.integers(0, 1 << 60)
SECONDS = st.floats(-1e12, 1e12)
OBJECTS = st.lists(st.builds(ObjectRef, digest=DIGESTS, size_bytes=COUNTS), max_size=3).map(tuple)
HASHED = st.lists(st.builds(HashedFile, path=TEXTS, sha256=TEXTS), max_size=2).map(tuple)
PART_LIST = st.lists(
    st.builds(KeyPart, kind=TEXTS, text=TEXTS, value=TEXTS, files=HASHED), max_size=3
).map(tuple)
MANIFESTS = st.builds(
    Manifest,
    scope=TEXTS,
    version=TEXTS,
    key=TEXTS,
    template=TEXTS,
    parts=PART_LIST,
    paths=st.lists(TEXTS, max_size=3).map(tuple),
    created_s=SECONDS,
    builder=st.builds(Builder, project=TEXTS, image=TEXTS, seconds=SECONDS),
    segments=OBJECTS,
    packs=OBJECTS,
    files=COUNTS,
    entries=COUNTS,
    size_bytes=COUNTS,
    new_bytes=COUNTS,
)
SMALL = Manifest(
    scope="ab" * 32,
    version="cd" * 16,
    key="npm-1",
    parts=(KeyPart(kind="literal", text="npm-1", value="npm-1"),),
    segments=(ObjectRef(digest="ef" * 32, size_bytes=10),),
    packs=(ObjectRef(digest="01" * 32, size_bytes=20),),
)


def sealed(document: bytes) -> bytes:
    """A document with the checksum that fits."""
    return document + b"\n" + hashlib.sha256(document).hexdigest().encode() + b"\n"


def changed(**fields: object) -> bytes:
    """A small manifest with other fields, well sealed."""
    document = json.loads(encode_manifest(SMALL).partition(b"\n")[0])
    for name, value in fields.items():
        if value is None:
            del document[name]
        else:
            document[name] = value
    return sealed(json.dumps(document).encode())


@given(MANIFESTS)
def test_what_is_written_is_read(manifest: Manifest) -> None:
    data = encode_manifest(manifest)
    assert decode_manifest(data) == manifest
    assert encode_manifest(decode_manifest(data)) == data
    assert data.isascii()


def test_every_flip_of_a_bit_is_seen() -> None:
    data = encode_manifest(SMALL)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="checksum"):
            decode_manifest(bytes(flipped))


def test_every_cut_is_seen_and_anything_more() -> None:
    data = encode_manifest(SMALL)
    for length in range(len(data)):
        with pytest.raises(ValueError, match="checksum"):
            decode_manifest(data[:length])
    for more in (b"\n", b"\0", data):
        with pytest.raises(ValueError, match="checksum"):
            decode_manifest(data + more)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_what_is_none_is_a_value_error(document: bytes) -> None:
    for data in (document, sealed(document)):
        with pytest.raises(ValueError):
            decode_manifest(data)


@pytest.mark.parametrize("format_", [2, 0, "1", 1.5, -1, None, [1]])
def test_another_format_is_told_apart(format_: object) -> None:
    data = changed(format=format_, new_field={"of": "a later version"})
    with pytest.raises(ForeignFormatError):
        decode_manifest(data)


@pytest.mark.parametrize("document", [b"[]", b'"x"', b"1", b"null"])
def test_another_document_is_of_another_format(document: bytes) -> None:
    with pytest.raises(ForeignFormatError):
        decode_manifest(sealed(document))


def test_a_field_that_is_not_known_is_no_harm() -> None:
    assert decode_manifest(changed(later="x")) == SMALL


@pytest.mark.parametrize(
    "fields",
    [
        {"key": 1},
        {"key": None},
        {"key": ["x"]},
        {"paths": "x"},
        {"paths": [1]},
        {"files": True},
        {"files": 1.0},
        {"files": "1"},
        {"format": True},
        {"created_s": "1"},
        {"created_s": 10**400},
        {"created_s": float("inf")},
        {"created_s": float("nan")},
        {"builder": []},
        {"builder": {"project": "p"}},
        {"parts": [{"kind": "literal"}]},
        {"parts": [[]]},
        {"packs": [{"digest": "x", "size_bytes": 1}]},
        {"packs": [{"digest": "AB" * 32, "size_bytes": 1}]},
        {"packs": [{"digest": "../" * 21 + "a", "size_bytes": 1}]},
        {"segments": [{"digest": "ab" * 32, "size_bytes": -1}]},
        {"segments": [{"digest": "ab" * 33, "size_bytes": 1}]},
        {"segments": {"digest": "ab" * 32, "size_bytes": 1}},
    ],
)
def test_a_field_that_is_not_as_it_should_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"manifest|digest|size"):
        decode_manifest(changed(**fields))


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        decode_manifest(sealed(b"[" * 100_000))


def test_one_that_is_too_large_is_not_written() -> None:
    with pytest.raises(ValueError, match="too large"):
        encode_manifest(replace(SMALL, template="x" * MAX_BYTES))


def test_what_can_be_told_of_it() -> None:
    assert SMALL.name == manifest_name(SMALL.scope, SMALL.version, "npm-1")
    assert SMALL.stored_bytes == 30
    assert SMALL.objects == SMALL.segments + SMALL.packs
    other = replace(SMALL, key="other", packs=(), created_s=5.0)
    assert other.content == SMALL.content
    assert replace(SMALL, segments=()).content != SMALL.content
