"""Facts about real repositories."""

from pathlib import Path

import pytest

from localbuild.sources.git import GitFacts, list_files, read_git_facts
from tests.integration.source_trees import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "home").mkdir()
    return Repository(tmp_path / "r", tmp_path / "home")


def facts(repository: Repository, below: str = ".") -> GitFacts:
    return read_git_facts(repository.path / below, repository.environment)


def test_before_the_first_commit(repository: Repository) -> None:
    assert facts(repository) == GitFacts(is_repository=True, branch="main")


def test_a_commit_on_a_branch(repository: Repository) -> None:
    commit = repository.commit({"a": "1"})
    repository.git("checkout", "-q", "-b", "feature/x")
    repository.git("remote", "add", "origin", "https://me:token@example.com/o/r.git")
    assert facts(repository) == GitFacts(
        is_repository=True, commit=commit, branch="feature/x", url="https://example.com/o/r.git"
    )


def test_a_detached_head(repository: Repository) -> None:
    commit = repository.commit()
    repository.git("checkout", "-q", "--detach")
    assert facts(repository) == GitFacts(is_repository=True, commit=commit)


def test_a_subdirectory_and_its_changes(repository: Repository) -> None:
    commit = repository.commit({"app/a": "1", "lib/b": "1"})
    repository.write({"lib/b": "2"})
    assert facts(repository, "app") == GitFacts(is_repository=True, commit=commit, branch="main")
    assert facts(repository, "lib").dirty


@pytest.mark.parametrize("name", ["a", "new"])
def test_a_change_or_a_new_file_is_dirty(repository: Repository, name: str) -> None:
    repository.commit({"a": "1", ".gitignore": "*.log\n"})
    repository.write({"x.log": ""})
    assert not facts(repository).dirty
    repository.write({name: "2"})
    assert facts(repository).dirty


def test_a_removed_and_a_staged_file_are_dirty(repository: Repository) -> None:
    repository.commit({"a": "1"})
    repository.git("rm", "-q", "--cached", "a")
    (repository.path / "a").unlink()
    assert facts(repository).dirty


def test_no_repository_and_no_git(repository: Repository, tmp_path: Path) -> None:
    repository.commit()
    assert read_git_facts(tmp_path, repository.environment) == GitFacts()
    assert read_git_facts(repository.path, {"PATH": str(tmp_path)}) == GitFacts()
    assert read_git_facts(repository.path / "missing", repository.environment) == GitFacts()


def test_files_are_listed_as_git_sees_them(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a/b": "", ".gitignore": "*.log\n"})
    repository.write({"x.log": "", "a/new": ""})
    found = list_files(repository.path, repository.environment)
    assert sorted(found or []) == [".gitignore", "a/b", "a/new"]
    assert list_files(tmp_path, repository.environment) is None
