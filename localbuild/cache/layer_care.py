"""Keeps the layers of a machine within bounds: those that were not used for longest go first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localbuild.cache.layer_names import CONTENT_LABEL, ENTRY_LABEL, KEY_LABEL, SIZE_LABEL
from localbuild.ports.engine import LayerImage, Layers

LIMIT_BYTES = 20 << 30
"""What the files of all layers may come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFacts:
    """A layer for people: which entry's files it holds, how large they are, when it was used."""

    reference: str
    entry: str
    key: str
    content: str
    size_bytes: int
    used_s: float


Uses = Callable[[Sequence[str]], dict[str, float]]
"""When which layer was last used, Unix seconds."""


def read_layers(engine: Layers, uses: Uses) -> tuple[LayerFacts, ...]:
    """All layers, the last used first. Raises EngineError."""
    found = engine.list_layers()
    used = uses([layer.reference for layer in found])
    facts = (_facts(layer, used.get(layer.reference, layer.created_s)) for layer in found)
    return tuple(sorted(facts, key=lambda f: -f.used_s))


def drop_layers(
    engine: Layers, layers: Sequence[LayerFacts], *, limit_bytes: int, spare: frozenset[str]
) -> tuple[LayerFacts, ...]:
    """Drop layers beyond the limit, the least recently used first; those that are gone.

    `layers` is in the order of `read_layers`. What a container uses stays. Raises EngineError.
    """
    gone = []
    total = 0
    for layer in layers:
        total += layer.size_bytes
        if total <= limit_bytes or layer.reference in spare:
            continue
        if engine.drop_layer(layer.reference):
            gone.append(layer)
    return tuple(gone)


def drop_superseded(engine: Layers, entry: str, content: str) -> None:
    """Drop the layers of what an entry held before. Raises EngineError."""
    for layer in engine.list_layers():
        labels = dict(layer.labels)
        if labels.get(ENTRY_LABEL) == entry and labels.get(CONTENT_LABEL) != content:
            engine.drop_layer(layer.reference)


def _facts(layer: LayerImage, used_s: float) -> LayerFacts:
    labels = dict(layer.labels)
    size = labels.get(SIZE_LABEL, "")
    return LayerFacts(
        reference=layer.reference,
        entry=labels.get(ENTRY_LABEL, ""),
        key=labels.get(KEY_LABEL, ""),
        content=labels.get(CONTENT_LABEL, ""),
        size_bytes=int(size) if size.isdigit() else layer.size_bytes,
        used_s=used_s,
    )
