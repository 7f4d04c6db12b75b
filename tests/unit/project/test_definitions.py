"""Whole definitions in every dialect: what they come to, and what is noted."""

import json

import pytest

from localbuild.errors import ProjectError
from localbuild.project.kinds import Kind
from localbuild.project.model import (
    Project,
    ProjectArtifacts,
    ProjectCache,
    ProjectFileSystem,
    ProjectLogs,
    ProjectSource,
    ProjectVariable,
    ProjectVpc,
)
from localbuild.terms import VariableType
from tests.unit.project.support import project_of, read

TEMPLATE = """\
Resources:
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: web
      TimeoutInMinutes: 15
      AutoRetryLimit: 2
      SourceVersion: main
      Source:
        Type: GITHUB
        Location: https://github.com/x/y.git
        BuildSpec: ci/buildspec.yml
        GitCloneDepth: 1
        GitSubmodulesConfig: {FetchSubmodules: true}
      SecondarySources:
        - {Type: S3, Location: bucket/lib.zip, SourceIdentifier: lib}
      SecondarySourceVersions:
        - {SourceIdentifier: lib, SourceVersion: v1}
      Artifacts: {Type: S3, Location: bucket, Path: out, Packaging: ZIP, Name: app}
      SecondaryArtifacts:
        - {Type: S3, Location: bucket, ArtifactIdentifier: docs, OverrideArtifactName: true}
      Environment:
        Type: LINUX_CONTAINER
        Image: aws/codebuild/standard:7.0
        ComputeType: BUILD_GENERAL1_SMALL
        PrivilegedMode: true
        EnvironmentVariables:
          - {Name: STAGE, Value: dev}
          - {Name: KEY, Type: PARAMETER_STORE, Value: /app/key}
          - {Name: PASSWORD, Type: SECRETS_MANAGER, Value: "app:password"}
      Cache: {Type: LOCAL, Modes: [LOCAL_CUSTOM_CACHE], CacheNamespace: team}
      VpcConfig: {VpcId: vpc-1, Subnets: [subnet-1, subnet-2], SecurityGroupIds: [sg-1]}
      FileSystemLocations:
        - {Type: EFS, Identifier: data, MountPoint: /mnt/data, Location: "fs-1:/d",
           MountOptions: ro}
      LogsConfig:
        CloudWatchLogs: {Status: ENABLED, GroupName: g, StreamName: s}
        S3Logs: {Status: DISABLED, Location: bucket/log}
      ServiceRole: arn:aws:iam::1:role/x
"""
API = {
    "name": "web",
    "arn": "arn:aws:codebuild:eu-west-1:1:project/web",
    "timeoutInMinutes": 15,
    "autoRetryLimit": 2,
    "queuedTimeoutInMinutes": 480,
    "sourceVersion": "main",
    "source": {
        "type": "GITHUB",
        "location": "https://github.com/x/y.git",
        "buildspec": "ci/buildspec.yml",
        "gitCloneDepth": 1,
        "gitSubmodulesConfig": {"fetchSubmodules": True},
        "insecureSsl": False,
    },
    "secondarySources": [{"type": "S3", "location": "bucket/lib.zip", "sourceIdentifier": "lib"}],
    "secondarySourceVersions": [{"sourceIdentifier": "lib", "sourceVersion": "v1"}],
    "artifacts": {
        "type": "S3",
        "location": "bucket",
        "path": "out",
        "packaging": "ZIP",
        "name": "app",
    },
    "secondaryArtifacts": [
        {
            "type": "S3",
            "location": "bucket",
            "artifactIdentifier": "docs",
            "overrideArtifactName": True,
        }
    ],
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
        "privilegedMode": True,
        "environmentVariables": [
            {"name": "STAGE", "value": "dev", "type": "PLAINTEXT"},
            {"name": "KEY", "value": "/app/key", "type": "PARAMETER_STORE"},
            {"name": "PASSWORD", "value": "app:password", "type": "SECRETS_MANAGER"},
        ],
    },
    "cache": {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"], "cacheNamespace": "team"},
    "vpcConfig": {
        "vpcId": "vpc-1",
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["sg-1"],
    },
    "fileSystemLocations": [
        {
            "type": "EFS",
            "identifier": "data",
            "mountPoint": "/mnt/data",
            "location": "fs-1:/d",
            "mountOptions": "ro",
        }
    ],
    "logsConfig": {
        "cloudWatchLogs": {"status": "ENABLED", "groupName": "g", "streamName": "s"},
        "s3Logs": {"status": "DISABLED", "location": "bucket/log", "encryptionDisabled": False},
    },
    "serviceRole": "arn:aws:iam::1:role/x",
}
TERRAFORM_VALUES: dict[str, object] = {
    "name": "web",
    "arn": None,
    "build_timeout": 15,
    "auto_retry_limit": 2,
    "queued_timeout": 480,
    "source_version": "main",
    "badge_enabled": False,
    "description": "",
    "tags_all": {},
    "source": [
        {
            "type": "GITHUB",
            "location": "https://github.com/x/y.git",
            "buildspec": "ci/buildspec.yml",
            "git_clone_depth": 1,
            "git_submodules_config": [{"fetch_submodules": True}],
            "insecure_ssl": False,
            "auth": [],
        }
    ],
    "secondary_sources": [
        {"type": "S3", "location": "bucket/lib.zip", "source_identifier": "lib", "buildspec": ""}
    ],
    "secondary_source_version": [{"source_identifier": "lib", "source_version": "v1"}],
    "artifacts": [
        {"type": "S3", "location": "bucket", "path": "out", "packaging": "ZIP", "name": "app"}
    ],
    "secondary_artifacts": [
        {
            "type": "S3",
            "location": "bucket",
            "artifact_identifier": "docs",
            "override_artifact_name": True,
        }
    ],
    "environment": [
        {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "compute_type": "BUILD_GENERAL1_SMALL",
            "privileged_mode": True,
            "registry_credential": [],
            "environment_variable": [
                {"name": "STAGE", "value": "dev", "type": "PLAINTEXT"},
                {"name": "KEY", "value": "/app/key", "type": "PARAMETER_STORE"},
                {"name": "PASSWORD", "value": "app:password", "type": "SECRETS_MANAGER"},
            ],
        }
    ],
    "cache": [
        {
            "type": "LOCAL",
            "location": "",
            "modes": ["LOCAL_CUSTOM_CACHE"],
            "cache_namespace": "team",
        }
    ],
    "vpc_config": [
        {
            "vpc_id": "vpc-1",
            "subnets": ["subnet-1", "subnet-2"],
            "security_group_ids": ["sg-1"],
        }
    ],
    "file_system_locations": [
        {
            "type": "EFS",
            "identifier": "data",
            "mount_point": "/mnt/data",
            "location": "fs-1:/d",
            "mount_options": "ro",
        }
    ],
    "logs_config": [
        {
            "cloudwatch_logs": [{"status": "ENABLED", "group_name": "g", "stream_name": "s"}],
            "s3_logs": [{"status": "DISABLED", "location": "bucket/log"}],
        }
    ],
    "service_role": "arn:aws:iam::1:role/x",
}
RESOURCE = {
    "address": "module.ci.aws_codebuild_project.web",
    "mode": "managed",
    "type": "aws_codebuild_project",
    "name": "web",
    "values": TERRAFORM_VALUES,
}
TERRAFORM = {
    "format_version": "1.0",
    "terraform_version": "1.9.0",
    "values": {
        "root_module": {
            "resources": [{"type": "aws_iam_role", "name": "r", "values": {}}],
            "child_modules": [{"address": "module.ci", "resources": [RESOURCE]}],
        }
    },
}
PLAN = {"format_version": "1.0", "planned_values": {"root_module": {"resources": [RESOURCE]}}}

