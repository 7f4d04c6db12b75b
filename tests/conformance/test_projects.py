"""Rows 205 and 206: the project out of a template, and its file systems."""

from tests.conformance.harness import build
from tests.conformance.rows import row
from tests.conftest import SMALL

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
