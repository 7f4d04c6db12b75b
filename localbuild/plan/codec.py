"""The plan as JSON and back: its own field names in lowerCamelCase, nothing left out.

`plan_from_json(plan_to_json(plan)) == plan`: a plan can be kept, compared and run elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from localbuild.plan.model import BuildPlan

_SCALARS: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (float, int),
}


def plan_to_json(plan: BuildPlan) -> dict[str, object]:
    """The plan as a JSON object. Values of variables are in it: who prints it, masks them."""
    return _object(plan)


def plan_from_json(document: Mapping[str, object]) -> BuildPlan:
    """The plan of a JSON object; keys that it does not know are passed over.

    Raises ValueError that names what is missing or wrong.
    """
    return cast(BuildPlan, _read_object(BuildPlan, document, "plan"))


def json_key(name: str) -> str:
    """A field's key: `finally_` is `finally`, `memory_bytes` is `memoryBytes`."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _object(value: Any) -> dict[str, object]:
    return {json_key(f.name): _written(getattr(value, f.name)) for f in fields(value)}


def _written(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    return _object(value) if is_dataclass(value) else value


def _read_object(kind: type, found: object, where: str) -> object:
    if not isinstance(found, Mapping):
        raise ValueError(f"{where} is no object")
    hints = get_type_hints(kind)
    values: dict[str, object] = {}
    for field in fields(kind):
        key = json_key(field.name)
        if key not in found:
            raise ValueError(f"{where}.{key} is missing")
        values[field.name] = _read(hints[field.name], found[key], f"{where}.{key}")
    make = cast(Callable[..., object], kind)
    return make(**values)


def _read(kind: Any, found: object, where: str) -> object:
    if get_origin(kind) is UnionType:
        return _read_optional(kind, found, where)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), found, where)
    if is_dataclass(kind):
        return _read_object(cast(type, kind), found, where)
    if issubclass(kind, StrEnum):
        return kind(found)
    if type(found) not in _SCALARS[kind]:
        raise ValueError(f"{where} is no {kind.__name__}")
    return kind(found)


def _read_optional(kind: Any, found: object, where: str) -> object:
    if found is None:
        return None
    (wanted,) = (k for k in get_args(kind) if k is not NoneType)
    return _read(wanted, found, where)


def _read_tuple(kinds: tuple[Any, ...], found: object, where: str) -> object:
    if not isinstance(found, list):
        raise ValueError(f"{where} is no list")
    if kinds[-1] is Ellipsis:
        return tuple(_read(kinds[0], item, f"{where}[{n}]") for n, item in enumerate(found))
    if len(found) != len(kinds):
        raise ValueError(f"{where} has not {len(kinds)} items")
    return tuple(_read(kind, item, where) for kind, item in zip(kinds, found, strict=True))
