"""A directory becomes an archive as it is, and while it changes."""

import os
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.errors import UsageError
from localbuild.sources.directory import DirectorySource
from localbuild.sources.levels import MAX_DEPTH
from localbuild.sources.pieces import PIECE_BYTES, WHOLE_BYTES, Pieces
from localbuild.sources.tally import Tally
from tests.contracts.source_contract import contents_of, members_of

LARGE = WHOLE_BYTES + 1000
FIRST = "0-large"


def source(root: Path) -> DirectorySource:
    return DirectorySource(root, include_ignored=True)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.fixture
def changing(tmp_path: Path) -> tuple[Path, DirectorySource, Iterator[bytes]]:
    """A tree whose first file is large: after the first piece everything in it can change."""
    (tmp_path / FIRST).write_bytes(b"a" * LARGE)
    ours = source(tmp_path)
    return tmp_path, ours, iter(ours.open_archive())


class TestWhatIsCopied:
    """Every kind of entry."""

    def test_modes_and_times(self, tmp_path: Path) -> None:
        (tmp_path / "below").mkdir()
        file = tmp_path / "below" / "tool"
        file.write_bytes(b"#!")
        for path, mode, time_ns in ((file, 0o4751, -1_500_000_000), (file.parent, 0o750, 99)):
            path.chmod(mode)
            os.utime(path, ns=(0, time_ns))
        members = members_of(source(tmp_path).open_archive())
        assert (members["below/tool"].mode, members["below/tool"].mtime) == (0o4751, -2)
        assert (members["below"].mode, members["below"].mtime) == (0o750, 0)

    def test_links_are_copied_as_links(self, tmp_path: Path) -> None:
        targets = {"dangling": "no/where", "up": "../..", "self": "self", "root": "/etc/passwd"}
        for name, target in targets.items():
            (tmp_path / name).symlink_to(target)
        ours = source(tmp_path)
        members = members_of(ours.open_archive())
        assert {name: member.linkname for name, member in members.items()} == targets
        assert ours.stats().files == 4
        assert ours.stats().warnings == ()

    def test_a_thousand_links_in_a_ring(self, tmp_path: Path) -> None:
        for number in range(1000):
            (tmp_path / f"l{number}").symlink_to(f"l{(number + 1) % 1000}")
        assert len(members_of(source(tmp_path).open_archive())) == 1000

    def test_names_of_any_bytes(self, tmp_path: Path) -> None:
        names = [b"-rf", b"a\nb", b"'\"$(x)`", b"\xff\xfe", b" ", b"\xc3\xa4", b"n" * 255, b"*"]
        for name in names:
            Path(tmp_path, os.fsdecode(name)).write_bytes(name)
        found = contents_of(source(tmp_path).open_archive())
        assert sorted(found.values()) == sorted(names)
        assert {os.fsencode(name) for name in found} == set(names)

    def test_names_that_look_like_options_or_paths_cause_no_trouble(self, tmp_path: Path) -> None:
        (tmp_path / "..." / "--checkpoint-action=exec=sh").mkdir(parents=True)
        assert list(members_of(source(tmp_path).open_archive())) == [
            "...",
            ".../--checkpoint-action=exec=sh",
        ]

    def test_empty_directories_are_kept(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        assert list(members_of(source(tmp_path).open_archive())) == ["a", "a/b"]

    def test_an_empty_source_is_an_empty_archive(self, tmp_path: Path) -> None:
        assert b"".join(source(tmp_path).open_archive()) == bytes(1024)

    def test_the_order_is_bytewise_files_first(self, tmp_path: Path) -> None:
        for name in ("b/x", "a.b", "a/c", "a/b/d", "B"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        names = list(members_of(source(tmp_path).open_archive()))
        assert names == ["B", "a.b", "a", "a/c", "a/b", "a/b/d", "b", "b/x"]

    def test_our_own_records_are_left_out_at_the_root_only(self, tmp_path: Path) -> None:
        for name in (".localbuild/builds/1/build.json", "sub/.localbuild/file"):
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_bytes(b"")
        assert list(contents_of(source(tmp_path).open_archive())) == ["sub/.localbuild/file"]

    def test_what_is_hidden_is_left_out_where_it_lies_and_nowhere_else(
        self, tmp_path: Path
    ) -> None:
        for name in ("cache", "a/cache/v1/o", "a/cache2", "a/b/cache", "cached"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"")
        hidden = [tmp_path / "a" / "cache", tmp_path / "cached"]
        ours = DirectorySource(tmp_path, include_ignored=True, left_out=hidden)
        assert sorted(contents_of(ours.open_archive())) == ["a/b/cache", "a/cache2", "cache"]

    def test_a_records_folder_that_is_a_link_is_left_out_too(self, tmp_path: Path) -> None:
        (tmp_path / ".localbuild").symlink_to("/tmp")
        assert members_of(source(tmp_path).open_archive()) == {}

    def test_the_root_may_be_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "file").write_bytes(b"1")
        (tmp_path / "link").symlink_to("real")
        assert contents_of(source(tmp_path / "link").open_archive()) == {"file": b"1"}

    @pytest.mark.parametrize("name", ["missing", "file"])
    def test_a_root_that_is_no_directory(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match=name):
            list(source(tmp_path / name).open_archive())

    def test_pipes_and_sockets_are_left_out_and_told(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "socket"))
        ours = source(tmp_path)
        assert members_of(ours.open_archive()) == {}
        [warning] = ours.stats().warnings
        assert "neither files, directories nor links (2): " in warning
        assert "'pipe'" in warning
        assert "'socket'" in warning

    def test_a_tree_that_is_too_deep_is_cut_and_told(self, tmp_path: Path) -> None:
        fd = os.open(tmp_path, os.O_RDONLY)
        for _ in range(MAX_DEPTH + 5):
            os.mkdir("d", dir_fd=fd)
            below = os.open("d", os.O_RDONLY, dir_fd=fd)
            os.close(fd)
            fd = below
        os.close(fd)
        ours = source(tmp_path)
        assert len(members_of(ours.open_archive())) == MAX_DEPTH
        assert "cannot be read (1): " in ours.stats().warnings[0]


