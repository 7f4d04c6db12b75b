"""Several sources in one build: where they go, what is said of them, and what the record has."""

from dataclasses import replace

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.engines.scripted import ScriptedEngine
from localbuild.errors import ExitCode, SourceError
from localbuild.events.document import build_document
from localbuild.events.fold import fold
from localbuild.events.model import AgentLine, Event, Failed, PhaseEnded, Timing
from localbuild.plan.compile import BuildRequest, compile_plan, source_directory
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.ports.engine import Interruption
from localbuild.project.model import Project
from localbuild.run.boundary import refuse_source, stop_download
from localbuild.run.build import run_build
from localbuild.run.services import Services
from localbuild.sources.memory import MemorySource
from tests.contracts.source_contract import contents_of
from tests.unit.run.scripted_build import IDENTITY, TickingClock

SPEC = b"version: 0.2\nphases: {build: {commands: [make]}}\n"
OUTPUT = source_directory("app").removesuffix("/src")
REQUEST = BuildRequest(
    project=Project(name="app"),
    environment=EnvironmentPlan(image="image", image_reference="image"),
    source=SourcePlan(
        location="https://github.com/o/app",
        directory="",
        type="GITHUB",
        repository="github.com/o/app",
        version="v1",
    ),
    secondary_sources=(
        SourcePlan(
            location="https://h.example/lib",
            directory="",
            identifier="lib",
            type="GIT",
            version="main",
            resolved_version="c0ffee",
            repo_url="https://h.example/lib",
            git_clone_depth=1,
            fetch_submodules=True,
        ),
        SourcePlan(location="/somewhere", directory="", identifier="docs"),
    ),
)
APP = MemorySource({"app.txt": b"app"})
LIB, DOCS = MemorySource({"lib.txt": b"lib"}), MemorySource({"docs.txt": b"docs"})


class Room:
    """A scripted engine and the events of what runs on it."""

    def __init__(self, *received: Interruption) -> None:
        self.engine = ScriptedEngine(images=("image",))
        self.events: list[Event] = []
        self.services = Services(
            open_engine=lambda: self.engine,
            source=APP,
            secondary_sources=(LIB, DOCS),
            fetch_s=2.5,
            emit=self.events.append,
            clock=TickingClock(),
            interrupted=lambda: received[0] if received else None,
            stop_code=lambda: 130,
        )

    def files(self) -> dict[str, bytes]:
        """All files of the only container by path."""
        (container,) = self.engine.containers
        return {
            f"{directory}/{name}": data
            for directory, archive in container.trees.items()
            for name, data in contents_of((archive,)).items()
        }

    @property
    def said(self) -> list[str]:
        """CodeBuild's own lines."""
        return [e.text for e in self.events if isinstance(e, AgentLine)]

    @property
    def document(self) -> dict[str, object]:
        """build.json."""
        return build_document(fold(self.events))

    def context(self) -> tuple[str, str, str]:
        """How DOWNLOAD_SOURCE ended."""
        (ended,) = (
            e for e in self.events if isinstance(e, PhaseEnded) and e.phase == "DOWNLOAD_SOURCE"
        )
        return ended.status, ended.context.status_code, ended.context.message


def plan_of(request: BuildRequest) -> BuildPlan:
    return compile_plan(read_buildspec(SPEC, "buildspec.yml"), request)


def test_every_source_has_its_folder() -> None:
    room = Room()
    assert run_build(plan_of(REQUEST), IDENTITY, room.services) == 0
    assert room.files() == {
        f"{OUTPUT}/src/github.com/o/app/app.txt": b"app",
        f"{OUTPUT}/secSrc/lib/lib.txt": b"lib",
        f"{OUTPUT}/secSrc/docs/docs.txt": b"docs",
    }
    (container,) = room.engine.containers
    folders = [path for path, _ in container.spec.directories if path.startswith(OUTPUT)]
    assert folders == [
        OUTPUT,
        f"{OUTPUT}/src",
        f"{OUTPUT}/src/github.com",
        f"{OUTPUT}/src/github.com/o",
        f"{OUTPUT}/src/github.com/o/app",
        f"{OUTPUT}/secSrc",
        f"{OUTPUT}/secSrc/lib",
        f"{OUTPUT}/secSrc/docs",
    ]


def test_what_the_log_says() -> None:
    room = Room()
    run_build(plan_of(REQUEST), IDENTITY, room.services)
    assert room.said[3:6] == [
        "Phase is DOWNLOAD_SOURCE",
        f"CODEBUILD_SRC_DIR={OUTPUT}/src/github.com/o/app",
        f"CODEBUILD_SRC_DIR_lib={OUTPUT}/secSrc/lib",
    ]
    assert (
        "Setting HTTP client timeout to higher timeout for Github and GitHub Enterprise sources"
        in room.said
    )
    timings = {e.name: (e.seconds, e.detail) for e in room.events if isinstance(e, Timing)}
    assert timings["fetch"][0] == 2.5
    assert timings["source lib"][1] == "1 files, 3 bytes"


def test_a_mounted_source_has_secondary_ones_too() -> None:
    room = Room()
    source = SourcePlan(location="/here", directory="", mode="mount")
    assert run_build(plan_of(replace(REQUEST, source=source)), IDENTITY, room.services) == 0
    assert set(room.files()) == {
        f"{OUTPUT}/secSrc/lib/lib.txt",
        f"{OUTPUT}/secSrc/docs/docs.txt",
    }


def test_the_record_has_the_apis_words() -> None:
    room = Room()
    run_build(plan_of(REQUEST), IDENTITY, room.services)
    assert room.document["secondarySources"] == [
        {
            "sourceIdentifier": "lib",
            "type": "GIT",
            "location": "https://h.example/lib",
            "gitCloneDepth": 1,
            "gitSubmodulesConfig": {"fetchSubmodules": True},
            "resolvedSourceVersion": "c0ffee",
        },
        {"sourceIdentifier": "docs", "type": "DIRECTORY", "location": "/somewhere"},
    ]
    assert room.document["secondarySourceVersions"] == [
        {"sourceIdentifier": "lib", "sourceVersion": "main"}
    ]


def test_a_source_that_is_not_to_be_had() -> None:
    room = Room()
    error = SourceError("reference not found for primary source and source version v1")
    code = refuse_source(error, REQUEST, IDENTITY, room.services)
    assert code == room.document["localbuild"]["exitCode"] == ExitCode.STORAGE  # type: ignore[index]
    assert room.context() == ("FAILED", "CLIENT_ERROR", error.message)
    assert room.said[-1] == "Waiting for DOWNLOAD_SOURCE"
    assert room.document["buildStatus"] == "FAILED"
    assert [e.message for e in room.events if isinstance(e, Failed)] == [error.message]


@pytest.mark.parametrize(
    ("why", "code", "status", "phase"),
    [
        (Interruption.STOP, 130, "STOPPED", "STOPPED"),
        (Interruption.KILL, 130, "STOPPED", "STOPPED"),
        (Interruption.TIMEOUT, 124, "FAILED", "TIMED_OUT"),
    ],
)
def test_an_end_while_it_is_fetched(why: Interruption, code: int, status: str, phase: str) -> None:
    room = Room(why)
    assert stop_download(why, REQUEST, IDENTITY, room.services) == code
    assert room.document["buildStatus"] == status
    assert room.context()[0] == phase
