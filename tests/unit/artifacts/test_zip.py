"""ZIP archives: the same bytes for the same files, read by everybody, however large."""

import io
import os
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from shutil import which
from zipfile import ZipFile

import pytest

from localbuild.artifacts.zip_file import Packed, pack_zip
from localbuild.artifacts.zip_format import (
    Member,
    central_header,
    end_of_archive,
    local_header,
)
from localbuild.ports.collect import FoundFile
from tests.conftest import missing

LARGE = 5 << 30


def found(name: str, mode: int = 0o644, link: str = "", modified_s: int = 0) -> FoundFile:
    return FoundFile(name=name, path=f"/src/{name}", mode=mode, link=link, modified_s=modified_s)


def zipped(files: Iterable[tuple[FoundFile, bytes]]) -> tuple[bytes, Packed]:
    out = io.BytesIO()
    packed = pack_zip(((f, [data[:2], data[2:]]) for f, data in files), io.BytesIO(), out)
    return out.getvalue(), packed


FILES = [
    (found("b/run.sh", 0o755), b"#!/bin/sh\n" * 100),
    (found("a.txt"), b""),
    (found("é.txt", 0o600), b"x"),
    (found(os.fsdecode(b"\xff.txt")), b"y"),
    (found("b/link", link="run.sh"), b""),
]


def test_members_are_sorted_and_as_they_were() -> None:
    data, packed = zipped(FILES)
    archive = ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    names = [info.filename for info in archive.infolist()]
    assert names == ["a.txt", "b/link", "b/run.sh", "é.txt", b"\xff.txt".decode("cp437")]
    assert archive.read("b/run.sh") == b"#!/bin/sh\n" * 100
    modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
    assert modes["b/run.sh"] == stat.S_IFREG | 0o755
    assert stat.S_ISLNK(modes["b/link"])
    assert archive.read("b/link") == b"run.sh"
    assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (packed.files, packed.size_bytes) == (5, 1000 + 2 + len("run.sh"))


def test_neither_order_nor_times_change_a_byte() -> None:
    data, packed = zipped(FILES)
    later = [(found(f.name, f.mode, f.link, 99), text) for f, text in reversed(FILES)]
    assert zipped(later) == (data, packed)


def test_an_archive_without_members_is_one() -> None:
    data, packed = zipped([])
    assert ZipFile(io.BytesIO(data)).namelist() == []
    assert packed.files == 0


def test_sums_are_those_of_the_archive() -> None:
    import hashlib

    data, packed = zipped(FILES)
    assert packed.sha256 == hashlib.sha256(data).hexdigest()
    assert packed.md5 == hashlib.md5(data, usedforsecurity=False).hexdigest()


def test_unzip_brings_modes_links_and_odd_names(tmp_path: Path) -> None:
    if which("unzip") is None:
        missing("unzip", "the program is not there")
    data, _ = zipped(FILES)
    (tmp_path / "x.zip").write_bytes(data)
    subprocess.run(["unzip", "-q", "x.zip", "-d", "out"], cwd=tmp_path, check=True)
    assert (tmp_path / "out/b/link").readlink() == Path("run.sh")
    assert stat.S_IMODE((tmp_path / "out/b/run.sh").stat().st_mode) == 0o755
    assert len(list((tmp_path / "out").rglob("*"))) == 6


@pytest.mark.parametrize("size", [0xFFFFFFFE, 0xFFFFFFFF, LARGE])
@pytest.mark.parametrize("offset", [0, 0xFFFFFFFF, LARGE])
def test_what_32_bits_cannot_hold(size: int, offset: int, tmp_path: Path) -> None:
    """A sparse file stands for the data; the reader takes the sizes from the directory."""
    member = Member(b"large", stat.S_IFREG | 0o644, 0, 0, size, size)
    header, line = local_header(member), central_header(member, offset)
    at = offset + len(header) + size
    with (tmp_path / "large.zip").open("wb") as file:
        file.seek(offset)
        file.write(header)
        file.seek(at)
        file.write(line + end_of_archive(1, at, len(line)))
    with ZipFile(tmp_path / "large.zip") as archive:
        [info] = archive.infolist()
        assert (info.file_size, info.compress_size, info.header_offset) == (size, size, offset)
        with archive.open(info) as data:
            assert data.read(10) == bytes(10)


def test_more_members_than_16_bits_can_count() -> None:
    data, _ = zipped((found(f"{n:06}"), b"") for n in range(70_000))
    assert len(ZipFile(io.BytesIO(data)).namelist()) == 70_000
