"""A CloudFormation template's sections, as nodes: parameters, mappings, conditions, resources.

Source: CloudFormation User Guide, template anatomy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.errors import Place

PROJECT_TYPE = "AWS::CodeBuild::Project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a template. `default`: None where it has none."""

    name: str
    type: str
    place: Place
    default: str | None = field(default=None, repr=False)
    default_place: Place | None = None
    allowed: tuple[str, ...] = ()
    no_echo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The sections of a template, each by name. `is_transformed`: a macro adds to it (SAM)."""

    file: str
    parameters: Mapping[str, Parameter]
    mappings: Mapping[str, Node]
    conditions: Mapping[str, Node]
    resources: Mapping[str, Node]
    is_transformed: bool = False

    def type_of(self, resource: str) -> str:
        """A resource's type, '' where there is none."""
        return text_in(self.resources.get(resource), "Type")

    def projects(self) -> Iterator[str]:
        """The logical ids of its CodeBuild projects."""
        return (name for name in self.resources if self.type_of(name) == PROJECT_TYPE)

    def property_of(self, resource: str, name: str) -> Node | None:
        """A property of a resource, as written."""
        return child(child(self.resources.get(resource), "Properties"), name)


def read_template(root: Node, file: str) -> Template:
    """The sections of a template; what is no section of that kind counts as empty."""
    return Template(
        file=file,
        parameters={n: _parameter(n, node) for n, node in _section(root, "Parameters").items()},
        mappings=_section(root, "Mappings"),
        conditions=_section(root, "Conditions"),
        resources=_section(root, "Resources"),
        is_transformed=child(root, "Transform") is not None,
    )


def child(node: Node | None, name: str) -> Node | None:
    """A key's value; None where there is none, or where the node is no mapping."""
    return node.find(name) if isinstance(node, MappingNode) else None


def text_in(node: Node | None, name: str) -> str:
    """A key's text, '' where there is none."""
    found = child(node, name)
    return found.text if isinstance(found, ScalarNode) else ""


def _section(root: Node, name: str) -> dict[str, Node]:
    found = child(root, name)
    return {k.text: v for k, v in found.pairs} if isinstance(found, MappingNode) else {}


def _parameter(name: str, node: Node) -> Parameter:
    default = child(node, "Default")
    text = default.text if isinstance(default, ScalarNode) else None
    allowed = child(node, "AllowedValues")
    items = allowed.items if isinstance(allowed, SequenceNode) else ()
    return Parameter(
        name=name,
        type=text_in(node, "Type"),
        place=node.place,
        default=text,
        default_place=default.place if default else None,
        allowed=tuple(item.text for item in items if isinstance(item, ScalarNode)),
        no_echo=text_in(node, "NoEcho").lower() == "true",
    )
