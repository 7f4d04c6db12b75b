"""Work without AWS, or with the user's own credentials for it, as processes on a real engine."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore
import pytest

from tests.conftest import SMALL, STANDARD
from tests.e2e.test_cli_run import COMMAND, environ, newest
from tests.s3.servers import Server

pytestmark = pytest.mark.docker

KEYS = {
    "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "canary/of+the/secret/key",
    "AWS_SESSION_TOKEN": "canary-of-the-session-token",
}
NOBODY = ("--endpoint-url", "http://127.0.0.1:9")
"""Where no AWS answers."""

SDK = """\
import botocore.session, hashlib, sys
found = botocore.session.Session().get_credentials()
print("method", found.method)
frozen = found.get_frozen_credentials()
print("digest", hashlib.sha256("|".join(frozen[:3]).encode()).hexdigest())
print("secret", frozen.secret_key)
"""


def run(
    folder: Path,
    commands: list[str],
    *words: str,
    more: Mapping[str, str] | None = None,
    **spec: Any,
) -> "subprocess.CompletedProcess[str]":
    """Run a build of these commands; `spec` are other parts of the buildspec."""
    folder.mkdir(exist_ok=True)
    phases = {"build": {"commands": commands}, **spec.pop("phases", {})}
    (folder / "buildspec.yml").write_text(json.dumps({"version": 0.2, **spec, "phases": phases}))
    image = () if "--image" in words else ("--image", SMALL)
    return subprocess.run(
        [*COMMAND, "run", *image, *words],
        cwd=folder,
        env=environ(folder.parent, {"AWS_EC2_METADATA_DISABLED": "true", **(more or {})}),
        capture_output=True,
        text=True,
        check=False,
    )


def own(folder: Path) -> dict[str, Any]:
    """Our part of the record."""
    found: dict[str, Any] = json.loads((newest(folder) / "build.json").read_text())["localbuild"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder."""
    return tmp_path / "project"


def test_a_skipped_phase(folder: Path) -> None:
    phases = {"post_build": {"commands": ["echo uploading; exit 9"], "finally": ["echo late"]}}
    done = run(folder, ["echo built"], "--skip", "post-build", phases=phases)
    assert done.returncode == 0, done.stderr
    assert "\nbuilt\n" in done.stdout
    assert "\nuploading\n" not in done.stdout
    assert "\nlate\n" not in done.stdout
    assert "\nskipped: POST_BUILD, 2 commands (--skip)\n" in f"\n{done.stderr}"
    assert "1 of 1 planned commands ran" in done.stderr
    assert [c["reason"] for c in own(folder)["skipped"]] == ["--skip POST_BUILD"] * 2


