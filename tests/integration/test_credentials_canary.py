"""Credentials that a build really has are searched for in what the engine and the host can see."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import docker
import pytest

from tests.integration.builds import Build, spec, wait_until

pytestmark = pytest.mark.docker

KEYS = {
    "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7CANARY1",
    "AWS_SECRET_ACCESS_KEY": "canary/of+the/secret/key",
    "AWS_SESSION_TOKEN": "canary-of-the-session-token",
}
WAITS = "touch /shared/ready; while [ ! -e /shared/go ]; do sleep 0.1; done"


@pytest.fixture(params=["env", "endpoint"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Build]:
    """A build that waits with its credentials."""
    source, shared, temp = (tmp_path / name for name in ("canary-of-keys", "shared", "temp"))
    for place in (source, shared, temp):
        place.mkdir()
    (source / "buildspec.yml").write_text(spec("date > made", WAITS))
    homes = {f"XDG_{kind}_HOME": str(tmp_path / "home") for kind in ("CONFIG", "STATE", "CACHE")}
    options = ("-V", f"{shared}:/shared", "--aws-credentials", request.param, "--debug", "-v")
    nobody = ("--endpoint-url", "http://127.0.0.1:9")
    env = {**homes, **KEYS, "TMPDIR": str(temp), "AWS_EC2_METADATA_DISABLED": "true"}
    with Build(source, *options, *nobody, env=env) as build:
        wait_until(lambda: (shared / "ready").exists() or build.ended, "the build waits")
        assert not build.ended, build.complained
        yield build
        (shared / "go").touch()
        build.end()


def test_they_are_nowhere_to_be_seen(build: Build, tmp_path: Path) -> None:
    with closing(docker.from_env()) as client:
        label = "dev.localbuild.build"
        found = client.api.containers(filters={"label": label})
        mine = [c for c in found if c["Labels"][label].startswith("canary-of-keys:")]
        assert len(mine) == 1
        inspected = json.dumps(client.api.inspect_container(mine[0]["Id"]))
        processes = json.dumps(client.api.top(mine[0]["Id"]))
        changed = [c["Path"] for c in client.api.diff(mine[0]["Id"]) or ()]
    assert not any(path.startswith("/codebuild/output/tmp/") for path in changed)
    files = [p.read_bytes().decode("latin-1") for p in tmp_path.rglob("*") if p.is_file()]
    for value in KEYS.values():
        for text in (inspected, processes, *command_lines(), *files, build.said, build.complained):
            assert value not in text


def command_lines() -> Iterator[str]:
    """Of every process that there still is."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield place.read_bytes().decode("latin-1")
