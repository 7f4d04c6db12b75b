"""Templates made by chance: mostly sound, some with functions misused, some with bytes torn out."""

import json
from random import Random

from tests.unit.project.forge_shaped import make_properties

_NAMES = ("Stage", "Bare", "Role", "Role.Arn", "AWS::Region", "AWS::NoValue", "C0", "C1", "M", "k")
_FUNCTIONS = (
    "Ref",
    "Sub",
    "GetAtt",
    "Join",
    "Select",
    "Split",
    "If",
    "FindInMap",
    "ImportValue",
    "Base64",
    "GetAZs",
    "Cidr",
    "Length",
    "ToJsonString",
    "Equals",
    "And",
    "Or",
    "Not",
    "Condition",
    "Transform",
    "ForEach",
)
_TEXTS = (
    "",
    "0",
    "-1",
    "true",
    "null",
    "~",
    "a/b",
    "${Stage}",
    "${!x}",
    "${Role.Arn}",
    "${",
    "{{resolve:ssm:/a:1}}",
    "{{resolve:secretsmanager:arn:aws:x}}",
    "x{{resolve:",
    "version: 0.2\nphases:\n  build:\n    commands: [a]\n",
    "\u00e9\U0001f600",
    "%",
    "5",
    "S3",
    "LOCAL_CUSTOM_CACHE",
    "NO_CACHE",
    "PARAMETER_STORE",
)
_KEYS = (
    "Name",
    "Source",
    "BuildSpec",
    "Type",
    "Location",
    "Environment",
    "Image",
    "ComputeType",
    "PrivilegedMode",
    "EnvironmentVariables",
    "Value",
    "Cache",
    "Modes",
    "VpcConfig",
    "VpcId",
    "Subnets",
    "FileSystemLocations",
    "MountPoint",
    "Identifier",
    "LogsConfig",
    "CloudWatchLogs",
    "Status",
    "TimeoutInMinutes",
    "Artifacts",
    "SecondarySources",
    "SourceIdentifier",
    "Tags",
    "AutoRetryLimit",
    "Colour",
)
_LISTS = frozenset({"EnvironmentVariables", "FileSystemLocations", "SecondarySources"})


def make_definition(seed: int) -> bytes:
    """A file that defines a project, or nearly so."""
    random = Random(seed)
    document: dict[str, object] = {
        "Parameters": {
            "Stage": {"Type": random.choice(("String", "CommaDelimitedList")), "Default": "dev"},
            "Bare": {"Type": "AWS::SSM::Parameter::Value<String>"},
        },
        "Mappings": {"M": {"k": {"k": _value(random, 2)}}},
        "Conditions": {"C0": _condition(random, 3), "C1": _condition(random, 3)},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role"},
            "Build": {"Type": "AWS::CodeBuild::Project", "Properties": _properties(random, 3)},
        },
    }
    if random.random() < 0.5:
        document = _shaped(random)
    if random.random() < 0.2:
        document = _other(random)
    data = json.dumps(document, ensure_ascii=random.random() < 0.5, indent=random.choice((None, 1)))
    return _torn(random, data.encode())


def _shaped(random: Random) -> dict[str, object]:
    properties = make_properties(random)
    if random.random() < 0.2:
        properties[random.choice(sorted(properties))] = _value(random, 2)
    return {
        "Parameters": {"Stage": {"Type": "String", "Default": "dev"}, "Bare": {"Type": "String"}},
        "Mappings": {"Texts": {"k": {"k": "text"}}},
        "Conditions": {
            "Always": {"Fn::Equals": ["a", "a"]},
            "Never": {"Fn::Not": [{"Condition": "Always"}]},
            "OnAws": {"Fn::Equals": [{"Ref": "Role"}, "x"]},
        },
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role"},
            "Build": {"Type": "AWS::CodeBuild::Project", "Properties": properties},
        },
    }


def _other(random: Random) -> dict[str, object]:
    lowered = {k[:1].lower() + k[1:]: _value(random, 3) for k in random.sample(_KEYS, 6)}
    project = {"name": "x", "environment": _value(random, 3), "source": {}, **lowered}
    if random.random() < 0.5:
        return {"projects": [project]}
    resource = {"type": "aws_codebuild_project", "name": "x", "values": {"name": "x", **lowered}}
    return {"planned_values": {"root_module": {"resources": [resource]}}}


def _properties(random: Random, depth: int) -> object:
    found: dict[str, object] = {}
    for key in random.sample(_KEYS, random.randint(1, 8)):
        deeper = depth > 0 and random.random() < 0.5
        inner = _properties(random, depth - 1) if deeper else _value(random, depth)
        found[key] = [inner] if key in _LISTS and random.random() < 0.8 else inner
    return found


def _value(random: Random, depth: int) -> object:
    match random.randint(0, 7 if depth > 0 else 2):
        case 0 | 1:
            return random.choice(_TEXTS)
        case 2:
            return random.choice((None, True, False, 0, 15, 1.5, -3))
        case 3:
            return [_value(random, depth - 1) for _ in range(random.randint(0, 3))]
        case 4:
            return {random.choice(_KEYS): _value(random, depth - 1)}
        case _:
            return _call(random, depth)


def _call(random: Random, depth: int) -> object:
    name = random.choice(_FUNCTIONS)
    key = name if name in ("Ref", "Condition") else f"Fn::{name}"
    if name in ("Ref", "GetAtt", "Condition") and random.random() < 0.8:
        return {key: random.choice(_NAMES)}
    if random.random() < 0.2:
        return {key: _value(random, depth - 1)}
    return {key: [_argument(random, depth) for _ in range(random.randint(0, 4))]}


def _argument(random: Random, depth: int) -> object:
    return random.choice(_NAMES) if random.random() < 0.3 else _value(random, depth - 1)


def _condition(random: Random, depth: int) -> object:
    if depth == 0 or random.random() < 0.3:
        return {"Condition": random.choice(("C0", "C1", "C2"))}
    name = random.choice(("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"))
    if name == "Fn::Equals":
        return {name: [_value(random, depth - 1) for _ in range(random.randint(1, 3))]}
    return {name: [_condition(random, depth - 1) for _ in range(random.randint(0, 3))]}


def _torn(random: Random, data: bytes) -> bytes:
    """In one of five, a few bytes are lost, doubled or changed."""
    if random.random() < 0.8:
        return data
    torn = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(torn))
        match random.randint(0, 2):
            case 0:
                del torn[at : at + random.randint(1, 20)]
            case 1:
                torn[at:at] = torn[at : at + random.randint(1, 20)]
            case _:
                torn[at] = random.randrange(256)
        if not torn:
            return b""
    return bytes(torn)