WANTED = Project(
    name="web",
    environment_type="LINUX_CONTAINER",
    image="aws/codebuild/standard:7.0",
    compute_type="BUILD_GENERAL1_SMALL",
    privileged_mode=True,
    timeout_in_minutes=15,
    auto_retry_limit=2,
    buildspec="ci/buildspec.yml",
    source=ProjectSource(
        type="GITHUB",
        location="https://github.com/x/y.git",
        version="main",
        git_clone_depth=1,
        fetch_submodules=True,
    ),
    secondary_sources=(
        ProjectSource(type="S3", location="bucket/lib.zip", identifier="lib", version="v1"),
    ),
    artifacts=ProjectArtifacts(
        type="S3", location="bucket", path="out", packaging="ZIP", name="app"
    ),
    secondary_artifacts=(
        ProjectArtifacts(
            type="S3", location="bucket", identifier="docs", override_artifact_name=True
        ),
    ),
    cache=ProjectCache(type="LOCAL", modes=("LOCAL_CUSTOM_CACHE",), cache_namespace="team"),
    vpc_config=ProjectVpc(
        vpc_id="vpc-1", subnets=("subnet-1", "subnet-2"), security_group_ids=("sg-1",)
    ),
    file_systems=(
        ProjectFileSystem(
            identifier="data",
            location="fs-1:/d",
            mount_point="/mnt/data",
            mount_options="ro",
            type="EFS",
        ),
    ),
    logs=ProjectLogs(
        cloudwatch_status="ENABLED",
        group_name="g",
        stream_name="s",
        s3_status="DISABLED",
        s3_location="bucket/log",
    ),
)
VARIABLES = [
    ("STAGE", "dev", VariableType.PLAINTEXT),
    ("KEY", "/app/key", VariableType.PARAMETER_STORE),
    ("PASSWORD", "app:password", VariableType.SECRETS_MANAGER),
]


