"""Checks of a mapping's keys: unknown, missing, excluding each other; and of its shape."""

from localbuild.buildspec.elsewhere import elsewhere
from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.spec_model import Field, Kind, Section
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode, kind_of
from localbuild.documents.source import shown
from localbuild.errors import Severity

PHASE_NAMES = "BUILD,INSTALL,POST_BUILD,PRE_BUILD"


def not_a(node: Node, wanted: str, scope: Scope, hints: tuple[str, ...] = ()) -> None:
    """Note that a node has another shape than `wanted`."""
    where = scope.path or "a buildspec"
    hints = hints or _shape_hints(node, scope)
    scope.error("LB106", f"{where} must be {wanted}, this is {kind_of(node)}", node, hints=hints)


def _shape_hints(node: Node, scope: Scope) -> tuple[str, ...]:
    phase = scope.path.removeprefix("phases.")
    if phase == scope.path or "." in phase or isinstance(node, MappingNode):
        return ()
    return (f"put the commands below a key: {phase}: / commands: / - …",)


def empty_value(node: Node, field: Field, scope: Scope) -> None:
    """Note a null where something is needed."""
    hints: tuple[str, ...] = ()
    if field.kind is Kind.SECTION:
        hints = (f"give it commands, write '{field.name}: {{}}', or remove it",)
    scope.error("LB112", f"{scope.path} is empty", node, hints=hints)


def odd_name(key: ScalarNode, scope: Scope) -> None:
    """Note a name that no output can have: it would be a path, or the word for the first one."""
    hints = ("letters, digits, _ and -, at most 127; not 'primary'",)
    message = f"'{shown(key.text)}' cannot be an identifier in {scope.path}"
    scope.findings.error("LB118", message, key.place, hints=hints)


def missing_key(field: Field, node: Node, scope: Scope) -> None:
    """Note that a required key is not there."""
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


def keys_together(node: MappingNode, section: Section, scope: Scope) -> None:
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


def unknown_key(key: ScalarNode, section: Section, scope: Scope) -> None:
    """Note a key that the section does not know: a warning, but for phases an error."""
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
