"""Real git decides what belongs to a build."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from localbuild.sources.directory import DirectorySource
from tests.contracts.source_contract import contents_of, members_of
from tests.integration.source_trees import Repository, chosen

Make = Callable[..., Repository]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes repositories, `r` by default."""
    (tmp_path / "home").mkdir()
    return lambda name="r": Repository(tmp_path / name, tmp_path / "home")


@pytest.fixture
def repository(make: Make) -> Repository:
    return make()


class TestIgnoreRules:
    """Each place where git finds its rules."""

    def test_ignored_files_stay_behind_and_all_others_come(self, repository: Repository) -> None:
        repository.commit({".gitignore": "*.log\n/out/\n", "kept": "1", "gone": "2"})
        repository.write({"new": "3", "x.log": "", "out/a": "", "sub/out/b": "", "sub/y.log": ""})
        (repository.path / "gone").unlink()
        (repository.path / "kept").write_text("changed")
        ours = repository.source()
        assert chosen(ours) == {".gitignore", "kept", "new", "sub/out/b"}
        assert contents_of(ours.open_archive())["kept"] == b"changed"
        assert ours.stats().warnings == ()

    def test_rules_of_directories_and_exceptions(self, repository: Repository) -> None:
        repository.write(
            {
                ".gitignore": "*.tmp\n!keep.tmp\n",
                "a/.gitignore": "*\n!.gitignore\n!b/\n!b/**\n",
                "a/x": "",
                "a/b/y": "",
                "a/b/z.tmp": "",
                "keep.tmp": "",
                "drop.tmp": "",
            }
        )
        found = chosen(repository.source())
        assert found == {".gitignore", "a/.gitignore", "a/b/y", "a/b/z.tmp", "keep.tmp"}

    def test_rules_outside_the_tree(self, repository: Repository, tmp_path: Path) -> None:
        repository.write({"a.mine": "", "b.local": "", "c": ""})
        (repository.path / ".git/info/exclude").write_text("*.local\n")
        (tmp_path / "home/.config/git").mkdir(parents=True)
        (tmp_path / "home/.config/git/ignore").write_text("*.mine\n")
        assert chosen(repository.source()) == {"c"}

    def test_tracked_files_come_even_if_ignored(self, repository: Repository) -> None:
        repository.write({"dist/app.js": "1", "dist/new.js": "2"})
        repository.git("add", "dist/app.js")
        repository.write({".gitignore": "dist/\n"})
        assert chosen(repository.source()) == {".gitignore", "dist/app.js"}

    def test_everything_comes_when_asked_for(self, repository: Repository) -> None:
        repository.write({".gitignore": "*.log\n", "x.log": "1"})
        ours = DirectorySource(repository.path, include_ignored=True)
        assert "x.log" in chosen(ours)
        assert ".git/HEAD" in members_of(ours.open_archive())

    def test_directories_without_chosen_files_are_not_made(self, repository: Repository) -> None:
        repository.write({".gitignore": "out/\n", "out/x": "", "a/b/c": ""})
        (repository.path / "empty").mkdir()
        members = members_of(repository.source().open_archive())
        directories = {n for n, m in members.items() if m.isdir() and not n.startswith(".git")}
        assert directories == {"a", "a/b"}


