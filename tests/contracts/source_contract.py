"""What every source promises: one suite for all of them (`ports/source.py`)."""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping

import pytest

from localbuild.ports.source import Source

TREE: Mapping[str, bytes] = {
    "buildspec.yml": b"version: 0.2\n",
    "empty": b"",
    "src/deep/down/it.py": b"print('it')\n",
    "src/main.py": b"x" * 700,
    "src/" + "n" * 120: b"a long name",
}
"""The files that the suite's source holds."""


def members_of(archive: Iterable[bytes]) -> dict[str, tarfile.TarInfo]:
    """Every member by name, read by Python's own reader."""
    return {member.name: member for member in unpack(archive)}


def contents_of(archive: Iterable[bytes]) -> dict[str, bytes]:
    """The contents of every regular file by name."""
    return {member.name: data for member, data in unpack(archive).items() if member.isreg()}


def unpack(archive: Iterable[bytes]) -> dict[tarfile.TarInfo, bytes]:
    """Members and their contents, in the archive's order."""
    stream = io.BytesIO(b"".join(archive))
    with tarfile.open(fileobj=stream, mode="r:", errors="surrogateescape") as reader:
        found = {}
        for member in reader:
            file = reader.extractfile(member) if member.isreg() else None
            found[member] = file.read() if file else b""
        return found


class SourceContract:
    """Mixed into a test class that has the fixture `source`: TREE by the source under test."""

    def test_every_file_is_there_with_its_contents(self, source: Source) -> None:
        assert contents_of(source.open_archive()) == TREE

    def test_directories_come_before_what_is_in_them(self, source: Source) -> None:
        seen = {""}
        for member in unpack(source.open_archive()):
            assert member.name.rpartition("/")[0] in seen
            seen.add(member.name)
        assert {"src", "src/deep", "src/deep/down"} <= seen

    def test_names_are_relative_and_the_root_has_no_member(self, source: Source) -> None:
        for name in members_of(source.open_archive()):
            assert not {"", ".", ".."} & set(name.split("/"))

    def test_everything_is_owned_by_root(self, source: Source) -> None:
        owners = {
            (m.uid, m.gid, m.uname, m.gname) for m in members_of(source.open_archive()).values()
        }
        assert owners == {(0, 0, "root", "root")}

    def test_the_same_tree_gives_the_same_bytes(self, source: Source) -> None:
        assert b"".join(source.open_archive()) == b"".join(source.open_archive())

    def test_it_ends_as_an_archive_ends(self, source: Source) -> None:
        data = b"".join(source.open_archive())
        assert len(data) % 512 == 0
        assert data.endswith(bytes(1024))

    def test_the_stats_are_those_of_the_last_archive(self, source: Source) -> None:
        for _ in range(2):
            for _ in source.open_archive():
                pass
            assert source.stats().files == len(TREE)
            assert source.stats().size_bytes == sum(map(len, TREE.values()))
            assert source.stats().warnings == ()

    def test_nothing_is_copied_before_it_is_asked_for(self, source: Source) -> None:
        source.open_archive()
        assert source.stats().files == 0

    @pytest.mark.parametrize("pieces", [0, 1])
    def test_an_archive_that_is_left_does_no_harm(self, source: Source, pieces: int) -> None:
        archive = iter(source.open_archive())
        for _ in range(pieces):
            next(archive)
        del archive
        assert contents_of(source.open_archive()) == TREE

    @pytest.mark.parametrize(
        ("patterns", "paths"),
        [
            (["buildspec.yml"], ["buildspec.yml"]),
            (["./src/./main.py"], ["src/main.py"]),
            (["*"], ["buildspec.yml", "empty"]),
            (["**/*.py"], ["src/deep/down/it.py", "src/main.py"]),
            (["src/*"], ["src/main.py", "src/" + "n" * 120]),
            (["src/**"], ["src/deep/down/it.py", "src/main.py", "src/" + "n" * 120]),
            (["src/**/it.py", "empty", "e*y"], ["empty", "src/deep/down/it.py"]),
            (["src/d??p/*/[!a].py", "src/[a-m]ain.py"], ["src/main.py"]),
            (["src/deep", "src/deep/", "src", "absent", "**/absent"], []),
            (["../*", "/**", "src/../empty", "", ".", "/etc/passwd", "empty/"], []),
            ([], []),
        ],
    )
    def test_globs_choose_what_is_hashed(
        self, source: Source, patterns: list[str], paths: list[str]
    ) -> None:
        wanted = [(path, hashlib.sha256(TREE[path]).hexdigest()) for path in paths]
        assert source.hash_files(patterns) == tuple(sorted(wanted))

    def test_hashing_leaves_the_stats_alone(self, source: Source) -> None:
        list(source.open_archive())
        before = source.stats()
        source.hash_files(["**"])
        assert source.stats() == before