class TestLargeFiles:
    """Large files come in pieces."""

    @pytest.mark.parametrize(
        "size", [WHOLE_BYTES, WHOLE_BYTES + 1, PIECE_BYTES, 3 * PIECE_BYTES + 5]
    )
    def test_contents_come_back(self, tmp_path: Path, size: int) -> None:
        data = os.urandom(size)
        (tmp_path / "large").write_bytes(data)
        (tmp_path / "next").write_bytes(b"next")
        found = contents_of(source(tmp_path).open_archive())
        assert found == {"large": data, "next": b"next"}

    def test_pieces_stay_small_and_so_does_memory(self, tmp_path: Path) -> None:
        with open(tmp_path / "huge", "wb") as file:
            file.truncate(200 * PIECE_BYTES)
        tracemalloc.start()
        largest = max(len(piece) for piece in source(tmp_path).open_archive())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert largest <= PIECE_BYTES
        assert peak < 8 * PIECE_BYTES

    def test_small_files_are_gathered(self, tmp_path: Path) -> None:
        for number in range(100):
            (tmp_path / f"f{number}").write_bytes(bytes(20_000))
        sizes = [len(piece) for piece in source(tmp_path).open_archive()]
        assert len(sizes) == 2
        assert PIECE_BYTES <= sizes[0] < PIECE_BYTES + WHOLE_BYTES + 1024


Changing = tuple[Path, DirectorySource, Iterator[bytes]]


