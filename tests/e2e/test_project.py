"""A build out of a template, as a process on a real engine; and a buildspec that lies in S3."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SMALL
from tests.e2e.test_cli_run import newest, run
from tests.s3.servers import BUCKET, CREDENTIALS, Server

pytestmark = pytest.mark.docker

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  Artifacts: {Type: "AWS::S3::Bucket"}
  App:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: !Sub "app-${Stage}"
      ServiceRole: !GetAtt Role.Arn
      Source:
        Type: CODEPIPELINE
        BuildSpec: !Sub |
          version: 0.2
          phases:
            build:
              commands:
                - echo "stage=$STAGE bucket=$BUCKET kind=$KIND"
                - test "$CODEBUILD_SRC_DIR" = "$PWD" && cat file
      Artifacts: {Type: CODEPIPELINE}
      Environment:
        Type: LINUX_CONTAINER
        ComputeType: BUILD_GENERAL1_SMALL
        Image: aws/codebuild/standard:7.0
        EnvironmentVariables:
          - {Name: STAGE, Value: !Ref Stage}
          - {Name: BUCKET, Value: !Ref Artifacts}
          - {Name: KIND, Value: !If [IsDev, small, large]}
"""
SPEC = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo from S3\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a template and a source."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "t.yml").write_text(TEMPLATE)
    (folder / "file").write_text("the source\n")
    return folder


def test_a_template_with_an_inline_buildspec_is_built(project: Path) -> None:
    done = run(project, "--project", "t.yml#App", "--parameter", "Stage=qa")
    assert done.returncode == 0, done.stderr
    assert "stage=qa bucket=Artifacts kind=large\n" in done.stdout
    assert "the source\n" in done.stdout
    assert "note: t.yml:29: !Ref Artifacts: only AWS knows it; 'Artifacts' stands" in done.stderr
    document = json.loads((newest(project) / "build.json").read_text())
    assert document["projectName"] == "app-qa"
    assert document["environment"]["image"] == SMALL


def test_a_buildspec_in_s3_is_built(project: Path, moto_server: Server) -> None:
    import boto3

    client: Any = boto3.client("s3", endpoint_url=moto_server.endpoint_url, region_name="us-east-1")
    client.put_object(Bucket=BUCKET, Key="ci/spec.yml", Body=SPEC.encode())
    client.close()
    head = "Resources:\n  App:\n    Type: AWS::CodeBuild::Project\n    Properties:\n"
    for key, code, said in (("ci/spec.yml", 0, "from S3\n"), ("ci/no.yml", 3, "")):
        arn = f"arn:aws:s3:::{BUCKET}/{key}"
        (project / "t.yml").write_text(f"{head}      Source: {{BuildSpec: '{arn}'}}\n")
        done = run(
            project,
            "--project",
            "t.yml",
            "--endpoint-url",
            moto_server.endpoint_url,
            more={**CREDENTIALS, "AWS_EC2_METADATA_DISABLED": "true"},
        )
        assert done.returncode == code, done.stderr
        assert said in done.stdout
    assert f"error: {arn}: there is no such object" in done.stderr
