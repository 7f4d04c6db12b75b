"""Projects in the JSON of `aws codebuild batch-get-projects` and of `terraform show -json`. Pure.

Source: API reference, BatchGetProjects; Terraform, JSON output format.
"""

from collections.abc import Iterator

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.project.choice import Wanted, choose
from localbuild.project.dialects import from_terraform
from localbuild.project.fields import Reading
from localbuild.project.read import ReadProject, read_project
from localbuild.project.sensitive import sensitive_values
from localbuild.project.values import ListValue, MapValue, Origin, TextValue, Value

RESOURCE = "aws_codebuild_project"


def api_project(root: Node, wanted: Wanted, reading: Reading) -> ReadProject:
    """A project as the API returns it, alone, in a list, or under `projects`."""
    listed = root.find("projects") if isinstance(root, MappingNode) else root
    each = listed.items if isinstance(listed, SequenceNode) else (root,)
    found = [node for node in each if isinstance(node, MappingNode)]
    names = [(_text(node, "name") or str(n), _text(node, "arn")) for n, node in enumerate(found)]
    number = choose(names, wanted)
    return read_project(map_of(found[number]), reading, names[number][0])


def terraform_project(
    root: Node, wanted: Wanted, reading: Reading
) -> tuple[ReadProject, tuple[str, ...]]:
    """An aws_codebuild_project of a plan or a state, also of its modules; what it must not show."""
    found = [node for node in _resources(root) if _text(node, "type") == RESOURCE]
    names = [_terraform_names(node) for node in found]
    number = choose(names, wanted)
    chosen = found[number]
    values = chosen.find("values")
    known = values if isinstance(values, MappingNode) else chosen
    masked = sensitive_values(known, chosen.find("sensitive_values"))
    read = read_project(from_terraform(map_of(known)), reading, _text(chosen, "name"))
    return read, masked


def map_of(node: MappingNode) -> MapValue:
    """A map without its nulls."""
    pairs = {key.text: value_of(value) for key, value in node.pairs}
    kept = {name: value for name, value in pairs.items() if value is not None}
    return MapValue(pairs=kept, origin=Origin(place=node.place))


def value_of(node: Node) -> Value | None:
    """A node's value, None for null."""
    if isinstance(node, MappingNode):
        return map_of(node)
    origin = Origin(place=node.place)
    if isinstance(node, SequenceNode):
        items = (value_of(item) for item in node.items)
        return ListValue(items=tuple(i for i in items if i is not None), origin=origin)
    return None if node.is_null else TextValue(text=node.text, origin=origin)


def _resources(root: Node) -> Iterator[MappingNode]:
    for name in ("planned_values", "values"):
        part = root.find(name) if isinstance(root, MappingNode) else None
        module = part.find("root_module") if isinstance(part, MappingNode) else None
        if isinstance(module, MappingNode):
            yield from _of_module(module)


def _of_module(module: MappingNode) -> Iterator[MappingNode]:
    resources, children = module.find("resources"), module.find("child_modules")
    for node in resources.items if isinstance(resources, SequenceNode) else ():
        if isinstance(node, MappingNode):
            yield node
    for node in children.items if isinstance(children, SequenceNode) else ():
        if isinstance(node, MappingNode):
            yield from _of_module(node)


def _terraform_names(node: MappingNode) -> tuple[str, ...]:
    values = node.find("values")
    own = _text(values, "name") if isinstance(values, MappingNode) else ""
    return (_text(node, "address") or _text(node, "name"), _text(node, "name"), own)


def _text(node: MappingNode, name: str) -> str:
    found = node.find(name)
    return found.text if isinstance(found, ScalarNode) and not found.is_null else ""
