"""Row 197: a Docker daemon in the build."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.volumes import list_volumes
from tests.conformance.dockers import (
    CURATED,
    DOCKERFILE,
    DRIVER,
    PRIVILEGED,
    PROGRAM,
    STANDS_FOR,
    curated,
)
from tests.conformance.harness import build, spec
from tests.conformance.rows import row
from tests.conftest import DOCKER, SMALL, missing

NO_DAEMON = "Cannot connect to the Docker daemon"
DAEMON = (
    "nohup /usr/local/bin/dockerd --host=unix:///var/run/docker.sock --host=tcp://127.0.0.1:2375 "
    "--storage-driver=overlay2 &"
)
DOCUMENTED = [
    DAEMON,
    'timeout 15 sh -c "until docker info > /dev/null 2>&1; do echo .; sleep 1; done"',
]
BUILD_AND_RUN = [
    PROGRAM,
    "docker build --quiet --tag made .",
    "docker run --rm made /bin/busybox echo it runs",
]
VOLUME = r"sed -n 's|.*/\([0-9a-f]*\)/_data /var/lib/docker .*|\1|p' /proc/self/mountinfo"


@row(
    197,
    feature="docker in the build",
    expectation="in privileged mode the daemon of CodeBuild's own images is there before the first "
    "command, and nothing starts that of any other image; without it commands find none",
    decided="`public.ecr.aws/codebuild/` counts as CodeBuild's own: images of that name stand for "
    "them outside of the service.",
)
def test_row_197_docker() -> None:
    text = spec(install=["docker ps --quiet", DRIVER])
    built = curated(text, PRIVILEGED)
    assert (built.exit_code, built.said) == (0, ["", "overlay2\n"]), built.log
    plain = curated(text)
    assert plain.exit_code == 1
    assert NO_DAEMON in plain.log
    assert "[LB609]" in plain.stderr
    assert "localbuild run --privileged" in plain.stderr
    custom = build(text, PRIVILEGED, image=DOCKER)
    assert custom.exit_code == 1
    assert NO_DAEMON in custom.log
    assert "in install: nohup /usr/local/bin/dockerd" in custom.stderr


@pytest.mark.parametrize("image", [CURATED, DOCKER], ids=["it runs", "it does not run"])
def test_the_documented_commands_work_whether_it_runs_or_not(image: str) -> None:
    """Source: API reference, ProjectEnvironment, privilegedMode."""
    text = spec(install=DOCUMENTED, pre_build=[DRIVER], build=BUILD_AND_RUN)
    files = {"localbuild.toml": STANDS_FOR, "Dockerfile": DOCKERFILE}
    built = build(text, PRIVILEGED, image=image, files=files)
    assert built.exit_code == 0, built.log
    lines = "".join(built.said).splitlines()  # what the daemon says comes in between
    assert {"overlay2", "it runs"} <= set(lines)


def test_what_it_kept_goes_with_the_build() -> None:
    text = spec(build=[*BUILD_AND_RUN, VOLUME])
    built = curated(text, PRIVILEGED, files={"Dockerfile": DOCKERFILE})
    assert built.exit_code == 0, built.log
    volume = built.said[-1].strip()
    assert len(volume) == 64
    api = connect("", "").api
    try:
        assert list_volumes(api, volume) == ()
    finally:
        api.close()


def test_an_image_that_has_none(tmp_path: Path) -> None:
    toml = f'[images]\n"{CURATED}" = "{SMALL}"\n'
    built = curated(spec(build=["true"]), PRIVILEGED, files={"localbuild.toml": toml})
    assert built.exit_code == 0
    assert f"{CURATED} ({SMALL}) has no /usr/local/bin/dockerd-entrypoint.sh" in built.stderr


def test_a_daemon_that_does_not_start(tmp_path: Path) -> None:
    daemon = tmp_path / "dockerd"
    daemon.write_text("#!/bin/sh\necho 'failed to start daemon: no such thing'\nexit 1\n")
    daemon.chmod(0o755)
    over = f"{daemon}:/usr/local/bin/dockerd"
    built = curated(spec(build=["echo ran"]), PRIVILEGED, "--volume", over)
    assert (built.exit_code, built.ran) == (4, [])
    assert built.context("PROVISIONING")[1] == (
        "the build's Docker daemon did not start: failed to start daemon: no such thing"
    )
    assert built.log.startswith("failed to start daemon: no such thing\n")


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[Path]:
    """A folder of an overlay, on which no other overlay can be."""
    for name in ("lower", "upper", "work", "merged"):
        (tmp_path / name).mkdir()
    places = ",".join(f"{n}dir={tmp_path / n}" for n in ("lower", "upper", "work"))
    merged = tmp_path / "merged"
    mount = ["mount", "-t", "overlay", "overlay", "-o", places, str(merged)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        missing("docker", f"no overlay can be mounted here: {done.stderr.strip()}")
    yield merged
    subprocess.run(["umount", str(merged)], check=True)


def test_a_daemon_that_cannot_use_overlays(overlay: Path) -> None:
    text = spec(install=[DRIVER], build=BUILD_AND_RUN)
    on_it = f"{overlay}:/var/lib/docker"
    files = {"Dockerfile": DOCKERFILE}
    built = curated(text, PRIVILEGED, "--volume", on_it, files=files)
    assert (built.exit_code, built.said[0]) == (0, "vfs\n"), built.log
    assert built.said[-1] == "it runs\n"
    assert "[LB607]" in built.stderr
