"""A hundred thousand files, and a zoo beside them, kept and brought back."""

from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from tests.trees.compare import describe, differences
from tests.trees.zoo import make_zoo, open_up
from tests.unit.cache.edits import settled
from tests.unit.cache.workshop import new_root, open_descriptors, restore, save, staging_left

PATHS = ("zoo/**/*",)


@pytest.mark.faults
def test_a_hundred_thousand_files_come_back(tmp_path: Path) -> None:
    before = open_descriptors()
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    zoo = make_zoo(old / "src/zoo", more_files=100_000)
    store = DirectoryStore(tmp_path / "store")
    entry = save(old, PATHS, store)
    assert entry.manifest.files > 100_000
    back = restore(entry.manifest, new, store)
    lost = differences(describe(zoo), describe(new / "src/zoo"))
    assert [line for line in lost if "link too" not in line] == []
    assert staging_left(new) == []
    (new / "src/zoo/many/00007/003500.txt").write_text("changed")
    later = save(new, PATHS, store, settled(back.base, new), key="later")
    store.close()
    assert len(later.files.segments) == 2
    assert later.files.new_bytes < 20_000
    assert later.files.read < 2000  # those with several names, and the last ones restored
    assert open_descriptors() <= before
    open_up(zoo)
    open_up(new / "src/zoo")
