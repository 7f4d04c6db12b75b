"""Rows 145 to 148: a LOCAL cache, in volumes of the engine."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localbuild.engines.docker.connection import connect
from localbuild.plan.local_cache import local_scope
from tests.conformance.caches import cached, facts
from tests.conformance.dockers import CURATED, DOCKERFILE, PRIVILEGED, PROGRAM, STANDS_FOR
from tests.conformance.harness import Built, Files, build, spec, start, write_files
from tests.conformance.rows import row
from tests.conftest import SMALL
from tests.integration.builds import wait_until
from tests.unit.cli.calling import Home


class Local:
    """Builds of one project with a LOCAL cache of its own."""

    def __init__(self) -> None:
        self.project = f"conf-{uuid.uuid4().hex[:12]}"

    @property
    def store(self) -> str:
        """Where its folders lie in a container."""
        return f"/codebuild/local-cache/custom/{local_scope(self.project)}"

    def build(
        self,
        text: str,
        *options: str,
        modes: tuple[str, ...],
        files: Files | None = None,
        image: str = SMALL,
    ) -> Built:
        """One build, in a source folder of its own."""
        own = {"localbuild.toml": self.toml(modes)}
        return build(text, *options, image=image, files={**own, **(files or {})})

    def toml(self, modes: tuple[str, ...]) -> str:
        """Its project's settings."""
        listed = ", ".join(f'"{mode}"' for mode in modes)
        cache = f'cache = {{type = "LOCAL", modes = [{listed}]}}'
        return f'name = "{self.project}"\n{cache}\n{STANDS_FOR}'


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """The engine's own API."""
    found = connect("", "").api
    yield found
    found.close()


@pytest.fixture
def local(api: Any) -> Iterator[Local]:
    """A project whose volumes are gone afterwards."""
    found = Local()
    yield found
    for name in volumes_of(api, found):
        api.remove_volume(name, force=True)


CUSTOM = ("LOCAL_CUSTOM_CACHE",)


@row(
    145,
    feature="local custom cache: files",
    expectation="`Unable to initialize cache download: only directories can be cached locally: X`; "
    "the folders are kept",
)
def test_row_145_files(local: Local) -> None:
    make = ["echo x > file.txt", "echo y > deps/file"]
    text = cached(install=make, cache={"paths": ["file.txt", "deps/**/*"]})
    built = local.build(text, modes=CUSTOM)
    refused = "Unable to initialize cache download: only directories can be cached locally"
    assert f"{refused}: file.txt" in built.agent
    assert f"{refused}: deps" not in built.agent
    show = ["cat file.txt 2>/dev/null; cat deps/file"]
    again = local.build(cached(install=show, cache={"paths": ["deps/**/*"]}), modes=CUSTOM)
    assert again.said == ["y\n"]


@row(
    146,
    feature="local custom cache: links",
    expectation="the path is a link into the store before the source is there; cached items win; "
    "nothing is packed",
)
def test_row_146_links(local: Local) -> None:
    text = cached(
        install=["readlink deps /root/.m2; ls -A deps", "echo new > deps/made"],
        cache={"paths": ["deps/**/*", "/root/.m2/**/*"], "key": "ignored"},
    )
    files = {"deps/source": "source's\n", "other/file": "x\n"}
    first, second = (local.build(text, modes=CUSTOM, files=files) for _ in range(2))
    links = f"{local.store}/deps\n{local.store}/root/.m2\n"
    assert (first.said[0], second.said[0]) == (links, f"{links}made\n")
    lines = first.agent
    assert lines[lines.index("Expanded cache path deps/**/*") + 1 :][:2] == [
        f"MkdirAll: {local.store}/deps",
        f"Symlinking: {first.source_directory}/deps => {local.store}/deps",
    ]
    assert not any("S3" in line for line in lines)
    assert first.document["cache"] == {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}
    assert facts(second)["outcome"] == "off"
    assert "[LB602]" in first.stderr


def test_what_the_image_has_in_a_folder_goes_into_a_new_store(local: Local) -> None:
    text = cached(
        install=[
            "ls /etc/security/limits.conf; cat /etc/security/made || true",
            "echo 1 > /etc/security/made",
        ],
        cache={"paths": ["/etc/security/**/*"]},
    )
    said = [local.build(text, modes=CUSTOM).said[0].splitlines() for _ in range(2)]
    assert [lines[0] for lines in said] == ["/etc/security/limits.conf"] * 2
    assert said[1][1] == "1"


