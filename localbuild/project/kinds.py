"""What kind of document a definition is, by its top-level keys."""

from enum import StrEnum

from localbuild.documents.nodes import MappingNode, Node, SequenceNode
from localbuild.errors import ProjectError


class Kind(StrEnum):
    """The documents that define projects, as people call them."""

    CLOUDFORMATION = "CloudFormation template"
    API = "aws codebuild batch-get-projects"
    TERRAFORM = "terraform show -json"
    CONFIG = "localbuild.toml"


_HINTS = (
    "a CloudFormation or SAM template",
    "aws codebuild batch-get-projects --names NAME > project.json",
    "terraform show -json > state.json",
)


def kind_of_document(root: Node, file: str) -> Kind:
    """Its kind. Raises ProjectError for what defines no project."""
    if isinstance(root, SequenceNode):
        return Kind.API
    keys = {key.text for key, _ in root.pairs} if isinstance(root, MappingNode) else set()
    if "Resources" in keys:
        return Kind.CLOUDFORMATION
    if keys & {"planned_values", "values"} or "terraform_version" in keys:
        return Kind.TERRAFORM
    if "projects" in keys or {"environment", "source"} <= keys:
        return Kind.API
    raise ProjectError(f"{file}: this defines no CodeBuild project", hints=_HINTS)