def without_variables(project: Project) -> tuple[Project, tuple[ProjectVariable, ...]]:
    """A project and its variables, which carry places."""
    from dataclasses import replace

    return replace(project, environment_variables=()), project.environment_variables


@pytest.mark.parametrize(
    ("file", "text", "kind"),
    [
        ("t.yml", TEMPLATE, Kind.CLOUDFORMATION),
        ("p.json", json.dumps({"projects": [API], "projectsNotFound": []}), Kind.API),
        ("p.json", json.dumps(API, indent="\t"), Kind.API),
        ("p.json", json.dumps([API]), Kind.API),
        ("s.json", json.dumps(TERRAFORM), Kind.TERRAFORM),
        ("s.json", json.dumps(PLAN, indent=1), Kind.TERRAFORM),
    ],
)
def test_every_dialect_comes_to_the_same(file: str, text: str, kind: Kind) -> None:
    found = read(text, file=file)
    project, variables = without_variables(found.project)
    assert project == WANTED
    assert [(v.name, v.value, v.type) for v in variables] == VARIABLES
    assert all(v.file == file and v.line > 0 for v in variables)
    assert found.kind is kind
    assert [n.message for n in found.notes if not n.inert] == []


def test_a_template_in_json_is_the_same_as_in_yaml() -> None:
    document = {
        "Resources": {
            "B": {
                "Type": "AWS::CodeBuild::Project",
                "Properties": {
                    "Name": {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]},
                    "Source": {"BuildSpec": '{"version": "0.2", "x": "\\ud83d\\ude00\\/"}'},
                },
            }
        }
    }
    found = read(json.dumps(document, indent="\t"), file="t.json")
    assert found.project.name == "a-eu-west-1"
    assert found.inline is not None
    assert found.inline.file == "t.json#a-eu-west-1"


def test_braces_may_begin_yaml() -> None:
    text = "{Resources: {B: {Type: 'AWS::CodeBuild::Project', Properties: {Name: !Sub 'ab'}}}}"
    assert read(text).project.name == "ab"


