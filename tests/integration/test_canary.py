"""Secrets that a build really has are searched for wherever a build can be seen or is kept."""

import base64
import io
import os
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import docker
import pytest

from localbuild.cache.layer_names import KEY_LABEL
from tests.conftest import missing
from tests.integration.builds import Build, Ended, project, run, spec, wait_until
from tests.s3.aws_stub import Stub, aws_stub
from tests.s3.parameters import REGION

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

pytestmark = pytest.mark.docker

CANARIES = {
    "TOKEN": "canary-of-a-parameter-8161",
    "PASS": "canary-of-a-secret-9273",
    "GIVEN": "canary-of-an-option-7718",
}
FRAME = b"\x28\xb5\x2f\xfd"
"""What a frame of zstd begins with."""

SPEC = """\
version: 0.2
env:
  parameter-store: {TOKEN: /canary}
  secrets-manager: {PASS: "canary:key"}
  exported-variables: [TOKEN, COPY]
phases:
  build:
    commands:
      - set -x; COPY=$TOKEN; echo "$TOKEN $PASS $GIVEN $(printf %s "$PASS" | base64)"
      - mkdir -p deps; date > deps/made
      - printf %s "$TOKEN$PASS$GIVEN" | wc -c
      - touch /shared/ready; while [ ! -e /shared/go ]; do sleep 0.1; done
cache:
  key: canary
  paths: [deps/**/*, /codebuild/output/tmp/**/*]
"""


class Trial:
    """One build that waits, with everything that can be seen of it."""

    def __init__(self, place: Path, stub: Stub) -> None:
        self.place = place
        self.source = place / "canary"
        self.source.mkdir()
        (self.source / "buildspec.yml").write_text(SPEC)
        self.shared = place / "shared"
        self.shared.mkdir()
        self.temp = place / "temp"
        self.temp.mkdir()
        homes = {f"XDG_{kind}_HOME": str(place / "home") for kind in ("CONFIG", "STATE", "CACHE")}
        self.build = Build(
            self.source,
            *("--endpoint-url", stub.endpoint_url, "--region", REGION, "--debug", "-v"),
            *("-V", f"{self.shared}:/shared", "--secret", "GIVEN", "--keep", "always"),
            *("--cache", str(place / "cache"), "--cache-layers", "off"),
            env={**homes, "GIVEN": CANARIES["GIVEN"], "TMPDIR": str(self.temp)},
        )
        self.ended: Ended | None = None

    def wait(self) -> None:
        """Until its last command runs."""
        wait_until((self.shared / "ready").exists, "the build has its secrets")

    def end(self) -> Ended:
        """Let the build end."""
        (self.shared / "go").touch()
        if self.ended is None:
            self.ended = self.build.end()
        return self.ended


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    with closing(docker.from_env(timeout=120)) as client:
        yield client.api


@pytest.fixture(scope="module")
def trial(aws: None, tmp_path_factory: pytest.TempPathFactory, api: Any) -> Iterator[Trial]:
    with aws_stub() as stub:
        stub.parameters = {"/canary": CANARIES["TOKEN"]}
        stub.secrets = {"canary": f'{{"key": "{CANARIES["PASS"]}"}}'}
        trial = Trial(tmp_path_factory.mktemp("canary"), stub)
        try:
            trial.wait()
            yield trial
        finally:
            trial.end()
            with suppress(docker.errors.NotFound):
                api.remove_container(container_of(trial, api)["Id"], force=True, v=True)


def container_of(trial: Trial, api: Any) -> dict[str, Any]:
    """The build's container, inspected."""
    [found] = api.containers(all=True, filters={"name": "localbuild-canary-1-"})
    return dict(api.inspect_container(found["Id"]))


def canaries_in(data: bytes) -> list[str]:
    """The names of those that are in it, as they are or in base64."""
    forms = {
        name: (value.encode(), base64.b64encode(value.encode()).rstrip(b"=")[:-1])
        for name, value in CANARIES.items()
    }
    return [name for name, known in forms.items() if any(form in data for form in known)]


