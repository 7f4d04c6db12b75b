"""Functions that look names up: Ref, GetAtt, FindInMap, ImportValue, GetAZs.

Source: CloudFormation User Guide, intrinsic functions and pseudo parameters. A resource exists
only in a stack: its name stands for its value, unless the template itself gives it the value.
"""

import difflib
from collections.abc import Mapping

from localbuild.documents.nodes import Node, ScalarNode
from localbuild.errors import Place
from localbuild.project.cfn.scope import (
    ONLY_AWS,
    Function,
    Scope,
    arguments,
    unknown_text,
)
from localbuild.project.cfn.template import Parameter, child
from localbuild.project.values import ListValue, Origin, Reference, TextValue, Value
from localbuild.terms import VariableType

ACCOUNT = "000000000000"
NO_VALUE = "AWS::NoValue"
NAMED_BY: Mapping[str, str] = {
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodeCommit::Repository": "RepositoryName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
}
"""The property that says what Ref of such a resource is, or what may be said in its place."""

_SSM_VALUE = "AWS::SSM::Parameter::Value<"


def ref(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!Ref NAME`."""
    if not isinstance(argument, ScalarNode):
        scope.wrong("Ref takes a name", place)
        return None
    return look_up(scope, argument.text, place, f"!Ref {argument.text}")


def look_up(scope: Scope, name: str, place: Place, what: str) -> Value | None:
    """The value of a parameter, a pseudo parameter or a resource. `what`: how it was written."""
    if name.startswith("AWS::"):
        return _pseudo(scope, name, place, what)
    parameter = scope.template.parameters.get(name)
    if parameter is not None:
        return _parameter(scope, parameter, place, what)
    given = _given(scope, name, place)
    if given is not None:
        return given
    if name in scope.template.resources:
        return _named(scope, name, place) or unknown_text(what, ONLY_AWS, place, name)
    if scope.template.is_transformed:
        return unknown_text(what, "it comes from a transform", place, name)
    scope.wrong(f"{what}: there is no such parameter or resource", place, _guess(scope, name, what))
    return None


def get_att(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!GetAtt RESOURCE.ATTRIBUTE`."""
    if isinstance(argument, ScalarNode):
        return attribute(scope, argument.text, place, f"!GetAtt {argument.text}")
    parts = arguments(scope, argument, "GetAtt", (2,))
    if parts is None:
        return None
    name = ".".join(scope.text(part, "GetAtt").text for part in parts)
    return attribute(scope, name, place, f"!GetAtt {name}")


def attribute(scope: Scope, name: str, place: Place, what: str) -> Value | None:
    """The value of `RESOURCE.ATTRIBUTE`."""
    given = _given(scope, name, place)
    if given is not None:
        return given
    resource, dot, _ = name.partition(".")
    known = resource in scope.template.resources or scope.template.is_transformed
    if not dot or not known:
        scope.wrong(f"{what}: there is no such resource", place, _guess(scope, resource, what))
        return None
    return unknown_text(what, ONLY_AWS, place, name)


def find_in_map(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!FindInMap [MAP, KEY, KEY]`, also with a `DefaultValue`."""
    parts = arguments(scope, argument, "FindInMap", (3, 4))
    if parts is None:
        return None
    names = [scope.text(part, "FindInMap") for part in parts[:3]]
    missing = tuple(u for name in names for u in name.unknown)
    if missing:
        return TextValue(text="", origin=Origin(place=place), unknown=missing)
    top, first, second = (name.text for name in names)
    found = child(child(scope.template.mappings.get(top), first), second)
    if found is not None:
        return scope.evaluate(found)
    default = child(parts[3], "DefaultValue") if len(parts) > 3 else None
    if default is not None:
        return scope.evaluate(default)
    scope.wrong(f"FindInMap: there is no {top}.{first}.{second} in Mappings", place)
    return None


def import_value(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!ImportValue NAME`: another stack's output."""
    name = scope.text(argument, "ImportValue")
    if name.unknown:
        return TextValue(text=name.text, origin=Origin(place=place), unknown=name.unknown)
    given = _given(scope, name.text, place)
    what = f"!ImportValue {name.text}"
    return given or unknown_text(what, "only the other stack knows it", place, name.text)


def get_azs(scope: Scope, argument: Node, place: Place) -> Value | None:
    """`!GetAZs REGION`: as every region has them, `a` to `c`."""
    region = scope.text(argument, "GetAZs").text or scope.region
    origin = Origin(place=place)
    return ListValue(
        items=tuple(TextValue(text=f"{region}{zone}", origin=origin) for zone in "abc"),
        origin=origin,
    )


def _given(scope: Scope, name: str, place: Place) -> TextValue | None:
    given = scope.ask(name)
    if given is None:
        return None
    return TextValue(text=given, origin=Origin(place=place, via=f"--parameter {name}"))


def _parameter(scope: Scope, parameter: Parameter, place: Place, what: str) -> Value | None:
    given = scope.ask(parameter.name)
    if given is None and parameter.default is None:
        return unknown_text(what, "the parameter has no default", place, parameter.name)
    origin = Origin(place=place, via=_via(parameter, is_given=given is not None))
    text = given if given is not None else parameter.default or ""
    if parameter.no_echo and text:
        scope.masked.append(text)
    if parameter.type.startswith(_SSM_VALUE):
        missing = unknown_text(what, "its value lies in Parameter Store", place, "").unknown
        reference = Reference(type=VariableType.PARAMETER_STORE, name=text)
        return TextValue(text="", origin=origin, unknown=missing, reference=reference)
    if parameter.type == "CommaDelimitedList" or parameter.type.startswith("List<"):
        items = [TextValue(text=t.strip(), origin=origin) for t in text.split(",") if text]
        if parameter.no_echo:
            scope.masked += [item.text for item in items]
        return ListValue(items=tuple(items), origin=origin)
    return TextValue(text=text, origin=origin)


def _via(parameter: Parameter, *, is_given: bool) -> str:
    if is_given:
        return f"--parameter {parameter.name}"
    at = parameter.default_place or parameter.place
    return f"parameter {parameter.name}, default at {at.file}:{at.line}"


def _pseudo(scope: Scope, name: str, place: Place, what: str) -> Value | None:
    given = _given(scope, name, place)
    if given is not None or name == NO_VALUE:
        return given
    origin = Origin(place=place, via=name)
    if name == "AWS::NotificationARNs":
        return ListValue(items=(), origin=origin)
    stack = scope.template.file.rpartition("/")[2].partition(".")[0] or "stack"
    known = {
        "AWS::Region": scope.region,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    stood_for = {
        "AWS::AccountId": ACCOUNT,
        "AWS::StackName": stack,
        "AWS::StackId": f"arn:aws:cloudformation:{scope.region}:{ACCOUNT}:stack/{stack}/0",
    }
    if name in stood_for:
        text = stood_for[name]
        hint = (f"--parameter {name}=VALUE",)
        scope.findings.note(f"{what}: '{text}' stands for it", place, hint)
        return TextValue(text=text, origin=origin)
    if name not in known:
        scope.wrong(f"{what}: there is no such pseudo parameter", place)
        return None
    return TextValue(text=known[name], origin=origin)


def _named(scope: Scope, resource: str, place: Place) -> Value | None:
    """The name that the template itself gives to a resource."""
    node = scope.template.property_of(resource, NAMED_BY.get(scope.template.type_of(resource), ""))
    if not isinstance(node, ScalarNode) or node.tag or node.is_null:
        return None
    at = node.place
    return TextValue(
        text=node.text, origin=Origin(place=place, via=f"name of {resource} at {at.file}:{at.line}")
    )


def _guess(scope: Scope, name: str, what: str) -> tuple[str, ...]:
    names = [*scope.template.parameters, *scope.template.resources]
    close = difflib.get_close_matches(name[:80], names, n=1)
    if close:
        return (f"did you mean {close[0]}?",)
    return (f"for a shell variable write ${{!{name}}}",) if what.startswith("${") else ()


LOOKUPS: Mapping[str, Function] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::FindInMap": find_in_map,
    "Fn::ImportValue": import_value,
    "Fn::GetAZs": get_azs,
}
