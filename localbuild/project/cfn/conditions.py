"""Conditions: If, Equals, And, Or, Not, and the named ones of a template.

Source: CloudFormation User Guide, condition functions. One that compares what only AWS knows is
taken for false, and that is noted.
"""

from collections.abc import Mapping
from dataclasses import replace

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.errors import Place
from localbuild.project.cfn.scope import Function, Scope, arguments, call_of, shown_call
from localbuild.project.cfn.texts import plain
from localbuild.project.values import TextValue, Value, unknowns_of

_LEAST, _MOST = 2, 10
DEEPEST = 20
"""Conditions within conditions, by name."""


def choose(scope: Scope, argument: Node, _: Place) -> Value | None:
    """`!If [CONDITION, VALUE, VALUE]`."""
    parts = arguments(scope, argument, "If", (3,))
    if parts is None:
        return None
    name = parts[0]
    if not isinstance(name, ScalarNode):
        scope.wrong("If takes the name of a condition first", name.place)
        return None
    found = holds(scope, name.text, name.place)
    chosen = scope.evaluate(parts[1] if found else parts[2])
    if isinstance(chosen, TextValue):
        word = "holds" if found else "does not hold"
        via = "; ".join(v for v in (f"{name.text} {word}", chosen.origin.via) if v)
        return replace(chosen, origin=replace(chosen.origin, via=via))
    return chosen


def holds(scope: Scope, name: str, place: Place) -> bool:
    """Whether a named condition does."""
    if name in scope.decided:
        found = scope.decided[name]
        if found is None:
            scope.wrong(f"condition {name} is made of itself", place)
        return bool(found)
    node = scope.template.conditions.get(name)
    if node is None:
        scope.wrong(f"there is no condition {name}", place)
        return False
    if len(scope.deciding) >= DEEPEST:
        scope.wrong(f"condition {name} is made of more than {DEEPEST} others", place)
        return False
    scope.decided[name] = None
    scope.deciding.append(name)
    result = decide(scope, node)
    scope.deciding.pop()
    scope.decided[name] = result
    return result


def decide(scope: Scope, node: Node) -> bool:
    """Whether a condition holds, as it is written."""
    called = _condition_of(node)
    if called is None:
        scope.wrong("here a condition must stand", node.place)
        return False
    name, argument = called
    if name == "Condition" and isinstance(argument, ScalarNode):
        return holds(scope, argument.text, argument.place)
    scope.calls += 1
    match name:
        case "Fn::Equals":
            return _equals(scope, argument)
        case "Fn::Not":
            parts = arguments(scope, argument, "Not", (1,))
            return parts is not None and not decide(scope, parts[0])
        case "Fn::And" | "Fn::Or":
            return _several(scope, name, argument)
        case _:
            scope.wrong(f"{shown_call(name, argument)} is no condition", node.place)
            return False


def _condition_of(node: Node) -> tuple[str, Node] | None:
    if isinstance(node, MappingNode) and not node.tag and len(node.pairs) == 1:
        key, argument = node.pairs[0]
        if key.text == "Condition":
            return key.text, argument
    return call_of(node)


def _several(scope: Scope, name: str, argument: Node) -> bool:
    count = len(argument.items) if isinstance(argument, SequenceNode) else 0
    if not isinstance(argument, SequenceNode) or not _LEAST <= count <= _MOST:
        short = name.removeprefix("Fn::")
        scope.wrong(f"{short} takes {_LEAST} to {_MOST} conditions", argument.place)
        return False
    found = [decide(scope, item) for item in argument.items]
    return all(found) if name == "Fn::And" else any(found)


def _equals(scope: Scope, argument: Node) -> bool:
    parts = arguments(scope, argument, "Equals", (2,))
    if parts is None:
        return False
    left, right = (scope.evaluate(part) for part in parts)
    missing = [u for side in (left, right) if side is not None for u in unknowns_of(side)]
    for unknown in missing:
        scope.findings.unknown(unknown, "a condition that compares it is taken not to hold")
    if missing or left is None or right is None:
        return False
    return plain(left) == plain(right)


CONDITIONS: Mapping[str, Function] = {"Fn::If": choose}
