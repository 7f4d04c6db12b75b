"""Projects in CloudFormation and SAM templates: chosen, evaluated, read. Pure."""

import difflib

from localbuild.documents.nodes import Node, ScalarNode
from localbuild.errors import ProjectError
from localbuild.project.cfn.conditions import CONDITIONS, holds
from localbuild.project.cfn.lookups import LOOKUPS
from localbuild.project.cfn.scope import Scope
from localbuild.project.cfn.template import Template, child, read_template, text_in
from localbuild.project.cfn.texts import TEXTS
from localbuild.project.choice import Wanted, choose
from localbuild.project.dialects import from_cloudformation
from localbuild.project.fields import Reading
from localbuild.project.read import ReadProject, read_project
from localbuild.project.values import MapValue, Origin

FUNCTIONS = {**LOOKUPS, **TEXTS, **CONDITIONS}


def cloudformation_project(
    root: Node, wanted: Wanted, reading: Reading
) -> tuple[ReadProject, tuple[str, ...]]:
    """A project of a template, and the values that are not to be shown.

    Raises ProjectError where it is not clear which one, or for a parameter that nobody knows.
    """
    template = read_template(root, wanted.file)
    logical_id = _chosen(template, wanted)
    scope = Scope(
        template=template,
        functions=FUNCTIONS,
        given=wanted.parameters,
        region=wanted.region,
        findings=reading.findings,
    )
    _check_given(template, wanted, reading)
    resource = template.resources[logical_id]
    _note_condition(scope, resource, logical_id)
    properties = child(resource, "Properties")
    found = scope.evaluate(properties) if properties is not None else None
    if not isinstance(found, MapValue):
        if found is not None and properties is not None:
            scope.wrong(f"Properties of {logical_id} is no map", properties.place)
        found = MapValue(pairs={}, origin=Origin(place=resource.place))
    read = read_project(from_cloudformation(found), reading, logical_id)
    _refuse_idle(scope, wanted)
    return read, tuple(scope.masked)


def _chosen(template: Template, wanted: Wanted) -> str:
    ids = list(template.projects())
    names = []
    for each in ids:
        node = template.property_of(each, "Name")
        names.append((each, node.text if isinstance(node, ScalarNode) and not node.tag else each))
    return ids[choose(names, wanted)]


def _check_given(template: Template, wanted: Wanted, reading: Reading) -> None:
    for name, value in wanted.parameters.items():
        parameter = template.parameters.get(name)
        if parameter and parameter.allowed and value not in parameter.allowed:
            shown = "the value" if parameter.no_echo else f"'{value[:60]}'"
            reading.findings.problem(
                f"--parameter {name}: {shown} is none of {', '.join(parameter.allowed)}",
                parameter.place,
            )


def _note_condition(scope: Scope, resource: Node, logical_id: str) -> None:
    name = text_in(resource, "Condition")
    node = child(resource, "Condition")
    if name and node is not None and not holds(scope, name, node.place):
        message = f"{name} does not hold: the stack would not have {logical_id}"
        scope.findings.note(message, node.place)


def _refuse_idle(scope: Scope, wanted: Wanted) -> None:
    """A parameter that is neither declared nor asked for is a misspelt one."""
    template = scope.template
    known = [*template.parameters, *template.resources]
    for name in wanted.parameters:
        resource = name.partition(".")[0]
        if name in scope.used or resource in known or name.startswith("AWS::"):
            continue
        close = difflib.get_close_matches(name[:200], known, n=1)
        guess = f"; did you mean '{close[0]}'?" if close else ""
        raise ProjectError(
            f"--parameter {name}: {wanted.file} has no such parameter{guess}",
            hints=tuple(f"--parameter {each}=VALUE" for each in list(template.parameters)[:10]),
        )
