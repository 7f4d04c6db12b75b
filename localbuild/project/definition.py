"""The door of this slice: a file's bytes in, the project that it defines out.

Read are CloudFormation and SAM templates (YAML and JSON), what `aws codebuild batch-get-projects`
prints, and what `terraform show -json` prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localbuild.documents.compose import compose
from localbuild.documents.dialect import Dialect
from localbuild.documents.json_nodes import json_nodes
from localbuild.documents.nodes import Node
from localbuild.documents.source import Source, read_source
from localbuild.errors import BuildspecError, ProjectError
from localbuild.project.cfn.definitions import cloudformation_project
from localbuild.project.choice import Wanted
from localbuild.project.fields import Reading
from localbuild.project.findings import Findings, ProjectNote
from localbuild.project.inline import is_inline, lines_of_file
from localbuild.project.json_definitions import api_project, terraform_project
from localbuild.project.kinds import Kind, kind_of_document
from localbuild.project.model import Project
from localbuild.project.read import ReadProject
from localbuild.project.values import Origin

LONGEST_YAML = 1024 * 1024
LONGEST_JSON = 64 * 1024 * 1024

_TEMPLATE = Dialect(what="a template", has_tags=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineBuildspec:
    """A buildspec that stands in the definition, and the name that its lines are counted by."""

    file: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A project, where each of its values comes from, and what does not apply here.

    `origins` are by the API's path: `environment.image`, `variables.STAGE`. `inline`: None where
    the buildspec is a path, an ARN or not named. `masked`: values that are not to be shown.
    """

    file: str
    kind: Kind
    project: Project
    origins: Mapping[str, Origin]
    notes: tuple[ProjectNote, ...] = ()
    inline: InlineBuildspec | None = None
    masked: tuple[str, ...] = field(default=(), repr=False)


def read_definition(data: bytes, wanted: Wanted) -> Definition:
    """The project that was asked for. Raises ProjectError with every problem at once."""
    source, root = _parse(data, wanted.file)
    findings = Findings(lines=source.lines)
    reading = Reading(findings=findings)
    kind = kind_of_document(root, wanted.file)
    masked: tuple[str, ...] = ()
    if kind is Kind.CLOUDFORMATION:
        found, masked = cloudformation_project(root, wanted, reading)
    elif kind is Kind.TERRAFORM:
        found, masked = terraform_project(root, wanted, reading)
    else:
        found = api_project(root, wanted, reading)
    inline = _inline(found, wanted, source.lines)
    findings.stop_if_wrong()
    return Definition(
        file=wanted.file,
        kind=kind,
        project=found.project,
        origins=reading.origins,
        notes=_in_order(findings),
        inline=inline,
        masked=masked,
    )


def _parse(data: bytes, file: str) -> tuple[Source, Node]:
    """Its nodes. Braces may begin YAML, too: what is no JSON is tried as that."""
    looks = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    try:
        source = read_source(data, file, LONGEST_JSON if looks else LONGEST_YAML)
        if not looks:
            return source, compose(source, dialect=_TEMPLATE)
        try:
            return source, json_nodes(source)
        except BuildspecError:
            if file.endswith(".json") or len(data) > LONGEST_YAML:
                raise
            return source, compose(source, dialect=_TEMPLATE)
    except BuildspecError as error:
        raise ProjectError(error.message, problems=error.problems, hints=error.hints) from None


def _inline(found: ReadProject, wanted: Wanted, lines: tuple[str, ...]) -> InlineBuildspec | None:
    value = found.buildspec
    if value is None or not is_inline(value.text):
        return None
    if value.first is not None:
        text = lines_of_file(value.text, value.first.line, lines)
        return InlineBuildspec(file=wanted.file, text=text)
    return InlineBuildspec(file=f"{wanted.file}#{found.project.name}", text=value.text)


def _in_order(findings: Findings) -> tuple[ProjectNote, ...]:
    return tuple(sorted(findings.notes, key=lambda n: n.place.line if n.place else 0))
