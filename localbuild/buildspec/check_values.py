"""Checks of single values and of lists of them: text, booleans, commands, `on-failure`, shells."""

from collections.abc import Callable

from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.scalars import (
    SHELLS,
    WINDOWS_SHELLS,
    parse_bool,
    parse_count,
    parse_on_failure,
)
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.spec_build import VERSIONS
from localbuild.buildspec.spec_model import Field
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode, kind_of
from localbuild.documents.source import shown
from localbuild.documents.yaml_hints import quote_hint
from localbuild.errors import Severity


def check_text(node: Node, field: Field, scope: Scope) -> None:
    """One scalar, and one of the field's choices where it has any."""
    if not isinstance(node, ScalarNode):
        _not_text(node, scope)
        return
    choices = {choice.upper() for choice in field.choices}
    if not choices or (node.text.isascii() and node.text.upper() in choices):
        return
    note = scope.error if field.strict else scope.warn
    message = f"'{shown(node.text)}' is no value of {scope.path}"
    hints = (f"allowed here: {', '.join(field.choices)}",)
    note("LB108", message, node, suggestion=did_you_mean(node.text, field.choices), hints=hints)


def check_texts(node: Node, field: Field, scope: Scope) -> None:
    """A list of scalars, or one scalar."""
    if isinstance(node, ScalarNode):
        if field.lone_text:
            message = f"{scope.path} is a single value where a list belongs: taken as a list of one"
            scope.warn("LB109", message, node, hints=(f"write it as a list: - {shown(node.text)}",))
        return
    if not isinstance(node, SequenceNode):
        scope.error("LB106", f"{scope.path} must be a list, this is {kind_of(node)}", node)
        return
    for item in node.items:
        if not isinstance(item, ScalarNode):
            _not_text(item, scope)


def check_commands(node: Node, field: Field, scope: Scope) -> None:
    """Commands: what the service says about a mapping among them counts items from 0."""
    items = node.items if isinstance(node, SequenceNode) else (node,)
    if isinstance(node, MappingNode):
        hints = ("begin each command with '- ', and quote one that holds ': '",)
        scope.error("LB106", f"{scope.path} must be a list, this is a mapping", node, hints=hints)
        return
    for index, item in enumerate(items):
        if isinstance(item, ScalarNode):
            _dropped_anchor(item, scope)
        else:
            _not_a_command(item, index, field, scope)


def _not_a_command(item: Node, index: int, field: Field, scope: Scope) -> None:
    if scope.findings.full():
        return
    said = ""
    if isinstance(item, MappingNode) and field.name == "commands":
        said = (
            f"Expected Commands[{index}] to be of string type: found subkeys instead "
            f"at line {item.place.line}, "
            f"value of the key tag on line {item.place.line - 1} might be empty"
        )
    message = f"{scope.path}[{index}] must be text, this is {kind_of(item)}"
    hints = quote_hint(scope.findings.source.excerpt(item.place.line), item.place.column)
    hints = hints or ("quote the whole command, or write it below '- |'",)
    scope.error("LB105", message, item, hints=hints, service_message=said)


def _dropped_anchor(item: ScalarNode, scope: Scope) -> None:
    """`&cmd` at the start of a command is a YAML anchor, `! cmd` a tag: both are lost."""
    if scope.findings.full(Severity.WARNING):
        return
    if item.anchor and not scope.findings.is_referred_to(item.anchor):
        message = f"'&{shown(item.anchor)}' is read as a YAML anchor and is lost from the command"
        hints = quote_hint(scope.findings.source.excerpt(item.place.line), item.place.column)
        scope.warn("LB009", message, item, hints=hints)
    elif item.bang:
        message = "'!' is read as a YAML tag and is lost from the command"
        hints = quote_hint(scope.findings.source.excerpt(item.place.line), item.place.column)
        scope.warn("LB009", message, item, hints=hints)


def check_version(node: Node, scope: Scope) -> None:
    """0.1 or 0.2; a batch build wants a number, an ordinary one takes it quoted too."""
    if not isinstance(node, ScalarNode):
        _not_text(node, scope)
    elif node.text not in VERSIONS:
        message = f"version '{shown(node.text)}' is unknown"
        scope.error("LB102", message, node, hints=("write: version: 0.2",))
    elif scope.batch and not node.plain:
        scope.error(
            "LB113",
            "a batch build wants the version as a number, without quotes",
            node,
            hints=(f"write: version: {shown(node.text)}",),
            service_message=f"cannot unmarshal !!str `{shown(node.text)}` into float64",
        )


def check_shell(node: Node, scope: Scope) -> None:
    """bash and sh by name or path. Windows' shells are known, but there is no Windows here."""
    if not isinstance(node, ScalarNode):
        _not_text(node, scope)
    elif node.text.lower() in WINDOWS_SHELLS:
        message = f"'{shown(node.text)}' needs a Windows build, and only Linux builds run here"
        scope.error("LB110", message, node, hints=(f"shells that run here: {', '.join(SHELLS)}",))
    elif node.text not in SHELLS:
        hints = (f"shells that run here: {', '.join(SHELLS)}",)
        suggestion = did_you_mean(node.text, SHELLS)
        message = f"'{shown(node.text)}' is no shell that the service knows"
        scope.error("LB111", message, node, suggestion=suggestion, hints=hints)


def check_bool(node: Node, scope: Scope) -> None:
    """A yes or a no."""
    _parsed(node, scope, "LB107", parse_bool)


def check_count(node: Node, scope: Scope) -> None:
    """A whole number from 1."""
    _parsed(node, scope, "LB107", parse_count)


def check_on_failure(node: Node, scope: Scope) -> None:
    """ABORT, CONTINUE or RETRY with its count and pattern."""
    _parsed(node, scope, "LB114", parse_on_failure)


def _parsed(node: Node, scope: Scope, code: str, parse: Callable[[str], object]) -> None:
    if not isinstance(node, ScalarNode):
        _not_text(node, scope)
        return
    try:
        parse(node.text)
    except ValueError as error:
        scope.error(code, f"{scope.path}: {error}", node)


def _not_text(node: Node, scope: Scope) -> None:
    if scope.findings.full():
        return
    hints = quote_hint(scope.findings.source.excerpt(node.place.line), node.place.column)
    scope.error("LB106", f"{scope.path} must be text, this is {kind_of(node)}", node, hints=hints)
