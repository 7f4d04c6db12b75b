"""The nodes of a buildspec held against the table: every departure becomes a finding.

After a check without errors the builders (`build`) need not look at shapes again.
"""

from collections.abc import Callable
from dataclasses import replace

from localbuild.buildspec.check_keys import (
    empty_value,
    keys_together,
    missing_key,
    not_a,
    odd_name,
    unknown_key,
)
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
from localbuild.buildspec.pick import entries
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.spec_model import Field, Kind
from localbuild.buildspec.spec_table import SECTIONS
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode


def check_section(node: Node, name: str, scope: Scope) -> None:
    """Check a mapping against the section of that name, and everything below it."""
    section = SECTIONS[name]
    if not isinstance(node, MappingNode):
        not_a(node, "a mapping", scope)
        return
    pairs = entries(node)
    for key, value in pairs:
        field = section.find(key.text, scope.version)
        if field is None:
            unknown_key(key, section, scope)
        else:
            check_field(value, field, scope.below(field.name, key))
    names = {key.text for key, _ in pairs}
    for field in section.fields:
        if field.required and field.name not in names:
            missing_key(field, node, scope)
    keys_together(node, section, scope)


def check_field(node: Node, field: Field, scope: Scope) -> None:
    """Check one value by the kind of its field."""
    if node.is_null:
        if not field.nullable:
            empty_value(node, field, scope)
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
        not_a(node, "a mapping", scope)
        return
    for key, value in entries(node):
        if field.names and not field.names.fullmatch(key.text):
            odd_name(key, scope)
        if not value.is_null:
            check_section(value, field.section, scope.below(key.text, key))
    _at_most(len(entries(node)), node, field, scope)


def _items(node: Node, field: Field, scope: Scope) -> None:
    if not isinstance(node, SequenceNode):
        not_a(node, "a list", scope)
        return
    for index, item in enumerate(node.items):
        check_section(item, field.section, replace(scope, path=f"{scope.path}[{index}]", key=None))


def _mapping_of_texts(node: Node, field: Field, scope: Scope) -> None:
    if not isinstance(node, MappingNode):
        hints = ("write each as NAME: value, without '- '",)
        not_a(node, "a mapping of names to values", scope, hints=hints)
        return
    for key, value in entries(node):
        below = scope.below(key.text, key)
        if field.kind is Kind.MATRIX:
            check_texts(value, field, below)
        elif field.kind is Kind.VERSIONS and value.is_null:
            below.error("LB112", f"{below.path} is empty", value)
        elif not isinstance(value, ScalarNode) and SECTIONS["env"].find(key.text, scope.version):
            hints = (f"'{key.text}' stands beside '{field.name}': less indentation",)
            not_a(value, "text", below, hints=hints)
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


def _at_most(count: int, node: Node, field: Field, scope: Scope) -> None:
    if field.most and count > field.most:
        scope.error("LB115", f"{scope.path} has {count} entries, at most {field.most}", node)