def found_below(*places: Path) -> list[tuple[Path, list[str]]]:
    """The files that hold a canary, and the paths that do."""
    found = []
    for place in places:
        for path in (p for p in place.rglob("*") if p.is_file() and not p.is_symlink()):
            names = canaries_in(str(path).encode() + b"\0" + path.read_bytes())
            found += [(path, names)] if names else []
    return found


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    plain = CANARIES["PASS"].encode()
    for number, form in enumerate((plain, base64.b64encode(plain))):
        (tmp_path / str(number)).write_bytes(b"x" + form + b"y")
    assert [names for _, names in found_below(tmp_path)] == [["PASS"], ["PASS"]]


def test_no_command_line_holds_it(trial: Trial) -> None:
    seen = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            assert canaries_in(path.read_bytes()) == []
            seen += 1
    assert seen > 1


def test_the_engine_does_not_know_it(trial: Trial, api: Any) -> None:
    assert canaries_in(repr(container_of(trial, api)).encode()) == []


def test_the_engines_disk_does_not_hold_it(trial: Trial, api: Any) -> None:
    found = container_of(trial, api)
    upper = Path(found["GraphDriver"]["Data"].get("UpperDir", "none"))
    own = Path(found["HostnamePath"]).parent
    if not os.access(upper, os.R_OK) or not os.access(own, os.R_OK):
        missing("root", "the engine's files are not open to us")
    assert any(upper.rglob("deps/made"))
    assert found_below(upper, own) == []


def test_nothing_that_is_left_holds_it(trial: Trial, api: Any) -> None:
    ended = trial.end()
    assert ended.code == 0, ended.stderr
    length = sum(map(len, CANARIES.values()))
    assert f"\n{length}\n" in ended.stdout  # the build has had them
    assert "***" in ended.stdout
    assert canaries_in((ended.stdout + ended.stderr).encode()) == []
    assert (trial.source / ".localbuild/builds/1/events.jsonl").exists()
    assert any((trial.place / "cache").rglob("*"))
    assert found_below(trial.place) == []


def test_the_cache_does_not_hold_it(trial: Trial) -> None:
    trial.end()
    frames = [p.read_bytes() for p in (trial.place / "cache").rglob("*") if p.is_file()]
    contents = [text for frame in frames for text in unpacked(frame)]
    assert any(b"deps/made" in text for text in contents)
    assert not any(b"env.sh" in text for text in contents)
    assert [names for text in contents if (names := canaries_in(text))] == []


def test_a_container_that_is_kept_does_not_hold_it(trial: Trial, api: Any) -> None:
    trial.end()
    found = container_of(trial, api)
    assert canaries_in(repr(found).encode()) == []
    whole = b"".join(api.export(found["Id"]))
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        names = archive.getnames()
    assert any(name.endswith("deps/made") for name in names)
    assert canaries_in(whole) == []


def test_a_layer_of_the_cache_does_not_hold_it(tmp_path: Path, api: Any) -> None:
    key = f"canary-{uuid.uuid4()}"
    made = 'mkdir -p deps; echo "$GIVEN" | wc -c > deps/made'
    source = project(tmp_path, spec(made, after=f"cache: {{key: {key}, paths: [deps/**/*]}}\n"))
    options = ("--cache", str(tmp_path / "cache"), "--cache-layers", "wait", "--secret", "GIVEN")
    env = {"GIVEN": CANARIES["GIVEN"], "XDG_STATE_HOME": str(tmp_path / "state")}
    for _ in range(2):  # the second build uses the entry, which makes it a layer
        ended = run(source, *options, env=env)
        assert ended.code == 0, ended.stderr
    [layer] = api.images(filters={"label": f"{KEY_LABEL}={key}"})
    try:
        assert canaries_in(repr(api.inspect_image(layer["Id"])).encode()) == []
        whole = b"".join(api.get_image(layer["Id"]))
    finally:
        api.remove_image(layer["Id"], force=True)
    assert b"deps/made" in whole
    assert canaries_in(whole) == []


def unpacked(data: bytes) -> Iterator[bytes]:
    """A file of the cache, and every compressed frame in it."""
    yield data
    start = data.find(FRAME)
    while start >= 0:
        with suppress(zstd.ZstdError):
            yield zstd.ZstdDecompressor().decompress(data[start:])
        start = data.find(FRAME, start + 1)
