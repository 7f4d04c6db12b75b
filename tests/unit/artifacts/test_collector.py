"""The collector over real trees: through the kernel, through GNU's and busybox's tar, in memory."""

import io
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from localbuild.artifacts.collector import ContainerCollector
from localbuild.artifacts.host_files import HostTree, read_files
from localbuild.artifacts.select import NO_FILES
from localbuild.engines.scripted import Answer, ScriptedContainer
from localbuild.errors import EngineError
from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import Container, ContainerSpec, Image
from tests.faults.rooms import FolderContainer
from tests.unit.artifacts.forest import SOURCE
from tests.unit.cache.test_through_tar import TARS, bytes_of, packed

SECRET = b"the canary"
WAYS: dict[str, Callable[[Path], Container]] = {
    "kernel": lambda root: FolderContainer(root=root),
    "memory": lambda root: in_memory(root),
    **{name: lambda root, c=command: packed(root, c) for name, command in TARS.items()},  # type: ignore[misc]
}


def in_memory(root: Path) -> Container:
    """The scripted engine's container with the same files."""
    container = ScriptedContainer(ContainerSpec(name="c", image=_IMAGE), lambda _: Answer())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        archive.add(root, "")
    container.put_tree("/", [out.getvalue()])
    return container


_IMAGE = Image(id="i", reference="i")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A container's root with a source directory."""
    (tmp_path / "root" / SOURCE[1:]).mkdir(parents=True)
    return tmp_path / "root"


@pytest.fixture
def source(root: Path) -> Path:
    return root / SOURCE[1:]


def write(folder: Path, **files: str) -> None:
    """Files by name, `__` for a slash."""
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def collected(container: Container, selection: Selection) -> tuple[Selected, dict[str, bytes]]:
    """What is found, and the contents by name."""
    collector = ContainerCollector(lambda: None)
    found = collector.select(container, selection)
    return found, {f.name: b"".join(p) for f, p in collector.read(container, found.files)}


def wanted(*files: str, base: str = "", keep_links: bool = False) -> Selection:
    return Selection(directory=SOURCE, files=files, base_directory=base, keep_links=keep_links)


@pytest.mark.parametrize("way", WAYS)
def test_files_come_with_contents_and_modes(way: str, root: Path, source: Path) -> None:
    write(source, a="one", d__b="two", d__e__c="three", other="no", empty="")
    (source / "d/b").chmod(0o755)
    os.utime(source / "d/b", (5, 5))
    found, contents = collected(WAYS[way](root), wanted("a", "d/**/*", "empty"))
    assert contents == {"a": b"one", "d/b": b"two", "d/e/c": b"three", "empty": b""}
    facts = {f.name: (f.size_bytes, f.mode, f.path) for f in found.files}
    assert facts["d/b"] == (3, 0o755, f"{SOURCE}/d/b")
    assert {f.name: f.modified_s for f in found.files}["d/b"] == 5


@pytest.mark.parametrize("way", WAYS)
def test_links_and_names_of_one_file(way: str, root: Path, source: Path) -> None:
    """Whatever of them is asked for, and whether or not the others are."""
    write(source, real__a="one", real__z="two", x="three")
    os.link(source / "real/a", source / "real/b")
    (source / "l").symlink_to("real/a")
    (source / "m").symlink_to("real")
    (source / "dist").symlink_to(f"{SOURCE}/real")
    container = WAYS[way](root)
    assert collected(container, wanted("l", "x"))[1] == {"l": b"one", "x": b"three"}
    assert collected(container, wanted("m/b", "m/a"))[1] == {"m/b": b"one", "m/a": b"one"}
    assert collected(container, wanted("real/b"))[1] == {"real/b": b"one"}
    assert collected(container, wanted("*", base="dist"))[1] == {
        "a": b"one",
        "b": b"one",
        "z": b"two",
    }
    found, contents = collected(container, wanted("l", "real/a", keep_links=True))
    assert contents == {"l": b"", "real/a": b"one"}
    assert {f.name: f.link for f in found.files} == {"l": "real/a", "real/a": ""}


@pytest.mark.parametrize("way", WAYS)
def test_directories_elsewhere(way: str, root: Path, source: Path) -> None:
    write(root, tmp__out__a="one", data__b="two")
    write(source, x="three")
    (root / "tmp/link").symlink_to("../data")
    container = WAYS[way](root)
    assert collected(container, wanted("**/*", base="/tmp/out"))[1] == {"a": b"one"}
    assert collected(container, wanted("/tmp/out/*", "x"))[1] == {
        "tmp/out/a": b"one",
        "x": b"three",
    }
    assert collected(container, wanted("*", base="/tmp/link"))[1] == {"b": b"two"}
    assert collected(container, wanted("/tmp/none", "/none/*"))[0].failure == NO_FILES


@pytest.mark.parametrize("way", WAYS)
def test_nothing_outside_is_read(way: str, root: Path, source: Path) -> None:
    write(root, etc__shadow=SECRET.decode())
    write(source, x="three")
    for name, target in {"a": "/etc/shadow", "b": "/etc", "c": "../../../../etc", "d": "/"}.items():
        (source / name).symlink_to(target)
    patterns = ("**/*", "a", "b/shadow", "c/*", "d/etc/**/*")
    found, contents = collected(WAYS[way](root), wanted(*patterns))
    assert contents == {"x": b"three"}
    assert "leads out of the source directory" in found.warnings[0]
    for base in ("b", "c", "d/etc"):
        found, contents = collected(WAYS[way](root), wanted("**/*", base=base))
        assert (contents, found.failure) == (
            {},
            f"no matching base directory path found for {base}",
        )


