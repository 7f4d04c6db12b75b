"""What is hashed is what the archive would hold, links and ignored files left out."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from localbuild.errors import UsageError
from localbuild.sources.directory import DirectorySource
from tests.contracts.source_contract import contents_of


def git(root: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e", *arguments]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def names(source: DirectorySource, *patterns: str) -> list[str]:
    found = source.hash_files(patterns)
    for path, digest in found:
        assert digest == sha256(path.encode()).hexdigest()
    return [path for path, _ in found]


def test_what_git_ignores_is_not_hashed(tmp_path: Path) -> None:
    git(tmp_path, "init")
    write(tmp_path, "a.txt", "b/c.txt", "out/d.txt", "kept.txt")
    (tmp_path / ".gitignore").write_text("out/\nkept.txt\n")
    git(tmp_path, "add", "-f", "kept.txt")
    assert names(DirectorySource(tmp_path), "**/*.txt") == ["a.txt", "b/c.txt", "kept.txt"]
    assert names(DirectorySource(tmp_path), "out/d.txt") == []
    assert names(DirectorySource(tmp_path, include_ignored=True), "out/*") == ["out/d.txt"]


def test_what_is_hidden_is_neither_copied_nor_hashed_though_git_knows_it(tmp_path: Path) -> None:
    git(tmp_path, "init")
    write(tmp_path, "a.txt", "my/cache/b.txt", "my/c.txt")
    git(tmp_path, "add", "-f", ".")
    source = DirectorySource(tmp_path, left_out=[tmp_path / "my" / "cache"])
    assert names(source, "**/*.txt", "my/cache/b.txt") == ["a.txt", "my/c.txt"]
    copied = contents_of(source.open_archive())
    assert [name for name in copied if name.endswith(".txt")] == ["a.txt", "my/c.txt"]


def test_a_repository_in_it_has_a_say_of_its_own(tmp_path: Path) -> None:
    git(tmp_path, "init")
    write(tmp_path, "sub/in.txt", "sub/ignored.txt")
    git(tmp_path / "sub", "init")
    (tmp_path / "sub/.gitignore").write_text("ignored.txt\n")
    assert names(DirectorySource(tmp_path), "sub/*.txt") == ["sub/in.txt"]
    assert names(DirectorySource(tmp_path), "sub/in.txt") == ["sub/in.txt"]


@pytest.mark.parametrize("include_ignored", [False, True])
def test_links_do_not_count_and_lead_nowhere(tmp_path: Path, include_ignored: bool) -> None:
    root = tmp_path / "root"
    write(root, "a/b")
    write(tmp_path, "outside/secret")
    (root / "file").symlink_to("a/b")
    (root / "dir").symlink_to("a")
    (root / "out").symlink_to("../outside")
    source = DirectorySource(root, include_ignored=include_ignored)
    assert names(source, "**", "file", "dir/b", "dir/*", "out/*", "out/secret") == ["a/b"]


def test_a_plain_path_opens_no_other_directory(tmp_path: Path) -> None:
    write(tmp_path, "a/b/lock", "other/deep/x")
    os.utime(tmp_path / "other", (0, 0))
    source = DirectorySource(tmp_path, include_ignored=True)
    assert names(source, "a/b/lock", "a/*/lock", "a/b/?ock") == ["a/b/lock"]
    assert (tmp_path / "other").stat().st_atime == 0
    assert names(source, "**/x") == ["other/deep/x"]


def test_names_are_bytes(tmp_path: Path) -> None:
    name = b"\xff[x] *?\n'\""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"")
    [(found, _)] = DirectorySource(tmp_path).hash_files(["*"])
    assert os.fsencode(found) == name


def test_order_is_bytewise(tmp_path: Path) -> None:
    write(tmp_path, "a/z", "a.b", "a-b", "B", "é")
    assert names(DirectorySource(tmp_path), "**") == ["B", "a-b", "a.b", "a/z", "é"]


def test_no_directory_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        DirectorySource(tmp_path / "absent").hash_files(["*"])
