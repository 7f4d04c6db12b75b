"""Rows 86, 208 and 209: sources that are fetched, and secondary ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.plan.compile import source_directory
from tests.conformance.harness import PROJECT, Built, build, spec
from tests.conformance.rows import row
from tests.git_remote.repositories import Repository
from tests.git_remote.server import serve
from tests.s3.servers import BUCKET, Server
from tests.unit.sources.zips import zip_of

OUTPUT = source_directory(PROJECT).rpartition("/")[0]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Scene"]:
    root = tmp_path_factory.mktemp("sources")
    with serve(root / "served") as server:
        yield Scene(root, server.url("app"))


class Scene:
    """An application with a buildspec, a submodule and three commits, behind a server."""

    def __init__(self, root: Path, url: str) -> None:
        self.url = url
        self.lib = Repository(root / "served" / "lib")
        self.lib.commit({"lib.txt": "of the library\n"})
        self.app = Repository(root / "served" / "app")
        self.app.commit({"buildspec.yml": spec(build=["echo old"])})
        self.app.git("tag", "v1")
        command = (
            "cat lib/lib.txt 2>/dev/null || echo no library",
            "cat .git/shallow 2>/dev/null | wc -l",
            "echo $CODEBUILD_SOURCE_VERSION $CODEBUILD_RESOLVED_SOURCE_VERSION",
            "echo $CODEBUILD_SOURCE_REPO_URL $CODEBUILD_SRC_DIR",
        )
        module = '[submodule "lib"]\npath = lib\nurl = ../lib\n'
        self.app.commit({"buildspec.yml": spec(build=[*command]), ".gitmodules": module})
        self.app.git(
            *("update-index", "--add", "--cacheinfo"),
            f"160000,{self.lib.git('rev-parse', 'HEAD')},lib",
        )
        self.app.git("commit", "--quiet", "-m", "with the library")
        self.commit = self.app.git("rev-parse", "HEAD")

    def project(self, more: str) -> str:
        """A template whose source is the application."""
        return (
            "Resources:\n  Build:\n    Type: AWS::CodeBuild::Project\n    Properties:\n"
            f"      Name: {PROJECT}\n"
            f"      Source: {{Type: GITHUB, Location: '{self.url}', {more}}}\n"
        )


def run(scene: Scene, folder: Path, more: str, *options: str) -> Built:
    """Build the application by its project, out of an empty folder."""
    folder.mkdir()
    (folder / "t.yml").write_text(scene.project(more))
    return build(None, scene.url, "--project", "t.yml", *options, at=folder)


ROW_208 = row(
    208,
    feature="git sources",
    expectation="submodules and depth of the clone as the project says",
    decided="A URL as SOURCE is fetched; a directory that stands for the project's source is not.",
)


@ROW_208
def test_row_208_git(scene: Scene, tmp_path: Path) -> None:
    more = "GitCloneDepth: 1, GitSubmodulesConfig: {FetchSubmodules: true}"
    built = run(scene, tmp_path / "with", more)
    assert built.exit_code == 0, built.stderr
    assert built.said[:2] == ["of the library\n", "1\n"]
    assert built.said[2] == f"{scene.commit}\n"
    assert built.said[3].split() == [scene.url, f"{OUTPUT}/src/127.0.0.1/app"]
    assert built.document["resolvedSourceVersion"] == scene.commit
    plain = run(scene, tmp_path / "without", "GitCloneDepth: 0")
    assert plain.said[:2] == ["no library\n", "0\n"]


@ROW_208
def test_row_208_version(scene: Scene, tmp_path: Path) -> None:
    built = run(scene, tmp_path / "old", "GitCloneDepth: 0", "--source-version", "v1")
    assert built.said == ["old\n"]
    assert built.document["sourceVersion"] == "v1"


@ROW_208
def test_row_208_no_such_version(scene: Scene, tmp_path: Path) -> None:
    built = run(scene, tmp_path / "none", "GitCloneDepth: 0", "--source-version", "none")
    assert (built.exit_code, built.status) == (5, "FAILED")
    assert built.context("DOWNLOAD_SOURCE") == (
        "CLIENT_ERROR",
        "reference not found for primary source and source version none",
    )
    assert built.agent[:3] == [
        "Running on localbuild",
        "Waiting for agent ping",
        "Waiting for DOWNLOAD_SOURCE",
    ]
    assert built.ran == []


@pytest.fixture(scope="module")
def two(scene: Scene, moto_server: Server) -> Built:
    """A build with three secondary sources: of the project git and S3, and a directory."""
    import boto3

    client = boto3.client("s3", endpoint_url=moto_server.endpoint_url, region_name="us-east-1")
    client.put_object(Bucket=BUCKET, Key="row-209/data.zip", Body=zip_of({"d/file": b"of S3\n"}))
    client.close()
    template = scene.project("GitCloneDepth: 0") + (
        "      SecondarySources:\n"
        f"        - {{Type: GITHUB, Location: '{scene.url}', SourceIdentifier: tools}}\n"
        f"        - {{Type: S3, Location: {BUCKET}/row-209/data.zip, SourceIdentifier: data}}\n"
        "        - {Type: CODEPIPELINE, SourceIdentifier: more}\n"
        "      SecondarySourceVersions:\n"
        "        - {SourceIdentifier: tools, SourceVersion: v1}\n"
    )
    commands = [
        "env | grep -E '^CODEBUILD_(SRC_DIR|SOURCE)' | sort",
        "ls $CODEBUILD_SRC_DIR_tools; cat $CODEBUILD_SRC_DIR_data/d/file",
        "cat $CODEBUILD_SRC_DIR_more/*; ls; pwd",
    ]
    files = {"t.yml": template, "more/file": "of the directory\n"}
    options = ("--project", "t.yml", "-s", "more:more", "--endpoint-url", moto_server.endpoint_url)
    built = build(spec(build=commands), *options, files=files)
    assert built.exit_code == 0, built.stderr
    return built


@row(
    86,
    feature="variables of secondary sources",
    expectation="CODEBUILD_SRC_DIR_<id> and its kin are set for each secondary source",
)
def test_row_086_variables(two: Built, scene: Scene) -> None:
    lines = two.said[0].splitlines()
    assert lines == [
        f"CODEBUILD_SOURCE_REPO_URL_data=s3://{BUCKET}/row-209/data.zip",
        f"CODEBUILD_SOURCE_REPO_URL_tools={scene.url}",
        "CODEBUILD_SOURCE_VERSION_tools=v1",
        f"CODEBUILD_SRC_DIR={OUTPUT}/src",
        f"CODEBUILD_SRC_DIR_data={OUTPUT}/secSrc/data",
        f"CODEBUILD_SRC_DIR_more={OUTPUT}/secSrc/more",
        f"CODEBUILD_SRC_DIR_tools={OUTPUT}/secSrc/tools",
    ]
    told = [line for line in two.agent if line.startswith("CODEBUILD_SRC_DIR")]
    assert told == [
        f"CODEBUILD_SRC_DIR={OUTPUT}/src",
        f"CODEBUILD_SRC_DIR_tools={OUTPUT}/secSrc/tools",
        f"CODEBUILD_SRC_DIR_data={OUTPUT}/secSrc/data",
        f"CODEBUILD_SRC_DIR_more={OUTPUT}/secSrc/more",
    ]


ROW_209 = row(
    209,
    feature="secondary sources",
    expectation="each in a folder of its own",
    decided="Beside the primary one, `secSrc/<id>`, where builds with a directory had them.",
)


@ROW_209
def test_row_209_folders(two: Built) -> None:
    assert two.said[1] == "buildspec.yml\nof S3\n"
    assert two.said[2] == f"of the directory\nbuildspec.yml\nmore\nt.yml\n{OUTPUT}/src\n"
    sources = {s["sourceIdentifier"]: s for s in two.document["secondarySources"]}
    assert [s["type"] for s in sources.values()] == ["GITHUB", "S3", "DIRECTORY"]
    assert two.document["secondarySourceVersions"] == [
        {"sourceIdentifier": "tools", "sourceVersion": "v1"}
    ]


@ROW_209
def test_row_209_not_to_be_had(scene: Scene, tmp_path: Path) -> None:
    built = build(
        spec(build=["echo never"]), "-s", f"lib:file://{tmp_path}/none", environ={"HOME": "/none"}
    )
    assert (built.exit_code, built.ran) == (5, [])
    code, message = built.context("DOWNLOAD_SOURCE")
    assert code == "CLIENT_ERROR"
    assert message.startswith("repository not found: ")
    assert message.endswith(" for secondary source lib")
    assert "hint: -s lib:DIR" in built.stderr
