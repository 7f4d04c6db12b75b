"""Every source keeps the contract."""

from pathlib import Path

import pytest

from localbuild.ports.source import Source
from localbuild.sources.directory import DirectorySource
from localbuild.sources.memory import MemorySource
from tests.contracts.source_contract import TREE, SourceContract


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
