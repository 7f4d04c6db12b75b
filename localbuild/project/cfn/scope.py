"""What the functions of a template work with: its names, what was given, and how to go deeper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.errors import Place
from localbuild.project.cfn.template import Template
from localbuild.project.findings import Findings
from localbuild.project.values import ListValue, MapValue, Origin, TextValue, Unknown, Value

LONGEST = 1024 * 1024
"""Characters of one text: functions within functions could double it at every level."""

MOST_CALLS = 100_000
"""Calls of functions in one definition."""

ONLY_AWS = "only AWS knows it"


@dataclass(slots=True, kw_only=True)
class Scope:
    """A template being evaluated.

    `given`: `--parameter` by name. `used`: which of them were asked for. `decided`: conditions;
    one that is being decided is there with None. `masked`: values that are not to be shown.
    """

    template: Template
    functions: "Mapping[str, Function]"
    given: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    findings: Findings = field(default_factory=Findings)
    used: set[str] = field(default_factory=set)
    decided: dict[str, bool | None] = field(default_factory=dict)
    deciding: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    calls: int = 0

    def evaluate(self, node: Node) -> Value | None:
        """A node's value; None for what is to be taken away, as AWS::NoValue and null are."""
        called = call_of(node)
        if called is not None:
            return self._called(*called, node.place)
        origin = Origin(place=node.place)
        if isinstance(node, ScalarNode):
            return None if node.is_null else literal(node)
        if isinstance(node, SequenceNode):
            items = (self.evaluate(item) for item in node.items)
            return ListValue(items=tuple(i for i in items if i is not None), origin=origin)
        pairs = {key.text: self.evaluate(value) for key, value in node.pairs}
        return MapValue(pairs={k: v for k, v in pairs.items() if v is not None}, origin=origin)

    def text(self, node: Node, where: str) -> TextValue:
        """A node's value, which must be one text; else a problem and an empty text."""
        found = self.evaluate(node)
        if isinstance(found, TextValue):
            return found
        if found is not None:
            self.findings.problem(f"{where} takes a text here", node.place)
        return TextValue(text="", origin=Origin(place=node.place))

    def wrong(self, message: str, place: Place, hints: tuple[str, ...] = ()) -> None:
        """Take down a problem; the function has no value then."""
        self.findings.problem(message, place, hints)

    def ask(self, name: str) -> str | None:
        """What was given for a name."""
        if name not in self.given:
            return None
        self.used.add(name)
        return self.given[name]

    def _called(self, name: str, argument: Node, place: Place) -> Value | None:
        self.calls += 1
        function = self.functions.get(name)
        if self.calls > MOST_CALLS:
            self.wrong(f"more than {MOST_CALLS} calls of functions", place)
            return None
        if function is None:
            return unknown_text(
                shown_call(name, argument), "localbuild has no such function", place
            )
        return function(self, argument, place)


Function = Callable[[Scope, Node, Place], Value | None]


def call_of(node: Node) -> tuple[str, Node] | None:
    """The function that a node calls, and its argument; None for a plain value.

    `!Ref X` and `{Ref: X}` are the same call; so are `!Sub X` and `{"Fn::Sub": X}`.
    """
    if node.tag:
        name = node.tag.removeprefix("!")
        return (name if name in ("Ref", "Condition") else f"Fn::{name}"), untagged(node)
    if isinstance(node, MappingNode) and len(node.pairs) == 1:
        key, argument = node.pairs[0]
        if key.text == "Ref" or key.text.startswith("Fn::"):
            return key.text, argument
    return None


def untagged(node: Node) -> Node:
    """The same node without its tag."""
    if isinstance(node, ScalarNode):
        return ScalarNode(text=node.text, place=node.place, plain=False, block=node.block)
    if isinstance(node, SequenceNode):
        return SequenceNode(items=node.items, place=node.place)
    return MappingNode(pairs=node.pairs, place=node.place)


def literal(node: ScalarNode) -> TextValue:
    """A scalar as written."""
    first = None
    if node.block:
        place = node.place
        first = Place(file=place.file, line=place.line + 1)
    return TextValue(text=node.text, origin=Origin(place=node.place), first=first)


def unknown_text(what: str, why: str, place: Place, name: str = "") -> TextValue:
    """A text that cannot be known here; `name` stands in for it."""
    missing = Unknown(what=what, why=why, place=place, stand_in=name)
    return TextValue(text=name, origin=Origin(place=place), unknown=(missing,))


def shown_call(name: str, argument: Node) -> str:
    """A call as people write it: `!GetAtt Role.Arn`."""
    short = f"!{name.removeprefix('Fn::')}"
    return f"{short} {argument.text}" if isinstance(argument, ScalarNode) else short


def arguments(
    scope: Scope, node: Node, name: str, counts: tuple[int, ...]
) -> tuple[Node, ...] | None:
    """A list of arguments of one of these lengths; else a problem and None."""
    if isinstance(node, SequenceNode) and len(node.items) in counts and not node.tag:
        return node.items
    wanted = " or ".join(map(str, counts))
    scope.wrong(f"{name} takes a list of {wanted} values", node.place)
    return None