class TestGitDirectory:
    """`.git` is copied whole, so that git works in the build."""

    def test_git_works_in_the_copy(self, repository: Repository, tmp_path: Path) -> None:
        commit = repository.commit({"a": "1"})
        copy = Repository(tmp_path / "copy", tmp_path / "home")
        for name, data in contents_of(repository.source().open_archive()).items():
            path = copy.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert copy.git("rev-parse", "HEAD") == commit
        assert copy.git("status", "--porcelain") == ""

    def test_what_git_ignores_inside_it_comes_too(self, repository: Repository) -> None:
        repository.write({".gitignore": "*\n"})
        members = members_of(repository.source().open_archive())
        assert {".git/HEAD", ".git/config", ".git/refs/heads"} <= set(members)

    def test_a_linked_worktree_is_told(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit({"a": "1", ".gitignore": "*.log\n"})
        repository.git("worktree", "add", "-q", str(tmp_path / "second"))
        (tmp_path / "second" / "x.log").touch()
        ours = DirectorySource(tmp_path / "second", environment=repository.environment)
        assert chosen(ours) == {".git", ".gitignore", "a"}
        [warning] = ours.stats().warnings
        assert "git commands in the build will not find it" in warning


class TestRepositoriesInside:
    """Submodules and other repositories below the source."""

    @pytest.fixture
    def inner(self, make: Make) -> Repository:
        inner = make("inner")
        inner.commit({"in": "1", ".gitignore": "*.log\n"})
        return inner

    def test_a_submodule_s_own_rules_count(self, repository: Repository, inner: Repository) -> None:
        repository.git("submodule", "--quiet", "add", str(inner.path), "libs/sub")
        repository.commit()
        repository.write({"libs/sub/x.log": "", "libs/sub/new": "", "y.log": ""})
        ours = repository.source()
        inside = {"libs/sub/.git", "libs/sub/.gitignore", "libs/sub/in", "libs/sub/new"}
        assert chosen(ours) == {".gitmodules", "y.log", *inside}
        assert ".git/modules/libs/sub/HEAD" in members_of(ours.open_archive())
        assert ours.stats().warnings == ()

    def test_a_submodule_in_a_submodule(
        self, repository: Repository, inner: Repository, make: Make
    ) -> None:
        middle = make("middle")
        middle.git("submodule", "--quiet", "add", str(inner.path), "deep")
        middle.commit({"mid": ""})
        repository.git("submodule", "--quiet", "add", str(middle.path), "sub")
        repository.git("submodule", "--quiet", "update", "--init", "--recursive")
        repository.write({"sub/deep/x.log": "", "sub/deep/new": ""})
        found = chosen(repository.source())
        assert {"sub/mid", "sub/deep/in", "sub/deep/new"} <= found
        assert "sub/deep/x.log" not in found

    def test_a_submodule_that_is_not_checked_out(
        self, repository: Repository, inner: Repository
    ) -> None:
        repository.git("submodule", "--quiet", "add", str(inner.path), "sub")
        repository.commit()
        repository.git("submodule", "--quiet", "deinit", "--force", "sub")
        members = members_of(repository.source().open_archive())
        assert members["sub"].isdir()
        assert not [name for name in members if name.startswith("sub/")]

    def test_a_submodule_as_the_source_is_told(
        self, repository: Repository, inner: Repository
    ) -> None:
        repository.git("submodule", "--quiet", "add", str(inner.path), "sub")
        ours = repository.source("sub")
        assert chosen(ours) == {".git", ".gitignore", "in"}
        assert len(ours.stats().warnings) == 1

    def test_a_clone_that_is_not_tracked(self, repository: Repository, inner: Repository) -> None:
        repository.git("clone", "-q", str(inner.path), "vendor/clone")
        repository.write({"vendor/clone/x.log": "", "vendor/clone/new": ""})
        ours = repository.source()
        names = {f"vendor/clone/{name}" for name in (".gitignore", "in", "new")}
        assert chosen(ours) == names
        assert "vendor/clone/.git/HEAD" in members_of(ours.open_archive())

    def test_a_repository_without_a_commit(self, repository: Repository, make: Make) -> None:
        fresh = make("r/fresh")
        fresh.write({".gitignore": "*.log\n", "x.log": "", "a": ""})
        ours = repository.source()
        assert chosen(ours) == {"fresh/.gitignore", "fresh/a"}
        assert "fresh/.git/HEAD" in members_of(ours.open_archive())

    def test_an_ignored_clone_stays_behind(self, repository: Repository, inner: Repository) -> None:
        repository.git("clone", "-q", str(inner.path), "clone")
        repository.write({".gitignore": "/clone/\n"})
        assert chosen(repository.source()) == {".gitignore"}

    def test_a_repository_that_git_cannot_read_comes_whole(
        self, repository: Repository, inner: Repository
    ) -> None:
        repository.git("submodule", "--quiet", "add", str(inner.path), "sub")
        repository.commit()
        repository.write({"sub/x.log": "", "sub/.git": "gitdir: nowhere\n"})
        ours = repository.source()
        assert {"sub/in", "sub/x.log"} <= chosen(ours)
        assert "ignores are copied too" in ours.stats().warnings[0]


class TestTypeChanges:
    """What is on disk counts, whatever the index says."""

    def test_a_file_that_became_a_directory(self, repository: Repository) -> None:
        repository.commit({"a": "1"})
        (repository.path / "a").unlink()
        repository.write({"a/b": "2", "a/c": "3"})
        assert chosen(repository.source()) == {"a/b", "a/c"}

    def test_a_directory_that_became_a_link(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit({"a/b": "1"})
        repository.write({"elsewhere/b": "2"})
        (repository.path / "a" / "b").unlink()
        (repository.path / "a").rmdir()
        (repository.path / "a").symlink_to(repository.path / "elsewhere")
        members = members_of(repository.source().open_archive())
        assert members["a"].issym()
        assert "a/b" not in members

    def test_a_file_with_three_versions_comes_once(self, repository: Repository) -> None:
        repository.commit({"a": "1"})
        repository.git("checkout", "-q", "-b", "side")
        repository.commit({"a": "2"})
        repository.git("checkout", "-q", "main")
        repository.commit({"a": "3"})
        repository.git("merge-tree", "main", "main", "side")
        repository.git("read-tree", "-m", "main~1", "main", "side")
        assert len(repository.git("ls-files", "-u").splitlines()) == 3
        names = [m for m in members_of(repository.source().open_archive()) if m == "a"]
        assert names == ["a"]
        assert repository.source().stats().files == 0

    def test_files_left_out_by_a_sparse_checkout(self, repository: Repository) -> None:
        repository.commit({"in/a": "1", "out/b": "2", "top": "3"})
        repository.git("sparse-checkout", "set", "in")
        ours = repository.source()
        assert chosen(ours) == {"in/a", "top"}
        assert ours.stats().warnings == ()


class TestPlacesInARepository:
    """The source may be any directory."""

    def test_a_subdirectory_by_the_rules_of_the_whole(self, repository: Repository) -> None:
        repository.commit({".gitignore": "*.log\n/app/out\n", "app/a": "", "lib/b": ""})
        repository.write({"app/x.log": "", "app/out/c": "", "app/new": ""})
        ours = repository.source("app")
        assert list(members_of(ours.open_archive())) == ["a", "new"]
        assert ours.stats().warnings == ()

    @pytest.mark.parametrize("rule", ["*\n", "/app/\n"])
    def test_a_directory_that_the_repository_around_ignores(
        self, repository: Repository, rule: str
    ) -> None:
        repository.commit({".gitignore": rule})
        repository.write({"app/a": "", "app/b/c": ""})
        assert chosen(repository.source("app")) == {"a", "b/c"}

    def test_a_broken_repository_does_not_become_the_one_around_it(
        self, repository: Repository
    ) -> None:
        repository.commit({".gitignore": "*\n"})
        repository.write({"app/.git/HEAD": "broken", "app/a": ""})
        ours = repository.source("app")
        assert chosen(ours) == {"a"}
        assert "git could not list" in ours.stats().warnings[0]

    def test_no_repository(self, tmp_path: Path) -> None:
        (tmp_path / ".gitignore").write_text("*.log\n")
        (tmp_path / "x.log").touch()
        assert chosen(DirectorySource(tmp_path)) == {".gitignore", "x.log"}

    def test_without_git_everything_comes_and_is_told(
        self, repository: Repository, tmp_path: Path
    ) -> None:
        repository.write({".gitignore": "*.log\n", "x.log": ""})
        ours = DirectorySource(repository.path, environment={"PATH": str(tmp_path)})
        assert "x.log" in chosen(ours)
        [warning] = ours.stats().warnings
        assert "git is not installed" in warning

    def test_a_broken_index_is_told(self, repository: Repository) -> None:
        repository.commit({".gitignore": "*.log\n"})
        repository.write({"x.log": ""})
        (repository.path / ".git/index").write_bytes(b"broken")
        ours = repository.source()
        assert "x.log" in chosen(ours)
        assert "git could not list" in ours.stats().warnings[0]

    def test_names_of_any_bytes(self, repository: Repository) -> None:
        names = [b"-c", b"a\nb", b"\"'$(x)", b"\xff\xfe", b" x ", b"\xc3\xa4", b"n" * 255, b"*.c"]
        root = os.fsencode(repository.path)
        for name in names:
            os.makedirs(os.path.join(root, b"d", name))  # noqa: PTH103, PTH118
            Path(os.fsdecode(os.path.join(root, b"d", name, name))).touch()  # noqa: PTH118
        found = {os.fsencode(name) for name in chosen(repository.source())}
        assert found == {b"d/%b/%b" % (name, name) for name in names}
