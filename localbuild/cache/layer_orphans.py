"""Layers that nobody comes back to: none of the stores that they are from has their entry."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from localbuild.cache.layer_names import CONTENT_LABEL, ENTRY_LABEL, STORES_LABEL
from localbuild.cache.manifest import decode_manifest
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.ports.engine import LayerImage, Layers
from localbuild.ports.store import StoreError


def is_orphan(layer: LayerImage, places: Sequence[str]) -> bool:
    """Whether no directory has the layer's entry any more.

    `places` stand for the stores of a layer that older versions made, which does not name them. A
    bucket is not asked: it counts as having the entry, as does a directory that cannot be read.
    """
    labels = dict(layer.labels)
    entry, content = labels.get(ENTRY_LABEL, ""), labels.get(CONTENT_LABEL, "")
    stores = _stores_of(labels[STORES_LABEL]) if STORES_LABEL in labels else tuple(places)
    return bool(entry and stores) and not any(_has(place, entry, content) for place in stores)


def drop_all(
    engine: Layers, unneeded: Callable[[LayerImage], bool]
) -> tuple[list[LayerImage], list[LayerImage]]:
    """Drop layers, those that lie upon others first: what has gone, and what is in use.

    Raises EngineError.
    """
    gone: list[LayerImage] = []
    while True:
        found = [layer for layer in reversed(engine.list_layers()) if unneeded(layer)]
        dropped = [layer for layer in found if engine.drop_layer(layer.reference)]
        gone += dropped
        if not dropped:
            return gone, found


def _stores_of(label: str) -> tuple[str, ...]:
    try:
        return tuple(str(url) for url in json.loads(label))
    except (ValueError, TypeError):
        return ()


def _has(place: str, entry: str, content: str) -> bool:
    if not place.startswith("/"):
        return True
    store = DirectoryStore(Path(place))
    try:
        data = store.read(entry)
        return data is not None and decode_manifest(data).content == content
    except (StoreError, ValueError):
        return True
    finally:
        store.close()