SEVERAL = """\
Resources:
  One: {Type: "AWS::CodeBuild::Project", Properties: {Name: first}}
  Two: {Type: "AWS::CodeBuild::Project"}
"""


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        (SEVERAL, "One", "first"),
        (SEVERAL, "first", "first"),
        (SEVERAL, "Two", "Two"),
        (json.dumps(TERRAFORM), "web", "web"),
        (json.dumps(TERRAFORM), "module.ci.aws_codebuild_project.web", "web"),
        (json.dumps([API, {**API, "name": "other"}]), "other", "other"),
    ],
)
def test_one_of_several_projects(text: str, name: str, found: str) -> None:
    assert read(text, name).project.name == found


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (SEVERAL, "", "t.yml defines 2 projects: say which one"),
        (SEVERAL, "Tow", "t.yml: there is no project 'Tow'; did you mean 'Two'?"),
        ("Resources: {}\n", "", "t.yml: no CodeBuild project is defined there"),
        ("a: b\n", "", "t.yml: this defines no CodeBuild project"),
        ("", "", "t.yml: this defines no CodeBuild project"),
        ("a: [", "", "did not find expected node content"),
        ("{\n", "", "did not find expected node content"),
        ("a: 1\n---\nb: 2\n", "", "a template is one YAML document, here a second one begins"),
    ],
)
def test_no_project(text: str, name: str, message: str) -> None:
    with pytest.raises(ProjectError) as raised:
        read(text, name)
    assert raised.value.message.startswith(message)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ("Colour: red\n", "colour is no property that localbuild knows"),
        (
            "Environment: {Certificate: bucket/cert.pem}\n",
            "environment.certificate is not fetched from S3",
        ),
        (
            "Environment: {RegistryCredential: {Credential: x}}\n",
            "environment.registryCredential is not used: the engine pulls with its own sign-in",
        ),
        (
            "Environment: {Image: !GetAtt Role.Arn}\n",
            "!GetAtt Role.Arn: only AWS knows it; environment.image is not used",
        ),
        (
            "VpcConfig: !GetAtt Role.Arn\n",
            "!GetAtt Role.Arn: only AWS knows it; vpcConfig is not used",
        ),
        (
            "Environment: {EnvironmentVariables: [{Name: A}]}\n",
            "A has no value that is known before it is deployed: not set",
        ),
    ],
)
def test_what_does_not_apply_is_one_note_with_its_place(properties: str, message: str) -> None:
    (note,) = read(project_of(properties)).notes
    assert note.message == message
    assert note.where == "t.yml:24: "


@pytest.mark.parametrize(
    "properties",
    [
        "ServiceRole: !GetAtt Role.Arn\n",
        "Tags: [{Key: a, Value: b}]\n",
        "Source: {Location: x}\n",
        "Artifacts: {Type: S3, Location: x}\n",
        "LogsConfig: {CloudWatchLogs: {Status: ENABLED}}\n",
        "VpcConfig: {VpcId: !Ref Bare}\n",
        "BuildBatchConfig: {CombineArtifacts: true}\n",
    ],
)
def test_what_a_build_makes_nothing_of_is_an_inert_note(properties: str) -> None:
    (note,) = read(project_of(properties)).notes
    assert note.inert


def test_a_project_that_the_stack_would_not_have() -> None:
    text = SEVERAL.replace("  Two: {", "  Two: {Condition: No, ")
    found = read(f"Conditions: {{No: !Equals [a, b]}}\n{text}", "Two")
    assert [n.message for n in found.notes] == ["No does not hold: the stack would not have Two"]


def test_an_inline_buildspec_keeps_the_lines_of_its_file() -> None:
    text = project_of(
        """\
        Source:
          BuildSpec: !Sub |
            version: 0.2
            phases:
              build:
                commands:
                  - echo ${Stage} ${!HOME}
        """
    )
    found = read(text)
    assert found.inline is not None
    own, theirs = found.inline.text.splitlines(), text.splitlines()
    assert own[29] == theirs[30 - 1].replace("${Stage}", "dev").replace("${!HOME}", "${HOME}")
    assert own[26] == theirs[26]
    assert found.inline.file == "t.yml"


@pytest.mark.parametrize("buildspec", ["ci/b.yml", "arn:aws:s3:::bucket/key"])
def test_a_buildspec_that_is_no_text(buildspec: str) -> None:
    found = read(project_of(f"Source: {{BuildSpec: '{buildspec}'}}\n"))
    assert (found.project.buildspec, found.inline) == (buildspec, None)