@pytest.mark.parametrize("way", [w for w in WAYS if w != "memory"])
def test_odd_names_and_kinds(way: str, root: Path, source: Path) -> None:
    odd = [
        b"a\nb",
        b"\xff\xfe",
        b"-rf",
        b"n" * 255,
        "é".encode(),
        b"a b",
        b"*",
        b"[x]",
        b"a\\b",
        b"...",
    ]
    for name in odd:
        (source / os.fsdecode(name)).write_bytes(name)
    (source / "dir[1]").mkdir()
    write(source, **{"dir[1]__x": "one"})
    os.mkfifo(source / "fifo")
    found, contents = collected(WAYS[way](root), wanted("**/*"))
    assert contents == {os.fsdecode(n): n for n in odd} | {"dir[1]/x": b"one"}
    assert found.warnings == ("fifo: skipped: neither a file nor a folder",)
    assert collected(WAYS[way](root), wanted("x", base="dir*"))[1] == {"x": b"one"}


def test_what_becomes_a_link_after_it_was_found_is_left_out(root: Path, source: Path) -> None:
    """A file, or a directory that it lies in, that leads out when it is read."""
    write(root, etc__shadow=SECRET.decode(), etc__b=SECRET.decode())
    write(source, shadow="one", d__b="two", gone="three", x="four", p="five")
    container, collector = FolderContainer(root=root), ContainerCollector(lambda: None)
    found = collector.select(container, wanted("**/*"))
    for name in ("shadow", "gone", "d/b", "p"):
        (source / name).unlink()
    (source / "d").rmdir()
    (source / "shadow").symlink_to("/etc/shadow")
    (source / "d").symlink_to(root / "etc")
    os.mkfifo(source / "p")
    read = {f.name: b"".join(p) for f, p in collector.read(container, found.files)}
    assert read == {"x": b"four"}


def test_a_file_that_grows_while_it_is_read_has_its_first_size(root: Path, source: Path) -> None:
    write(source, log="one")
    container, collector = FolderContainer(root=root), ContainerCollector(lambda: None)
    found = collector.select(container, wanted("log"))
    for _, pieces in collector.read(container, found.files):
        with (source / "log").open("a") as file:
            file.write("more")
        assert b"".join(pieces) == b"one"


def test_contents_that_nobody_takes(root: Path, source: Path) -> None:
    write(source, a="one", b="two")
    for way in WAYS.values():
        container, collector = way(root), ContainerCollector(lambda: None)
        found = collector.select(container, wanted("*"))
        reading: Iterator[tuple[FoundFile, object]] = collector.read(container, found.files)
        names = [next(reading)[0].name, *(file.name for file, _ in reading)]
        assert sorted(names) == ["a", "b"]


def test_a_source_that_became_a_link_is_not_followed_by_tar(root: Path, source: Path) -> None:
    container = ScriptedContainer(
        ContainerSpec(name="c", image=_IMAGE), lambda _: Answer(exit_status=1)
    )
    found, contents = collected(container, wanted("**/*", "shadow"))
    assert (contents, found.failure) == ({}, "no matching base directory path found for .")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/./x", "a//b", "a/./b"])
def test_members_with_names_that_are_none(name: str) -> None:
    """A container's tar may be the build's own program."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as archive:
        for path in (f"{SOURCE[1:]}/{name}", f"{SOURCE[1:]}/good"):
            member = tarfile.TarInfo(path)
            member.size = 3
            archive.addfile(member, io.BytesIO(b"abc"))
    _, contents = collected(bytes_of(out.getvalue()), wanted("**/*"))
    assert contents == {"good": b"abc"}


@pytest.mark.parametrize("data", [b"", b"no tar", b"\0" * 512, b"x" * 4096])
def test_no_archive_is_the_engines_fault(data: bytes) -> None:
    with pytest.raises(EngineError):
        collected(bytes_of(data), wanted("**/*"))


def test_a_stop_is_heard_wherever_links_lead_to_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    asked: list[int] = []
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with HostTree(root, lambda: asked.append(1)) as tree:
        for _ in range(5):
            tree.entries(b"d")
    assert len(asked) == 5


def test_what_has_gone_is_left_out_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    def opened(name: str) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
        root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
        return read_files(root, [FoundFile(name="f", path=f"/{name}")], lambda: None)

    (tmp_path / "f").write_text("1")
    (tmp_path / "link").symlink_to("f")
    for gone in ("none", "f/x", "link", "none/x"):
        assert list(opened(gone)) == []
    with pytest.raises(EngineError, match="of the build's container cannot be read"):
        list(opened("n" * 256))
    contents = opened("f")
    _, pieces = next(contents)
    contents.close()  # type: ignore[attr-defined]
    with pytest.raises(EngineError, match="/f of the build's container cannot be read: bad file"):
        list(pieces)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with HostTree(root, lambda: None) as tree:
        assert tree.entries(b"none") == {}
        with pytest.raises(EngineError, match="cannot be read: file name too long"):
            tree.entries(b"n" * 256)
