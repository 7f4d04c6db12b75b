"""The door to files and streams."""

import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localbuild.logs.door import Outlet, open_file, open_stream, replace_file
from tests.unit.logs.limited import SAID, no_larger_file_than


class Sips:
    """A drain that takes three bytes at a time and sometimes none."""

    def __init__(self) -> None:
        self.taken = bytearray()
        self.calls = 0
        self.closed = False

    def write(self, data: bytes | memoryview, /) -> int | None:
        self.calls += 1
        if self.calls % 2:
            return None
        self.taken += bytes(data[:3])
        return len(data[:3])

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def test_a_write_is_complete_however_little_the_drain_takes() -> None:
    drain = Sips()
    outlet = Outlet(drain, name="x")
    outlet.write(b"0123456789")
    outlet.close()
    assert (bytes(drain.taken), drain.closed, outlet.fault) == (b"0123456789", True, None)


def test_files_are_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    outlet = open_file(path)
    outlet.write(b"x")
    assert path.read_bytes() == b"x"
    outlet.close()
    assert _mode(path) == 0o600
    assert {_mode(folder) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_an_older_file_is_emptied_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"older and longer")
    path.chmod(0o644)
    outlet = open_file(path)
    outlet.write(b"new")
    outlet.close()
    assert (path.read_bytes(), _mode(path)) == (b"new", 0o600)


def test_a_full_disk_is_remembered_and_quiet() -> None:
    outlet = open_file(Path("/dev/full"))
    outlet.write(b"x")
    outlet.write(b"y")
    outlet.close()
    assert outlet.fault == "cannot write /dev/full: No space left on device"
    assert _mode(Path("/dev/full")) & 0o006 == 0o006


def test_a_folder_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    outlet = open_file(tmp_path / "file" / "build.log")
    outlet.write(b"x")
    outlet.close()
    assert outlet.fault is not None
    assert outlet.fault.startswith(f"cannot write {tmp_path}/file/build.log: ")


def test_a_reader_that_went_away_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as stream:
        outlet = open_stream(stream, name="stdout")
        outlet.write(b"x")
        outlet.write(b"y")
    assert outlet.fault is None


def test_a_pipe_that_does_not_block_gets_every_byte() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    data = bytes(range(256)) * 4096
    with ThreadPoolExecutor() as pool, open(read, "rb") as pipe:
        found = pool.submit(pipe.read)
        with open(write, "wb") as stream:
            outlet = open_stream(stream, name="stdout")
            outlet.write(data)
            outlet.close()
        assert found.result() == data
    assert outlet.fault is None


def test_a_borrowed_stream_stays_open_and_in_order(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as stream:
        stream.write(b"before ")
        outlet = open_stream(stream, name="stdout")
        outlet.write(b"ours ")
        outlet.close()
        outlet.write(b"dropped")
        stream.write(b"after")
    assert (tmp_path / "file").read_bytes() == b"before ours after"


def test_a_stream_without_a_descriptor_will_do() -> None:
    stream = io.BytesIO()
    outlet = open_stream(stream, name="stdout")
    outlet.write(b"x")
    outlet.close()
    assert stream.getvalue() == b"x"


def test_a_closed_stream_is_no_fault() -> None:
    stream = io.BytesIO()
    stream.close()
    outlet = open_stream(stream, name="stdout")
    outlet.write(b"x")
    outlet.close()
    assert outlet.fault is None


def test_a_stream_on_a_full_disk_is_a_fault() -> None:
    with open("/dev/full", "wb") as stream:
        outlet = open_stream(stream, name="stdout")
        outlet.write(b"x")
        outlet.write(b"y")
    assert outlet.fault == "cannot write stdout: No space left on device"


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "build.json"
    assert replace_file(path, b"one") is None
    before = path.stat().st_ino
    assert replace_file(path, b"two") is None
    assert path.read_bytes() == b"two"
    assert path.stat().st_ino != before
    assert [entry.name for entry in tmp_path.iterdir()] == ["build.json"]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "build.json"
    assert replace_file(path, b"one") is None
    with no_larger_file_than(2):
        fault = replace_file(path, b"three")
    assert fault == f"cannot write {path}: {SAID}"
    assert path.read_bytes() == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["build.json"]


def test_a_link_where_a_new_file_begins_is_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "build.json", tmp_path / "other"
    other.write_bytes(b"mine")
    (tmp_path / ".build.json.new").symlink_to(other)
    assert replace_file(path, b"one") is None
    assert (path.read_bytes(), other.read_bytes()) == (b"one", b"mine")
    assert _mode(path) == 0o600


@pytest.mark.parametrize("name", ["folder", "file/build.json"])
def test_a_place_that_is_no_place_is_a_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    assert replace_file(tmp_path / name, b"x") is not None


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