class TestChangesMeanwhile:
    """The archive stays well-formed whatever happens to the tree."""

    def test_a_file_that_shrinks_is_padded_and_told(self, changing: Changing) -> None:
        root, ours, archive = changing
        begun = next(archive)
        os.truncate(root / FIRST, 10)
        found = contents_of([begun, *archive])
        assert found == {FIRST: b"a" * 10 + bytes(LARGE - 10)}
        assert "changed while being copied" in ours.stats().warnings[0]

    def test_a_file_that_grows_is_cut_and_told(self, changing: Changing) -> None:
        root, ours, archive = changing
        begun = next(archive)
        with open(root / FIRST, "ab") as file:
            file.write(b"more")
        os.utime(root / FIRST, ns=(0, 0))
        assert contents_of([begun, *archive]) == {FIRST: b"a" * LARGE}
        assert repr(FIRST) in ours.stats().warnings[0]

    def test_a_file_that_is_replaced_comes_as_it_was(self, changing: Changing) -> None:
        root, ours, archive = changing
        begun = next(archive)
        (root / "new").write_bytes(b"b" * LARGE)
        (root / "new").replace(root / FIRST)
        assert contents_of([begun, *archive]) == {FIRST: b"a" * LARGE}
        assert ours.stats().warnings == ()

    def test_what_vanishes_was_never_there(self, tmp_path: Path) -> None:
        (tmp_path / FIRST).write_bytes(b"a" * LARGE)
        (tmp_path / "file").touch()
        (tmp_path / "link").symlink_to("file")
        (tmp_path / "directory").mkdir()
        ours = source(tmp_path)
        archive = iter(ours.open_archive())
        begun = next(archive)
        (tmp_path / "file").unlink()
        (tmp_path / "link").unlink()
        (tmp_path / "directory").rmdir()
        assert list(members_of([begun, *archive])) == [FIRST]
        assert ours.stats().warnings == ()

    def test_what_becomes_a_link_is_not_followed(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.mkdir()
        (secret / "key").write_bytes(b"s3cret")
        root = tmp_path / "root"
        (root / "directory").mkdir(parents=True)
        (root / FIRST).write_bytes(b"a" * LARGE)
        (root / "file").touch()
        archive = iter(source(root).open_archive())
        begun = next(archive)
        (root / "file").unlink()
        (root / "file").symlink_to(secret / "key")
        (root / "directory").rmdir()
        (root / "directory").symlink_to(secret)
        members = members_of([begun, *archive])
        assert list(members) == [FIRST, "file"]
        assert members["file"].issym()

    def test_what_becomes_a_directory_is_copied_as_one(self, changing: Changing) -> None:
        root, _, _ = changing
        (root / "file").touch()
        archive = iter(source(root).open_archive())
        begun = next(archive)
        (root / "file").unlink()
        (root / "file").mkdir()
        (root / "file" / "inner").write_bytes(b"1")
        assert contents_of([begun, *archive])["file/inner"] == b"1"

    def test_a_small_file_that_changed_is_read_once_more(self, tmp_path: Path) -> None:
        path = tmp_path / "small"
        path.write_bytes(b"short")
        before = os.stat(path)  # noqa: PTH116
        path.write_bytes(b"much longer")
        tally = Tally()
        pieces = Pieces(tally)
        with open(path, "rb", buffering=0) as file:
            pieces.add_small_file(file.fileno(), b"small", before)
        assert contents_of([pieces.take()]) == {"small": b"much longer"}
        assert tally.stats().warnings == ()

    def test_a_file_whose_size_never_fits_is_told(self) -> None:
        tally = Tally()
        pieces = Pieces(tally)
        with open("/proc/self/stat", "rb", buffering=0) as file:
            pieces.add_small_file(file.fileno(), b"stat", os.fstat(file.fileno()))
        assert contents_of([pieces.take()])["stat"].startswith(str(os.getpid()).encode())
        assert "'stat'" in tally.stats().warnings[0]

    def test_an_archive_that_is_left_closes_its_files(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "a" / "b" / FIRST).write_bytes(b"a" * LARGE)
        archive = source(tmp_path).open_archive()
        before = open_files()
        next(archive)
        assert open_files() > before
        archive.close()
        assert open_files() == before


def test_warnings_name_the_first_three() -> None:
    tally = Tally()
    for number in range(5):
        tally.unreadable.add(b"f%d\n" % number)
    [warning] = tally.stats().warnings
    assert warning.endswith(r"cannot be read (5): 'f0\n', 'f1\n', 'f2\n' and 2 more")
