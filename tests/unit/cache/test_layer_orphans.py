"""Which layers nobody comes back to, and that they go in an order in which they can."""

import json
from pathlib import Path

import pytest

from localbuild.cache.layer_names import CONTENT_LABEL, ENTRY_LABEL, STORES_LABEL
from localbuild.cache.layer_orphans import drop_all, is_orphan
from localbuild.cache.manifest import Manifest
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.container.tar import END
from localbuild.engines.scripted import ScriptedEngine
from localbuild.ports.engine import Image, LayerImage, NewLayer
from tests.unit.cache.edits import write
from tests.unit.cache.workshop import new_root, save


@pytest.fixture
def entry(tmp_path: Path) -> Manifest:
    """An entry in the store at `store`."""
    store = DirectoryStore(tmp_path / "store")
    root = new_root(tmp_path)
    (root / "src/d").mkdir()
    write(root / "src/d/f", "x")
    kept = save(root, ("d/**/*",), store)
    store.close()
    return kept.manifest


def layer_of(manifest: Manifest, *stores: str, content: str = "", named: bool = True) -> LayerImage:
    labels = {ENTRY_LABEL: manifest.name, CONTENT_LABEL: content or manifest.content}
    if named:
        labels[STORES_LABEL] = json.dumps(stores)
    return LayerImage(
        reference="r", id="i", labels=tuple(labels.items()), size_bytes=1, created_s=0.0
    )


def test_a_layer_whose_entry_is_there_is_needed(entry: Manifest, tmp_path: Path) -> None:
    there, gone = str(tmp_path / "store"), str(tmp_path / "gone")
    assert not is_orphan(layer_of(entry, there), ())
    assert not is_orphan(layer_of(entry, gone, there), ())
    assert is_orphan(layer_of(entry, gone), (there,))
    assert is_orphan(layer_of(entry, there, content="other"), ())


def test_a_bucket_counts_as_having_it(entry: Manifest, tmp_path: Path) -> None:
    assert not is_orphan(layer_of(entry, str(tmp_path / "gone"), "s3://bucket/p"), ())


def test_where_a_layer_does_not_say_the_user_s_own_stores_are_looked_in(
    entry: Manifest, tmp_path: Path
) -> None:
    layer = layer_of(entry, named=False)
    assert not is_orphan(layer, (str(tmp_path / "store"),))
    assert is_orphan(layer, (str(tmp_path / "gone"),))
    assert not is_orphan(layer_of(entry), (str(tmp_path / "gone"),))


def test_what_is_none_of_the_cache_s_stays(tmp_path: Path) -> None:
    other = LayerImage(reference="r", id="i", labels=(), size_bytes=1, created_s=0.0)
    assert not is_orphan(other, (str(tmp_path / "gone"),))


def test_nothing_is_made_of_a_store_that_is_gone(entry: Manifest, tmp_path: Path) -> None:
    assert is_orphan(layer_of(entry, str(tmp_path / "gone")), ())
    assert not (tmp_path / "gone").exists()


class Stacked(ScriptedEngine):
    """Whose layers cannot be dropped while another one lies upon them, as by their ids."""

    def drop_layer(self, reference: str) -> bool:
        last = self.list_layers()[-1].reference
        return reference == last and super().drop_layer(reference)


def test_layers_that_others_lie_upon_go_last() -> None:
    engine = Stacked()
    below = Image(id="scripted:1", reference="scripted:1", layers=1)
    for name in ("a", "b", "c"):
        layer = NewLayer(base=below, reference=name, labels=(), size_bytes=1024, archive=[END])
        below = engine.add_layer(layer)
    gone, stays = drop_all(engine, lambda layer: layer.reference != "a")
    assert ([layer.reference for layer in gone], stays) == (["c", "b"], [])
    gone, stays = drop_all(engine, lambda layer: True)
    assert ([layer.reference for layer in gone], engine.list_layers()) == (["a"], ())
