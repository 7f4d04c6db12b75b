"""The plan's JSON as a JSON schema (draft-07), made from the model's own types."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from localbuild.plan.codec import json_key
from localbuild.plan.model import BuildPlan

Schema = dict[str, object]

_SCALARS: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def plan_schema() -> Schema:
    """The schema of what `localbuild plan --json` prints, as a value for JSON."""
    definitions: dict[str, Schema] = {}
    whole = _object(BuildPlan, definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A localbuild build plan",
        **whole,
        "definitions": dict(sorted(definitions.items())),
    }


def _object(kind: type, definitions: dict[str, Schema]) -> Schema:
    hints = get_type_hints(kind)
    found = {json_key(f.name): _schema(hints[f.name], definitions) for f in fields(kind)}
    return {
        "type": "object",
        "properties": found,
        "required": list(found),
        "additionalProperties": False,
    }


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    if get_origin(kind) is UnionType:
        (wanted,) = (k for k in get_args(kind) if k is not NoneType)
        return {"anyOf": [_schema(wanted, definitions), {"type": "null"}]}
    if get_origin(kind) is tuple:
        return _array(get_args(kind), definitions)
    if is_dataclass(kind):
        name = cast(type, kind).__name__
        if name not in definitions:
            definitions[name] = _object(cast(type, kind), definitions)
        return {"$ref": f"#/definitions/{name}"}
    if issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    return {"type": _SCALARS[kind]}


def _array(kinds: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    if kinds[-1] is Ellipsis:
        return {"type": "array", "items": _schema(kinds[0], definitions)}
    items = [_schema(kind, definitions) for kind in kinds]
    return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}
