"""Values of JSON documents: what is of another shape counts as missing. Pure."""

from collections.abc import Mapping


def text_in(found: Mapping[str, object], key: str) -> str:
    """A text, '' where there is none."""
    value = found.get(key)
    return value if isinstance(value, str) else ""


def number_in(found: Mapping[str, object], key: str) -> float:
    """A number, 0 where there is none."""
    value = found.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def object_in(found: Mapping[str, object], key: str) -> Mapping[str, object]:
    """An object, an empty one where there is none."""
    value = found.get(key)
    return value if isinstance(value, Mapping) else {}


def objects_in(found: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    """The objects of a list."""
    value = found.get(key)
    return (
        tuple(each for each in value if isinstance(each, Mapping))
        if isinstance(value, list)
        else ()
    )
