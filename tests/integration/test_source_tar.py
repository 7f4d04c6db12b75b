"""What GNU tar unpacks is the tree that was read."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localbuild.sources.directory import DirectorySource

NAMES = st.binary(min_size=1, max_size=255).filter(
    lambda name: not set(name) & set(b"\0/") and name not in (b".", b"..", b".localbuild")
)
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map(lambda names: tuple(names)),
    st.tuples(st.binary(max_size=1100), st.integers(0, 0o777), st.integers(-(2**31), 2**33)),
    max_size=8,
)
Tree = dict[tuple[bytes, ...], tuple[bytes, int, int]]
Facts = dict[bytes, tuple[int, int, bytes]]


def unpack(source: DirectorySource, target: Path) -> None:
    target.mkdir()
    command = ["tar", "-xop", "-b128", "--warning=no-timestamp", "-C", str(target), "-f", "-"]
    data = b"".join(source.open_archive())
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def facts(root: bytes, below: bytes = b"") -> Facts:
    found: Facts = {}
    for entry in os.scandir(os.path.join(root, below)):  # noqa: PTH118
        path = os.path.join(below, entry.name)  # noqa: PTH118
        status = entry.stat(follow_symlinks=False)
        content = b""
        if entry.is_symlink():
            content = os.readlink(entry.path)  # noqa: PTH115
        elif entry.is_file():
            content = Path(os.fsdecode(entry.path)).read_bytes()
        else:
            found |= facts(root, path)
        found[path] = (stat.S_IMODE(status.st_mode), status.st_mtime_ns // 10**9, content)
    return found


def write(root: Path, tree: Tree) -> None:
    root.mkdir()
    for names, (data, mode, mtime_s) in tree.items():
        path = root.joinpath(*map(os.fsdecode, names))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (IsADirectoryError, FileExistsError, NotADirectoryError):
            continue  # two names of the tree stand in each other's way
        path.chmod(mode)
        os.utime(path, (0, mtime_s))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=TREES)
def test_any_tree_comes_back(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("trees")
    write(root / "a", tree)
    unpack(DirectorySource(root / "a", include_ignored=True), root / "b")
    assert facts(os.fsencode(root / "b")) == facts(os.fsencode(root / "a"))


def test_links_long_paths_and_large_files_come_back(tmp_path: Path) -> None:
    root = tmp_path / "a"
    deep = root.joinpath(*["d" * 200] * 5)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(os.urandom(3_000_000))
    (deep / "link").symlink_to("t" * 3000)
    (root / "dangling").symlink_to("no/where")
    (root / "empty").mkdir(mode=0o700)
    unpack(DirectorySource(root, include_ignored=True), tmp_path / "b")
    assert facts(os.fsencode(tmp_path / "b")) == facts(os.fsencode(root))
    assert len(facts(os.fsencode(root))) == 9
