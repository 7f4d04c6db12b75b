"""Functions that make texts and lists: Sub, Join, Select, Split, Base64, Length, ToJsonString.

Source: CloudFormation User Guide, intrinsic functions. Parts that are not known stay marked.
"""

import base64
import json
import re
from collections.abc import Mapping

from localbuild.documents.nodes import MappingNode, Node, SequenceNode
from localbuild.errors import Place
from localbuild.project.cfn.lookups import attribute, look_up
from localbuild.project.cfn.scope import LONGEST, Function, Scope, arguments, unknown_text
from localbuild.project.values import (
    ListValue,
    Origin,
    TextValue,
    Unknown,
    Value,
    unknowns_of,
)

_HOLE = re.compile(r"\$\{(!?)([^{}]*)\}")


def sub(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Sub TEXT` or `!Sub [TEXT, {NAME: VALUE}]`; `${!X}` is `${X}`."""
    template, own = argument, None
    if isinstance(argument, SequenceNode) and not argument.tag:
        parts = arguments(scope, argument, "Sub", (1, 2))
        if parts is None:
            return None
        template, own = parts[0], parts[1] if len(parts) > 1 else None
    names = {}
    if isinstance(own, MappingNode):
        names = {key.text: scope.evaluate(value) for key, value in own.pairs}
    elif own is not None:
        scope.wrong("Sub takes a map of names here", own.place)
    return _filled(scope, scope.text(template, "Sub"), names, place)


def _filled(
    scope: Scope, template: TextValue, names: Mapping[str, Value | None], place: Place
) -> TextValue:
    pieces: list[str] = []
    unknown = list(template.unknown)
    vias: dict[str, None] = {}
    at = 0
    for hole in _HOLE.finditer(template.text):
        pieces.append(template.text[at : hole.start()])
        at = hole.end()
        if hole[1]:
            pieces.append(f"${{{hole[2]}}}")
            continue
        here = _place_in(template, hole.start(), place)
        found = _in_hole(scope, hole[2].strip(), names, here)
        pieces.append(found.text)
        unknown += found.unknown
        vias |= dict.fromkeys((found.origin.via,) if found.origin.via else ())
    pieces.append(template.text[at:])
    text = _bounded(scope, "".join(pieces), place)
    origin = Origin(place=place, via="; ".join(vias))
    return TextValue(text=text, origin=origin, unknown=tuple(unknown), first=template.first)


def _place_in(template: TextValue, offset: int, place: Place) -> Place:
    """The line of an offset, where the text's lines are the file's."""
    if template.first is None:
        return place
    line = template.first.line + template.text.count("\n", 0, offset)
    return Place(file=place.file, line=line)


def _in_hole(scope: Scope, name: str, names: Mapping[str, Value | None], place: Place) -> TextValue:
    what = f"${{{name}}}"
    if name in names:
        found = names[name]
    elif "." in name:
        found = attribute(scope, name, place, what)
    else:
        found = look_up(scope, name, place, what)
    if isinstance(found, TextValue):
        return found
    if isinstance(found, ListValue):
        return _joined(scope, ",", found, place)
    if found is not None:
        scope.wrong(f"{what} is no text", place)
    return TextValue(text="", origin=Origin(place=place))


def join(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Join [SEPARATOR, LIST]`."""
    parts = arguments(scope, argument, "Join", (2,))
    if parts is None:
        return None
    separator = scope.text(parts[0], "Join").text
    found = scope.evaluate(parts[1])
    if isinstance(found, ListValue):
        return _joined(scope, separator, found, place)
    if isinstance(found, TextValue) and found.unknown:
        return found
    scope.wrong("Join takes a list here", parts[1].place)
    return None


def _joined(scope: Scope, separator: str, found: ListValue, place: Place) -> TextValue:
    texts = [item for item in found.items if isinstance(item, TextValue)]
    if len(texts) < len(found.items):
        scope.wrong("only texts can be joined", place)
    vias = dict.fromkeys(t.origin.via for t in texts if t.origin.via)
    return TextValue(
        text=_bounded(scope, separator.join(t.text for t in texts), place),
        origin=Origin(place=place, via="; ".join(vias)),
        unknown=tuple(unknowns_of(found)),
    )


def _bounded(scope: Scope, text: str, place: Place) -> str:
    if len(text) <= LONGEST:
        return text
    scope.wrong(f"a text of more than {LONGEST} characters comes out here", place)
    return ""


def select(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Select [INDEX, LIST]`."""
    parts = arguments(scope, argument, "Select", (2,))
    if parts is None:
        return None
    index = scope.text(parts[0], "Select")
    found = scope.evaluate(parts[1])
    missing = (*index.unknown, *(unknowns_of(found) if isinstance(found, TextValue) else ()))
    if missing:
        return _missing(missing, place)
    if not isinstance(found, ListValue):
        scope.wrong("Select takes a list here", parts[1].place)
        return None
    digits = index.text
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 9
    if is_number and int(digits) < len(found.items):
        return found.items[int(digits)]
    scope.wrong(f"Select: the list of {len(found.items)} has no '{digits[:20]}'", place)
    return None


def split(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Split [SEPARATOR, TEXT]`."""
    parts = arguments(scope, argument, "Split", (2,))
    if parts is None:
        return None
    separator, text = (scope.text(part, "Split") for part in parts)
    if text.unknown or separator.unknown:
        return _missing((*separator.unknown, *text.unknown), place)
    if not separator.text:
        scope.wrong("Split takes a separator that is not empty", place)
        return None
    origin = Origin(place=place, via=text.origin.via)
    pieces = text.text.split(separator.text, 1000)
    return ListValue(items=tuple(TextValue(text=p, origin=origin) for p in pieces), origin=origin)


def encode(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Base64 TEXT`."""
    found = scope.text(argument, "Base64")
    text = base64.b64encode(found.text.encode("utf-8", "surrogateescape")).decode()
    return TextValue(
        text=_bounded(scope, text, place), origin=Origin(place=place), unknown=found.unknown
    )


def length(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`{"Fn::Length": LIST}`."""
    found = scope.evaluate(argument)
    if isinstance(found, ListValue):
        return TextValue(text=str(len(found.items)), origin=Origin(place=place))
    if found is None or not tuple(unknowns_of(found)):
        scope.wrong("Length takes a list", place)
        return None
    return found


def to_json(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`{"Fn::ToJsonString": VALUE}`."""
    found = scope.evaluate(argument)
    if found is None:
        return None
    text = json.dumps(plain(found), ensure_ascii=False, separators=(",", ":"))
    return TextValue(
        text=_bounded(scope, text, place),
        origin=Origin(place=place),
        unknown=tuple(unknowns_of(found)),
    )


def plain(value: Value) -> object:
    """A value as texts, lists and dictionaries."""
    if isinstance(value, TextValue):
        return value.text
    if isinstance(value, ListValue):
        return [plain(item) for item in value.items]
    return {key: plain(item) for key, item in value.pairs.items()}


def cidr(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Cidr`: no setting of a project is one."""
    scope.evaluate(argument)
    return unknown_text("!Cidr", "localbuild does not work it out", place)


def _missing(found: tuple[Unknown, ...], place: Place) -> TextValue:
    """What comes of parts that are not known: a text that is not known, either."""
    return TextValue(text=found[0].stand_in, origin=Origin(place=place), unknown=found)


TEXTS: Mapping[str, Function] = {
    "Fn::Sub": sub,
    "Fn::Join": join,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Base64": encode,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json,
    "Fn::Cidr": cidr,
}
