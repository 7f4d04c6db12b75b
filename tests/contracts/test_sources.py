"""Every source keeps the contract."""

import shutil
from pathlib import Path

import pytest

from localbuild.ports.source import Source
from localbuild.sources.directory import DirectorySource
from localbuild.sources.git_fetch import GitWish, fetch_repository
from localbuild.sources.memory import MemorySource
from localbuild.sources.places import GitRepository
from localbuild.sources.unzip import unzip
from tests.contracts.source_contract import TREE, SourceContract
from tests.git_remote.repositories import Repository, git_environment
from tests.unit.sources.zips import zip_of


def write_tree(root: Path) -> Path:
    for name, data in TREE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


class TestMemorySource(SourceContract):
    """In memory."""

    @pytest.fixture
    def source(self) -> Source:
        return MemorySource(TREE)


class TestGitSource(SourceContract):
    """What a fetch of a git repository leaves, but for its `.git`."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        repository = Repository(tmp_path / "app")
        write_tree(repository.path)
        repository.commit({})
        into = tmp_path / "into"
        into.mkdir()
        wish = GitWish(repository=GitRepository(url=repository.url))
        fetch_repository(wish, into, lambda: None, git_environment(tmp_path))
        shutil.rmtree(into / ".git")
        return DirectorySource(into, include_ignored=True)


class TestS3Source(SourceContract):
    """What a fetch of a ZIP file leaves."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        archive, into = tmp_path / "app.zip", tmp_path / "into"
        archive.write_bytes(zip_of(TREE))
        into.mkdir()
        unzip(archive, into, lambda: None)
        return DirectorySource(into, include_ignored=True)


class TestDirectorySource(SourceContract):
    """A directory that git does not know."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        return DirectorySource(write_tree(tmp_path))


class TestWholeDirectorySource(SourceContract):
    """A directory with all its files, ignored ones too."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        return DirectorySource(write_tree(tmp_path), include_ignored=True)
