"""Rows 82 to 92: the environment variables that the service sets."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conformance.harness import PROJECT, USER, Built, build, spec
from tests.conformance.rows import row
from tests.conftest import SMALL

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

NAMED = re.findall(
    r"\w+",
    """
    BUILD_ARN BUILD_ID BUILD_IMAGE BUILD_NUMBER BUILD_SUCCEEDING BUILD_URL CI CONTAINER_NAME
    EXECUTION_ROLE_BUILD FE_REPORT_ENDPOINT GOPATH INITIATOR KMS_KEY_ID LAST_EXIT LOCAL_BUILD
    LOG_PATH SRC_DIR START_TIME
    """,
)


@pytest.fixture(scope="module")
def built() -> Built:
    """A build whose first command prints all of its environment."""
    return build(spec(build=["env -0", "pwd"]), environ={"AWS_REGION": "eu-west-1"})


@pytest.fixture(scope="module")
def env(built: Built) -> dict[str, str]:
    """The environment of the first command."""
    entries = built.said[0].rstrip("\0").split("\0")
    return {name: value for name, _, value in (entry.partition("=") for entry in entries)}


def test_environment_is_complete(env: dict[str, str], built: Built) -> None:
    """Nothing of this machine gets in, and nothing that every build has is missing."""
    wanted = {f"CODEBUILD_{name}" for name in NAMED} | {"AWS_DEFAULT_REGION", "AWS_REGION"}
    others = {"CI", "GOPATH", "HOME", "HOSTNAME", "OLDPWD", "PATH", "PWD", "SHLVL", "_"}
    assert env.keys() - others == wanted
    assert env["CODEBUILD_KMS_KEY_ID"] == "arn:aws:kms:eu-west-1:000000000000:alias/aws/s3"
    assert env["GOPATH"] == f"/go:{env['CODEBUILD_GOPATH']}"
    assert env["CODEBUILD_SRC_DIR"] == f"{env['CODEBUILD_GOPATH']}/src"
    assert env["CODEBUILD_BUILD_URL"] == (
        "https://eu-west-1.console.aws.amazon.com/codebuild/home?region=eu-west-1"
        f"#/builds/{built.document['id']}/view/new"
    )


@row(82, feature="CODEBUILD_BUILD_ID", expectation="`<project>:<uuid>`, as in the record")
def test_row_082_build_id(env: dict[str, str], built: Built) -> None:
    assert re.fullmatch(f"{PROJECT}:{UUID}", env["CODEBUILD_BUILD_ID"])
    assert env["CODEBUILD_BUILD_ID"] == built.document["id"]
    assert env["CODEBUILD_LOG_PATH"] == env["CODEBUILD_BUILD_ID"].partition(":")[2]


@row(
    83,
    feature="CODEBUILD_BUILD_ARN",
    expectation="`arn:aws:codebuild:<region>:<account>:build/<project>:<uuid>`",
)
def test_row_083_build_arn(env: dict[str, str], built: Built) -> None:
    arn = rf"arn:aws:codebuild:eu-west-1:\d{{12}}:build/{env['CODEBUILD_BUILD_ID']}"
    assert re.fullmatch(arn, env["CODEBUILD_BUILD_ARN"])
    assert env["CODEBUILD_BUILD_ARN"] == built.document["arn"]


@row(84, feature="CODEBUILD_START_TIME", expectation="milliseconds since 1970, 13 digits")
def test_row_084_start_time(env: dict[str, str], built: Built) -> None:
    assert re.fullmatch(r"\d{13}", env["CODEBUILD_START_TIME"])
    seconds = int(env["CODEBUILD_START_TIME"]) / 1000
    assert abs(seconds - built.result.started.time.timestamp()) < 60


@row(
    85,
    feature="CODEBUILD_SRC_DIR",
    expectation="/codebuild/output/src<digits>/src, where the first command starts",
)
def test_row_085_src_dir(env: dict[str, str], built: Built) -> None:
    assert re.fullmatch(r"/codebuild/output/src\d+/src", env["CODEBUILD_SRC_DIR"])
    assert built.said[1] == f"{env['CODEBUILD_SRC_DIR']}\n"
    assert f"CODEBUILD_SRC_DIR={env['CODEBUILD_SRC_DIR']}" in built.agent
    assert (env["PWD"], env["OLDPWD"]) == (env["CODEBUILD_SRC_DIR"], "/codebuild/readonly")


@row(
    87,
    feature="CODEBUILD_RESOLVED_SOURCE_VERSION",
    expectation="the commit of HEAD where the source is a git repository; unset where it is none",
)
def test_row_087_resolved_version(env: dict[str, str], tmp_path: Path) -> None:
    assert "CODEBUILD_RESOLVED_SOURCE_VERSION" not in env
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    commit = head.stdout.strip()
    built = build(spec(build=["echo $CODEBUILD_RESOLVED_SOURCE_VERSION"]), at=tmp_path)
    assert built.said == [f"{commit}\n"]
    assert built.document["resolvedSourceVersion"] == commit


@row(88, feature="CODEBUILD_INITIATOR", expectation="the name of the user who starts the build")
def test_row_088_initiator(env: dict[str, str], built: Built) -> None:
    assert env["CODEBUILD_INITIATOR"] == USER
    assert built.document["initiator"] == USER


@row(89, feature="CODEBUILD_CI", expectation="true")
def test_row_089_ci(env: dict[str, str]) -> None:
    assert env["CODEBUILD_CI"] == "true"


@row(
    90,
    feature="CODEBUILD_BUILD_IMAGE",
    expectation="the image's name as it was configured, not the one that it is mapped to",
)
def test_row_090_build_image(env: dict[str, str]) -> None:
    assert env["CODEBUILD_BUILD_IMAGE"] == SMALL
    name = "aws/codebuild/standard:2.0"
    files = {"localbuild.toml": f'[images]\n"{name}" = "{SMALL}"\n'}
    mapped = build(spec(build=["echo $CODEBUILD_BUILD_IMAGE"]), files=files, image=name)
    assert mapped.said == [f"{name}\n"]


@row(91, feature="AWS_REGION, AWS_DEFAULT_REGION", expectation="the build's region, in both")
def test_row_091_region(env: dict[str, str]) -> None:
    assert (env["AWS_REGION"], env["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    command = "echo $AWS_REGION $AWS_DEFAULT_REGION"
    assert build(spec(build=[command])).said == ["us-east-1 us-east-1\n"]


@row(92, feature="PATH", expectation="the image's PATH and /codebuild/user/bin at its end")
def test_row_092_path(env: dict[str, str]) -> None:
    image = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert env["PATH"] == f"{image}:/codebuild/user/bin"
