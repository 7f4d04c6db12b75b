"""The nodes of a buildspec held against the table: every departure becomes a finding.

After a check without errors the builders (`build`) need not look at shapes again.
"""

from collections.abc import Callable
from dataclasses import replace

from localbuild.buildspec.check_values import (
    check_bool,
    check_commands,
    check_count,
    check_on_failure,
    check_shell,
    check_text,
    check_texts,
    check_version,
)
from localbuild.buildspec.elsewhere import elsewhere
from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.nodes import MappingNode, Node, ScalarNode, SequenceNode, kind_of
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.source import shown
from localbuild.buildspec.spec_model import Field, Kind, Section
from localbuild.buildspec.spec_table import SECTIONS
from localbuild.errors import Severity

PHASE_NAMES = "BUILD,INSTALL,POST_BUILD,PRE_BUILD"


def check_section(node: Node, name: str, scope: Scope) -> None:
    """Check a mapping against the section of that name, and everything below it."""
    section = SECTIONS[name]
    if not isinstance(node, MappingNode):
        _not_a(node, "a mapping", scope)
        return
    last = {key.text: (key, value) for key, value in node.pairs}
    for key, value in last.values():
        field = section.find(key.text, scope.version)
        if field is None:
            _unknown(key, section, scope)
        else:
            check_field(value, field, scope.below(field.name, key))
    for field in section.fields:
        if field.required and field.name not in last:
            _missing(field, node, scope)
    _together(node, section, scope)


def check_field(node: Node, field: Field, scope: Scope) -> None:
    """Check one value by the kind of its field."""
    if node.is_null:
        if not field.nullable:
            scope.error("LB112", f"{scope.path} is empty", node, hints=_empty_hints(field))
        return
    if field.kind in VALUE_CHECKS:
        VALUE_CHECKS[field.kind](node, scope)
    elif field.kind in FIELD_CHECKS:
        FIELD_CHECKS[field.kind](node, field, scope)


def _section(node: Node, field: Field, scope: Scope) -> None:
    check_section(node, field.section, scope)


def _named(node: Node, field: Field, scope: Scope) -> None:
    if isinstance(node, ScalarNode) and field.lone_text:
        message = f"{scope.path} is a single value where names with mappings belong: ignored"
        scope.warn("LB109", message, node, hints=("check the indentation of the lines below",))
        return
    if not isinstance(node, MappingNode):
        _not_a(node, "a mapping", scope)
        return
    for key, value in {key.text: (key, value) for key, value in node.pairs}.values():
        if not value.is_null:
            check_section(value, field.section, scope.below(key.text, key))
    _at_most(len({key.text for key, _ in node.pairs}), node, field, scope)


def _items(node: Node, field: Field, scope: Scope) -> None:
    if not isinstance(node, SequenceNode):
        _not_a(node, "a list", scope)
        return
    for index, item in enumerate(node.items):
        check_section(item, field.section, replace(scope, path=f"{scope.path}[{index}]", key=None))


def _mapping_of_texts(node: Node, field: Field, scope: Scope) -> None:
    if not isinstance(node, MappingNode):
        hints = ("write each as NAME: value, without '- '",)
        _not_a(node, "a mapping of names to values", scope, hints=hints)
        return
    for key, value in {key.text: (key, value) for key, value in node.pairs}.values():
        below = scope.below(key.text, key)
        if field.kind is Kind.MATRIX:
            check_texts(value, field, below)
        elif field.kind is Kind.VERSIONS and value.is_null:
            below.error("LB112", f"{below.path} is empty", value)
        elif not isinstance(value, ScalarNode) and SECTIONS["env"].find(key.text, scope.version):
            hints = (f"'{key.text}' stands beside '{field.name}': less indentation",)
            _not_a(value, "text", below, hints=hints)
        else:
            check_text(value, field, below)


def _texts(node: Node, field: Field, scope: Scope) -> None:
    check_texts(node, field, scope)
    if isinstance(node, SequenceNode):
        _at_most(len(node.items), node, field, scope)


