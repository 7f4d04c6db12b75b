"""A layer to make as JSON, for the process that makes it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from localbuild.cache.layer_names import Parent
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.manifest import ObjectRef, decode_manifest, encode_manifest
from localbuild.ports.engine import Image


def write_order(plan: LayerPlan) -> dict[str, object]:
    """The plan as a JSON object."""
    return {
        "manifest": encode_manifest(plan.manifest).decode(),
        "base": asdict(plan.base),
        "source_directory": plan.source_directory,
        "paths": list(plan.paths),
        "parents": [list(parent) for parent in plan.parents],
        "below": plan.below,
        "below_segments": [asdict(segment) for segment in plan.below_segments],
        "bare": plan.bare,
    }


def read_order(found: Mapping[str, Any]) -> LayerPlan:
    """The plan of a JSON object. Raises ValueError, KeyError, TypeError for what is none."""
    base = dict(found["base"])
    base["variables"] = tuple(base["variables"])
    base["labels"] = tuple((name, value) for name, value in base["labels"])
    return LayerPlan(
        manifest=decode_manifest(found["manifest"].encode()),
        base=Image(**base),
        source_directory=found["source_directory"],
        paths=tuple(found["paths"]),
        parents=tuple(Parent(*parent) for parent in found["parents"]),
        below=found["below"],
        below_segments=tuple(ObjectRef(**segment) for segment in found["below_segments"]),
        bare=found["bare"],
    )
