"""What tarfile reads is what was written: names, modes, sizes, times, links, contents."""

import io
import os
import subprocess
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.container import tar
from tests.contracts.busybox import busybox_program

NAMES = st.binary(min_size=1, max_size=600).filter(lambda n: b"\0" not in n and n[-1:] != b"/")
MODES = st.integers(0, 0o7777)
TIMES = st.integers(-(2**40), 2**40)
PARTS = st.integers(1, 999_999_999)


def read(data: bytes) -> list[tarfile.TarInfo]:
    stream = io.BytesIO(data + tar.END)
    with tarfile.open(
        fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape"
    ) as reader:
        return reader.getmembers()


@given(NAMES, MODES, TIMES, st.binary(max_size=1500))
def test_a_file_comes_back(name: bytes, mode: int, mtime_s: int, data: bytes) -> None:
    member = tar.file_header(name, mode, len(data), mtime_s) + data + tar.padding(len(data))
    after = tar.file_header(b"next", 0o644, 0, 0)
    first, second = read(member + after)
    assert (os.fsencode(first.name), first.mode, first.mtime) == (name, mode, mtime_s)
    assert (first.isreg(), first.size) == (True, len(data))
    assert second.name == "next"
    assert member[first.offset_data : first.offset_data + len(data)] == data


@given(NAMES, NAMES, TIMES)
def test_a_link_comes_back(name: bytes, target: bytes, mtime_s: int) -> None:
    [member] = read(tar.link_header(name, target, mtime_s))
    assert member.issym()
    assert (os.fsencode(member.name), os.fsencode(member.linkname)) == (name, target)
    assert member.mtime == mtime_s


@given(NAMES, MODES, TIMES)
def test_a_directory_comes_back(name: bytes, mode: int, mtime_s: int) -> None:
    [member] = read(tar.directory_header(name + b"/", mode, mtime_s))
    assert member.isdir()
    assert (os.fsencode(member.name), member.mode, member.mtime) == (name, mode, mtime_s)


@pytest.mark.parametrize("size_bytes", [0, 8**11 - 1, 8**11, 10**13, 2**63 - 1])
def test_sizes_beyond_octal(size_bytes: int) -> None:
    header = tar.file_header(b"big", 0o600, size_bytes, 0)
    assert tarfile.TarInfo.frombuf(header, "utf-8", "strict").size == size_bytes


@pytest.mark.parametrize("mtime_s", [-(2**40), -1, 0, 8**11 - 1, 8**11, 2**62])
def test_times_beyond_octal(mtime_s: int) -> None:
    header = tar.file_header(b"old", 0o600, 5, mtime_s)
    member = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    assert (member.mtime, member.size, member.mode) == (mtime_s, 5, 0o600)


@pytest.mark.parametrize("length", [1, 99, 100, 101, 155, 255, 256, 511, 512, 4095])
def test_names_of_every_length(length: int) -> None:
    name = b"\xff" * length
    [member] = read(tar.link_header(name, name, -1))
    assert os.fsencode(member.name) == os.fsencode(member.linkname) == name


def test_the_checksum_of_the_heaviest_header_is_right() -> None:
    header = tar.link_header(b"\xff" * 100, b"\xff" * 100, -1)
    assert int(header[148:154], 8) == sum(header[:148] + b" " * 8 + header[156:])


@given(st.integers(0, 2**40))
def test_padding_fills_the_block(size_bytes: int) -> None:
    padding = tar.padding(size_bytes)
    assert (size_bytes + len(padding)) % tar.BLOCK_BYTES == 0
    assert padding == bytes(len(padding))
    assert len(padding) < tar.BLOCK_BYTES


def exact_time(member: tarfile.TarInfo) -> tuple[int, int]:
    whole, part = divmod(int(Decimal(member.pax_headers["mtime"]) * 10**9), 10**9)
    return whole, part


@given(NAMES, NAMES, TIMES, PARTS)
def test_a_time_comes_back_to_the_nanosecond(
    name: bytes, target: bytes, mtime_s: int, part: int
) -> None:
    headers = (
        tar.file_header(name, 0o644, 0, mtime_s, part)
        + tar.directory_header(name + b"/", 0o755, mtime_s, part)
        + tar.link_header(name, target, mtime_s, part)
        + tar.hard_link_header(name, target, 0o640, mtime_s, part)
    )
    members = read(headers)
    assert [exact_time(m) for m in members] == [(mtime_s, part)] * 4
    assert {os.fsencode(m.name) for m in members} == {name}
    assert [os.fsencode(m.linkname) for m in members[2:]] == [target] * 2
    assert [m.type for m in members] == [
        tarfile.REGTYPE,
        tarfile.DIRTYPE,
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
    ]


@given(NAMES, MODES, TIMES)
def test_a_whole_second_needs_no_record(name: bytes, mode: int, mtime_s: int) -> None:
    assert tar.file_header(name, mode, 5, mtime_s, 0) == tar.file_header(name, mode, 5, mtime_s)
    [member] = read(tar.hard_link_header(name, name, mode, mtime_s))
    assert (member.islnk(), member.mode, member.pax_headers) == (True, mode, {})


TIME_NS = (-1, 1, -1_500_000_000, 1_799_999_999_123_456_789, 2**33 * 10**9 + 7)


@pytest.mark.parametrize("program", ["tar", "busybox"])
@pytest.mark.parametrize("length", [20, 250])
def test_programs_read_names_links_and_times(tmp_path: Path, program: str, length: int) -> None:
    names = [f"{at}{'n' * (length - 1)}".encode() for at, _ in enumerate(TIME_NS)]
    data = b""
    for name, time_ns in zip(names, TIME_NS, strict=True):
        data += tar.file_header(name, 0o640, 3, *divmod(time_ns, 10**9)) + b"abc" + bytes(509)
    data += tar.hard_link_header(b"hard", names[1], 0o640, *divmod(TIME_NS[1], 10**9))
    data += tar.link_header(b"soft", names[2], 5, 6)
    unpack = (program, "-x", "-o", "-p", "-f", "-", "-C", str(tmp_path))
    command = unpack if program == "tar" else (busybox_program(), "tar", *unpack[1:])
    subprocess.run(command, input=data + tar.END, check=True)
    found = [(tmp_path / os.fsdecode(name)).stat() for name in names]
    exact = 1 if program == "tar" else 10**9
    assert [s.st_mtime_ns // exact for s in found] == [time_ns // exact for time_ns in TIME_NS]
    assert (tmp_path / "hard").stat().st_ino == found[1].st_ino
    assert os.fsencode((tmp_path / "soft").readlink()) == names[2]