@row(
    147,
    feature="local source cache",
    expectation="ignored where the source is no git repository",
)
def test_row_147_source(local: Local) -> None:
    built = local.build(spec(build=["true"]), modes=("LOCAL_SOURCE_CACHE",))
    assert built.exit_code == 0
    assert "Skip local source cache: the source is a directory" in built.agent


DOCKER_LAYERS = ("LOCAL_DOCKER_LAYER_CACHE",)
BUILD_AN_IMAGE = [
    PROGRAM,
    "docker build --tag made . > log || cat log",
    "grep -c 'Using cache' log; docker image inspect --format '{{.Id}}' made",
]


@row(
    148,
    feature="local layer cache",
    expectation="needs privileged mode: without it a warning; with it the layers of one build are "
    "there for the next of the project",
)
def test_row_148_docker_layers(local: Local, api: Any) -> None:
    plain = local.build(spec(build=["true"]), modes=DOCKER_LAYERS)
    assert (plain.exit_code, volumes_of(api, local)) == (0, [])
    assert "[LB603]" in plain.stderr
    first, second = (
        local.build(
            spec(build=BUILD_AN_IMAGE),
            PRIVILEGED,
            modes=DOCKER_LAYERS,
            files={"Dockerfile": DOCKERFILE},
            image=CURATED,
        )
        for _ in range(2)
    )
    assert (first.exit_code, second.exit_code) == (0, 0), first.log
    assert first.said[-1].splitlines()[0] == "0"
    assert second.said[-1].splitlines() == ["2", first.said[-1].splitlines()[1]]
    assert len(volumes_of(api, local)) == 1


WAIT = "touch /gate/ready; for i in $(seq 600); do [ ! -e /gate/go ] || break; sleep 0.1; done"
CREATE = "docker create --name mine made true > /dev/null && docker network create mine > /dev/null"
COUNT = "docker images --quiet | wc -l; docker ps --all --quiet | wc -l"


def test_one_daemon_at_a_time_has_the_layers(local: Local, tmp_path: Path) -> None:
    """And whoever has them next finds no containers of the one before."""
    text = spec(install=[COUNT], build=[*BUILD_AN_IMAGE[:2], CREATE])
    waiting = spec(build=[*BUILD_AN_IMAGE[:2], CREATE, WAIT])
    files = {"Dockerfile": DOCKERFILE, "localbuild.toml": local.toml(DOCKER_LAYERS)}
    write_files(tmp_path / "first", {"buildspec.yml": waiting, **files})
    options = ("--image", CURATED, PRIVILEGED, "--volume", f"{tmp_path}:/gate")
    log = tmp_path / "log"
    first = start("run", *options, cwd=tmp_path / "first", log=log)
    wait_until(lambda: (tmp_path / "ready").exists() or first.poll() is not None, "the first")
    second = build(text, PRIVILEGED, files=files, image=CURATED)
    (tmp_path / "go").touch()
    assert first.wait() == 0, log.read_text()
    third = build(text, PRIVILEGED, files=files, image=CURATED)
    assert (second.exit_code, third.exit_code) == (0, 0), second.log
    assert [built.said[0].split() for built in (second, third)] == [["0", "0"], ["1", "0"]]
    assert "[LB610]" in second.stderr
    assert "[LB610]" not in log.read_text() + third.stderr


def volumes_of(api: Any, local: Local) -> list[str]:
    """The names of a project's volumes."""
    found = api.volumes(filters={"name": local_scope(local.project)})["Volumes"] or ()
    return [str(volume["Name"]) for volume in found]


def test_what_the_cache_takes_the_place_of_is_said(local: Local) -> None:
    """Source: User Guide, local caching: cached items win over items of the source."""
    text = cached(install=["ls deps; cat deps/mine || true; echo x > deps/made"])
    files = {"deps/mine": "the source's\n"}
    built = local.build(text, modes=CUSTOM, files=files)
    place = f"{built.source_directory}/deps"
    wanted = f"source: {place} is left out: the cache has its place"
    assert [w["message"] for w in built.document["localbuild"]["warnings"]] == [wanted]
    again = local.build(text, modes=CUSTOM, files=files)
    assert "made" in again.said[0]


def test_its_volumes_can_be_cleaned_away(local: Local, api: Any, tmp_path: Path) -> None:
    local.build(cached(install=["echo x > deps/file"]), modes=CUSTOM)
    (name,) = volumes_of(api, local)
    home = Home(tmp_path)
    home.write("localbuild.toml", f'name = "{local.project}"\n')
    document = json.loads(home.call("clean", "--volumes", "--json").out)
    assert document["volumes"] == [{"name": name}]
    assert volumes_of(api, local) == []