@pytest.mark.parametrize("image", [SMALL, STANDARD])
@pytest.mark.parametrize("shell", ["/bin/sh", "bash"])
def test_a_stub(image: str, shell: str, folder: Path) -> None:
    commands = [
        'test "$(aws sts get-caller-identity --query Account)" = 123456789012',
        "echo secret | docker login --password-stdin",
        "export PATH=/opt/none:$PATH",
        "aws s3 sync . s3://bucket && command -v aws",
    ]
    done = run(
        *(folder, commands, "--image", image, "--stub", "aws=123456789012", "--stub", "docker"),
        env={"shell": shell},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n/codebuild/user/stubs/aws\n" in done.stdout
    assert own(folder)["stubs"] == [
        {
            "command": "aws",
            "calls": 2,
            "arguments": ["sts get-caller-identity --query Account", "s3 sync . s3://bucket"],
        },
        {"command": "docker", "calls": 1, "arguments": ["login --password-stdin"]},
    ]
    calls = "sts get-caller-identity --query Account; s3 sync . s3://bucket"
    assert f"stub: aws, 2 calls: {calls} (--stub)\n" in done.stderr


def test_a_stub_for_another_user(folder: Path) -> None:
    commands = ["test $(id -u) -ne 0", "aws s3 ls"]
    spec: dict[str, Any] = {"run-as": "codebuild-user"}
    done = run(folder, commands, "--image", STANDARD, "--stub", "aws", **spec)
    assert done.returncode == 0, done.stdout + done.stderr
    assert own(folder)["stubs"] == [{"command": "aws", "calls": 1, "arguments": ["s3 ls"]}]


def test_a_stub_of_a_build_that_fails(folder: Path) -> None:
    done = run(folder, ["aws a", "exit 3", "aws b"], "--stub", "aws")
    assert done.returncode == 1
    assert "stub: aws, 1 call: a (--stub)\n" in done.stderr


def test_a_fake_secret_is_told(folder: Path) -> None:
    env = {"parameter-store": {"TOKEN": "/app/token"}, "secrets-manager": {"PASS": "db:key"}}
    fakes = ("--fake-secret", "/app/token=fake-token", "--fake-secret", 'db={"key": "fake-pass"}')
    done = run(folder, ["echo $TOKEN $PASS"], *fakes, env=env)
    assert done.returncode == 0, done.stderr
    assert "fake secret: /app/token (--fake-secret)\nfake secret: db (--fake-secret)\n" in (
        done.stderr
    )
    assert own(folder)["fakeSecrets"] == ["/app/token", "db"]


def test_a_windows_buildspec_is_refused_before_anything_starts(folder: Path) -> None:
    done = run(folder, ["nuget.exe restore", "Write-Host hello"], "--docker-host", "tcp://0:1")
    assert done.returncode == 3
    assert "this buildspec is for Windows, and only Linux builds run here" in done.stderr


def test_without_the_option_a_build_has_no_credentials(folder: Path) -> None:
    done = run(folder, ["env"], more=KEYS)
    assert done.returncode == 0, done.stderr
    assert "AWS_ACCESS_KEY_ID" not in done.stdout
    assert "AWS_CONTAINER" not in done.stdout


def test_as_variables(folder: Path) -> None:
    commands = ["echo $AWS_SECRET_ACCESS_KEY ${#AWS_SECRET_ACCESS_KEY} $AWS_REGION", "env"]
    done = run(
        *(folder, commands, "--aws-credentials", "env", "-v", "--region", "eu-west-1", *NOBODY),
        more=KEYS,
    )
    assert done.returncode == 0, done.stderr
    assert f"\n*** {len(KEYS['AWS_SECRET_ACCESS_KEY'])} eu-west-1\n" in done.stdout
    assert "\naws-credentials env: key ASIA...MPLE\n" in done.stderr
    texts = [p.read_text() for p in newest(folder).resolve().rglob("*") if p.is_file()]
    for value in KEYS.values():
        assert not any(value in text for text in (done.stdout, done.stderr, *texts))


def test_whose_they_are_is_told_by_aws_itself(folder: Path, moto_server: Server) -> None:
    where = ("--endpoint-url", moto_server.endpoint_url)
    done = run(folder, ["true"], "--aws-credentials", "env", "-v", *where, more=KEYS)
    assert done.returncode == 0, done.stderr
    assert "\naws-credentials env: arn:aws:sts::123456789012:" in done.stderr


@pytest.mark.parametrize("way", ["env", "endpoint"])
def test_without_any_nothing_is_started(way: str, folder: Path) -> None:
    done = run(folder, ["true"], "--aws-credentials", way, "--docker-host", "tcp://0:1")
    assert done.returncode == 5
    assert f"error: --aws-credentials {way}: no AWS credentials: " in done.stderr
    assert "hint: aws sts get-caller-identity\n" in done.stderr


def test_from_an_endpoint_which_a_real_sdk_asks(folder: Path) -> None:
    site = Path(botocore.__file__).parents[1]
    home = folder.parent / ".aws"
    home.mkdir()
    shared = folder.parent / "shared"
    shared.mkdir()
    folder.mkdir()
    (folder / "ask.py").write_text(SDK)
    write_keys(home, "first-secret-of-the-file")
    commands = [
        "python3 ask.py",
        "touch /shared/ready; while [ ! -e /shared/go ]; do sleep 0.1; done",
        "python3 ask.py",
        "env",
    ]
    (folder / "buildspec.yml").write_text(
        json.dumps({"version": 0.2, "phases": {"build": {"commands": commands}}})
    )
    process = subprocess.Popen(
        [
            *(*COMMAND, "run", "--image", STANDARD, "--aws-credentials", "endpoint"),
            *("-V", f"{site}:/site:ro", "-e", "PYTHONPATH=/site", "-V", f"{shared}:/shared"),
        ],
        cwd=folder,
        env=environ(folder.parent, {"AWS_EC2_METADATA_DISABLED": "true"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    from tests.integration.builds import wait_until

    wait_until(lambda: (shared / "ready").exists() or process.poll() is not None, "the build")
    write_keys(home, "second-secret-of-the-file")
    (shared / "go").touch()
    out, error = process.communicate()
    assert process.returncode == 0, out + error
    assert out.count("\nmethod container-role\n") == 2
    digests = [line for line in out.splitlines() if line.startswith("digest ")]
    assert len(set(digests)) == 2
    assert out.count("\nsecret ***\n") == 2
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:" in out
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN=***\n" in out
    assert "AWS_SECRET_ACCESS_KEY" not in out


def write_keys(home: Path, secret: str) -> None:
    """The user's credentials file."""
    keys = f"aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {secret}\n"
    (home / "credentials").write_text(f"[default]\n{keys}")
