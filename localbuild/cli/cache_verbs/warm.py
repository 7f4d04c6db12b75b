"""Warm layers, as far as an engine answers: copies of entries that lie in it as image layers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from localbuild.cli.cache_verbs.places import Caches
from localbuild.errors import LocalbuildError
from localbuild.lines import plain

if TYPE_CHECKING:
    from localbuild.cache.layer_care import LayerFacts
    from localbuild.ports.engine import Layers

Unneeded = Callable[["LayerFacts"], bool]


def find_layers(caches: Caches) -> "tuple[LayerFacts, ...]":
    """The layers of the project's entries, or with `--all` of every one's.

    () where no engine answers or it has none.
    """
    with _engine(caches) as engine:
        return _layers(engine, caches) if engine else ()


def drop_layers(caches: Caches, unneeded: Unneeded) -> tuple[str, ...]:
    """Drop those layers of `find_layers` that nothing needs; the keys of their entries."""
    with _engine(caches) as engine:
        if engine is None:
            return ()
        found = [layer for layer in _layers(engine, caches) if unneeded(layer)]
        try:
            return tuple(layer.key for layer in found if engine.drop_layer(layer.reference))
        except LocalbuildError as error:
            caches.call.voice.detail(plain(f"warm layers were not dropped: {error.message}"))
            return ()


def unused_for(seconds: float) -> Unneeded:
    """Whether a layer was not used for that long, by this machine's clock."""
    before = time.time() - seconds
    return lambda layer: layer.used_s < before


def _layers(engine: "Layers", caches: Caches) -> "tuple[LayerFacts, ...]":
    from localbuild.cache.keys import scope_of
    from localbuild.cache.layer_care import read_layers
    from localbuild.cache.open import layer_uses

    state = caches.call.world.user_state_dir()
    try:
        found = read_layers(engine, lambda names: layer_uses(state, names))
    except LocalbuildError as error:
        caches.call.voice.detail(plain(f"warm layers are not known: {error.message}"))
        return ()
    if caches.everyone:
        return found
    return tuple(layer for layer in found if scope_of(layer.entry) == caches.scope)


@contextmanager
def _engine(caches: Caches) -> "Iterator[Layers | None]":
    from localbuild.cli.wiring import open_the_engine
    from localbuild.ports.engine import Layers

    try:
        engine = open_the_engine(caches.settings.docker_host, caches.settings.context)
    except LocalbuildError as error:
        caches.call.voice.detail(plain(f"warm layers are not known: {error.message}"))
        yield None
        return
    try:
        yield engine if isinstance(engine, Layers) else None
    finally:
        engine.close()