VALUE_CHECKS: dict[Kind, Callable[[Node, Scope], None]] = {
    Kind.BOOL: check_bool,
    Kind.COUNT: check_count,
    Kind.VERSION: check_version,
    Kind.SHELL: check_shell,
    Kind.ON_FAILURE: check_on_failure,
}
FIELD_CHECKS: dict[Kind, Callable[[Node, Field, Scope], None]] = {
    Kind.TEXT: check_text,
    Kind.TEXTS: _texts,
    Kind.COMMANDS: check_commands,
    Kind.VARIABLES: _mapping_of_texts,
    Kind.VERSIONS: _mapping_of_texts,
    Kind.MATRIX: _mapping_of_texts,
    Kind.SECTION: _section,
    Kind.NAMED: _named,
    Kind.ITEMS: _items,
}


def _not_a(node: Node, wanted: str, scope: Scope, hints: tuple[str, ...] = ()) -> None:
    where = scope.path or "a buildspec"
    hints = hints or _shape_hints(node, scope)
    scope.error("LB106", f"{where} must be {wanted}, this is {kind_of(node)}", node, hints=hints)


def _shape_hints(node: Node, scope: Scope) -> tuple[str, ...]:
    phase = scope.path.removeprefix("phases.")
    if phase == scope.path or "." in phase or isinstance(node, MappingNode):
        return ()
    return (f"put the commands below a key: {phase}: / commands: / - …",)


def _empty_hints(field: Field) -> tuple[str, ...]:
    if field.kind is Kind.SECTION:
        return (f"give it commands, write '{field.name}: {{}}', or remove it",)
    return ()


def _at_most(count: int, node: Node, field: Field, scope: Scope) -> None:
    if field.most and count > field.most:
        scope.error("LB115", f"{scope.path} has {count} entries, at most {field.most}", node)


def _missing(field: Field, node: Node, scope: Scope) -> None:
    if field.kind is Kind.VERSION:
        if scope.versionless:
            return
        scope.findings.error(
            "LB101",
            "version is missing",
            scope.findings.source.place(1),
            hints=("begin the file with: version: 0.2",),
            service_message="wrong number of container tags, expected 1",
        )
        return
    scope.error("LB112", f"{field.name} is missing in {scope.path}", node)


def _together(node: MappingNode, section: Section, scope: Scope) -> None:
    """Keys that need or exclude each other; a null or an empty list counts as absent."""
    found = {key.text: value for key, value in node.pairs if not _is_empty(value)}
    kinds = [name for name in section.one_of if name in found]
    if section.one_of and len(kinds) != 1:
        wanted = f"{scope.path} needs exactly one of {', '.join(section.one_of)}"
        scope.error("LB116", f"{wanted}, here: {' and '.join(kinds) or 'none'}", node)
    if section.exclusive and all(name in found for name in section.exclusive):
        names = " and ".join(section.exclusive)
        scope.error("LB117", f"{names} exclude each other", found[section.exclusive[-1]])


def _is_empty(node: Node) -> bool:
    return node.is_null or (isinstance(node, SequenceNode) and not node.items)


def _unknown(key: ScalarNode, section: Section, scope: Scope) -> None:
    if scope.findings.full(Severity.ERROR if section.closed else Severity.WARNING):
        return
    names = section.names(scope.version)
    hints = (f"allowed here: {', '.join(names)}", *elsewhere(key.text, scope.path))
    suggestion = did_you_mean(key.text, names)
    if section.closed:
        scope.findings.error(
            "LB103",
            f"unknown phase '{shown(key.text)}'",
            key.place,
            suggestion=suggestion,
            hints=hints,
            service_message=f"Invalid buildspec phase name: {shown(key.text).upper()}. "
            f"Expecting: {PHASE_NAMES}",
        )
        return
    where = scope.path or "the buildspec"
    said = f"In the section {section.title}\n\tThe following keys cannot be identified:\n\t\t"
    scope.findings.warn(
        "LB104",
        f"unknown key '{shown(key.text)}' in {where}",
        key.place,
        suggestion=suggestion,
        hints=hints,
        service_message=said + shown(key.text) if section.title else "",
    )
