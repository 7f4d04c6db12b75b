"""What `clean` removes of caches on an engine: warm layers, and the volumes of LOCAL caches."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localbuild.cli.call import Call
from localbuild.cli.settings import Settings
from localbuild.lines import plain
from localbuild.units import print_bytes

if TYPE_CHECKING:
    from localbuild.ports.engine import Engine, LayerImage

VOLUMES = "localbuild-cache-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What was removed, as JSON and as lines; and lines about what had to stay."""

    document: tuple[dict[str, object], ...] = ()
    lines: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def clean_layers(call: Call, settings: Settings, engine: "Engine") -> Cleaned:
    """Remove the layers whose entry no store has any more, or with `--all` all of them."""
    from localbuild.cache.layer_orphans import drop_all, is_orphan
    from localbuild.ports.engine import Layers

    if not isinstance(engine, Layers):
        return Cleaned()
    everything = call.flag("everything")
    places = (*settings.cache.tiers, str(call.world.user_cache_dir()))
    gone, stays = drop_all(
        engine, lambda layer: _is_caches(layer) and (everything or is_orphan(layer, places))
    )
    return Cleaned(
        document=tuple(map(_layer_document, gone)),
        lines=tuple(f"warm layer {layer.reference} ({layer_words(layer)})" for layer in gone),
        stays=tuple(f"warm layer {layer.reference} is in use: it stays" for layer in stays),
    )


def clean_volumes(call: Call, settings: Settings, engine: "Engine") -> Cleaned:
    """Remove the volumes of the project's LOCAL cache, or with `--all` those of every project."""
    from localbuild.cli.request import name_from
    from localbuild.cli.source_words import find_source
    from localbuild.plan.local_cache import local_scope
    from localbuild.ports.volumes import Volumes

    if not isinstance(engine, Volumes):
        return Cleaned()
    prefix = VOLUMES
    if not call.flag("everything"):
        source = find_source("", call.world.cwd)
        prefix += local_scope(settings.project_name or name_from(str(source)))
    found = engine.list_volumes(prefix)
    gone = [name for name in found if engine.drop_volume(name)]
    return Cleaned(
        document=tuple({"name": name} for name in gone),
        lines=tuple(f"volume {name}" for name in gone),
        stays=tuple(f"volume {name} is in use: it stays" for name in found if name not in gone),
    )


def _is_caches(layer: "LayerImage") -> bool:
    from localbuild.cache.layer_names import ENTRY_LABEL

    return bool(dict(layer.labels).get(ENTRY_LABEL))


def _layer_document(layer: "LayerImage") -> dict[str, object]:
    from localbuild.cache.layer_names import KEY_LABEL

    key = dict(layer.labels).get(KEY_LABEL, "")
    return {"reference": layer.reference, "key": key, "sizeBytes": layer.size_bytes}


def layer_words(layer: "LayerImage") -> str:
    """`key npm-a1b2, 566 MB`: whose a layer is, and its size."""
    from localbuild.cache.layer_names import KEY_LABEL

    key = dict(layer.labels).get(KEY_LABEL, "")
    return f"{f'key {plain(key)}' if key else 'no key'}, {print_bytes(layer.size_bytes)}"
