"""Definitions for tests: a template around a few lines, read in one call."""

import textwrap
from collections.abc import Mapping

from localbuild.project.choice import Wanted
from localbuild.project.definition import Definition, read_definition

FILE = "t.yml"

HEAD = """\
Parameters:
  Stage: {Type: String, Default: dev}
  Wide: {Type: CommaDelimitedList, Default: "a, b"}
  Bare: {Type: String}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /app/key}
  Hidden: {Type: String, Default: hunter22, NoEcho: true}
  Chosen: {Type: String, Default: x, AllowedValues: [x, y]}
Mappings:
  Sizes: {dev: {image: small, list: [p, q]}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, Condition: IsProd]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  OnAws: !Equals [!GetAtt Role.Arn, x]
  Round: !Not [!Condition Round]
Resources:
  Role: {Type: "AWS::IAM::Role"}
  Repo: {Type: "AWS::ECR::Repository", Properties: {RepositoryName: team/app}}
  Plain: {Type: "AWS::ECR::Repository"}
"""


def project_of(properties: str, head: str = HEAD) -> str:
    """A template with one project that has these properties."""
    body = textwrap.indent(textwrap.dedent(properties), "      ")
    return f"{head}  Build:\n    Type: AWS::CodeBuild::Project\n    Properties:\n{body}"


def with_value(value: str) -> str:
    """A template whose project has one variable, V."""
    return project_of(f"Environment: {{EnvironmentVariables: [{{Name: V, Value: {value}}}]}}\n")


def read(
    text: str, name: str = "", parameters: Mapping[str, str] | None = None, file: str = FILE
) -> Definition:
    """Read a definition."""
    wanted = Wanted(file=file, name=name, parameters=parameters or {}, region="eu-west-1")
    return read_definition(text.encode(), wanted)
