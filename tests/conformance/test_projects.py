"""Rows 6, 205 and 206: a buildspec in S3, the project out of a template, its file systems."""

from tests.conformance.harness import build, spec
from tests.conformance.rows import row
from tests.conftest import SMALL
from tests.s3.servers import BUCKET, Server

TEMPLATE = f"""\
Parameters:
  Stage: {{Type: String, Default: dev}}
Resources:
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: from-template
      TimeoutInMinutes: 7
      Source:
        Type: GITHUB
        Location: https://example.com/x.git
        BuildSpec: !Sub |
          version: 0.2
          phases:
            build:
              commands:
                - echo "$STAGE ${{Stage}} ${{!STAGE}} $CODEBUILD_DATA"
                - cat /mnt/data/file
      Environment:
        Type: LINUX_CONTAINER
        Image: {SMALL}
        ComputeType: BUILD_GENERAL1_SMALL
        EnvironmentVariables:
          - {{Name: STAGE, Value: !Sub "from-${{Stage}}"}}
      Cache: {{Type: NO_CACHE}}
      FileSystemLocations:
        - {{Type: EFS, Identifier: data, MountPoint: /mnt/data, Location: "fs-1:/"}}
"""
FILES = {"t.yml": TEMPLATE, "data/file": "of the file system\n"}
OPTIONS = ("--project", "t.yml", "--parameter", "Stage=qa", "-V", "./data:/mnt/data")


@row(6, feature="buildspec in S3", expectation="an S3 ARN is fetched")
def test_row_006_s3(moto_server: Server) -> None:
    import boto3

    client = boto3.client("s3", endpoint_url=moto_server.endpoint_url, region_name="us-east-1")
    body = spec(build=["echo from S3"]).encode()
    client.put_object(Bucket=BUCKET, Key="row-6/spec.yml", Body=body)
    client.close()
    arn = f"arn:aws:s3:::{BUCKET}/row-6/spec.yml"
    built = build(None, "-f", arn, "--endpoint-url", moto_server.endpoint_url)
    assert built.said == ["from S3\n"]
    assert "YAML location is /codebuild/readonly/buildspec.yml" in built.agent


@row(
    205,
    feature="CloudFormation template",
    expectation="the project's properties are read from it",
    decided="The service is given projects, never templates; the names are those of its API.",
)
def test_row_205_template() -> None:
    built = build(None, *OPTIONS, files=FILES)
    assert built.exit_code == 0, built.stderr
    assert built.said[0] == "from-qa qa from-qa /mnt/data\n"
    assert "YAML location is /codebuild/readonly/buildspec.yml" in built.agent
    assert built.document["timeoutInMinutes"] == 7
    assert built.document["cache"] == {"type": "NO_CACHE"}
    assert built.document["environment"]["computeType"] == "BUILD_GENERAL1_SMALL"
    assert built.document["id"].startswith("from-template:")


@row(
    206,
    feature="file system location",
    expectation="mounted, with CODEBUILD_<ID> naming the place",
    decided="A folder that the user names (-V) stands for it; without one it is noted.",
)
def test_row_206_file_system() -> None:
    built = build(None, *OPTIONS, files=FILES)
    assert built.said[1] == "of the file system\n"
    alone = build(None, *OPTIONS[:4], files=FILES)
    assert alone.status == "FAILED"
    assert "file system data (fs-1:/) is not mounted" in alone.stderr
