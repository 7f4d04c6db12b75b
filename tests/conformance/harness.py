"""Whole builds for the conformance tests: values in, values out.

`build` runs the command line's own code in this process, with a real engine and a real record;
`start` runs the `localbuild` command as a process of its own, where a row is about signals,
the machine's clock or two builds at once.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localbuild.cli.main import run_cli
from localbuild.cli.process.world import World
from localbuild.events.codec import read_events
from localbuild.events.fold import fold
from localbuild.events.model import CommandStarted, Event, Output
from localbuild.events.result import BuildResult, PhaseResult
from localbuild.terms import PhaseType
from tests.conftest import SMALL

AGENT_LINE = re.compile(r"^\[Container\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} (.*)$", re.MULTILINE)
USER = "conf-user"
PROJECT = "sample"
Files = Mapping[str, str]
_HOMES = ("CONFIG", "STATE", "CACHE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a call of the command line came to."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build came to: its exit code and its record."""

    exit_code: int
    stderr: str
    log: str
    events: tuple[Event, ...]
    result: BuildResult
    document: dict[str, Any]

    @property
    def status(self) -> str:
        """The build's status."""
        return self.result.status.value

    @property
    def agent(self) -> list[str]:
        """The log's own lines, without what the commands printed and without prefix and time."""
        return AGENT_LINE.findall(self.log)

    @property
    def entered(self) -> list[str]:
        """The phases that were entered, in order."""
        return [phase.type.value for phase in self.result.phases]

    @property
    def ran(self) -> list[str]:
        """The commands that were started, in order."""
        return [event.command for event in self.events if isinstance(event, CommandStarted)]

    @property
    def said(self) -> list[str]:
        """What each started command printed, in order."""
        return [b"".join(pieces).decode(errors="backslashreplace") for pieces in self._pieces()]

    def _pieces(self) -> Iterator[list[bytes]]:
        pieces: list[bytes] | None = None
        for event in self.events:
            if isinstance(event, CommandStarted):
                if pieces is not None:
                    yield pieces
                pieces = []
            elif isinstance(event, Output) and pieces is not None:
                pieces.append(event.data)
        if pieces is not None:
            yield pieces

    def phase(self, name: str) -> PhaseResult:
        """The last run of a phase."""
        return [p for p in self.result.phases if p.type is PhaseType(name)][-1]

    def context(self, name: str) -> tuple[str, str]:
        """Status code and message of a phase's context."""
        found = self.phase(name).context
        return found.status_code, found.message

    @property
    def source_directory(self) -> str:
        """CODEBUILD_SRC_DIR, as the log tells it."""
        return str(re.findall(r" CODEBUILD_SRC_DIR=(.*)", self.log)[0])


def spec(
    *, version: object = 0.2, env: object = None, more: object = None, **phases: object
) -> str:
    """A buildspec as JSON, which is YAML. A phase is a list of commands or a mapping."""
    document: dict[str, object] = {"version": version}
    if env is not None:
        document["env"] = env
    document["phases"] = {
        name: {"commands": phase} if isinstance(phase, list) else phase
        for name, phase in phases.items()
    }
    return json.dumps(document | (more if isinstance(more, dict) else {}), indent=1)


def build(
    buildspec: str | None = None,
    *options: str,
    files: Files | None = None,
    image: str = SMALL,
    at: Path | None = None,
    record: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Built:
    """Run one build of a source that holds `buildspec.yml` and `files`.

    `options` are those of `localbuild run`. `at` is a folder to use as the source, `record` one
    outside of it for the record.
    """
    with tempfile.TemporaryDirectory(prefix="conf-") as folder:
        source = at or Path(folder) / PROJECT
        write_files(source, {"buildspec.yml": buildspec} if buildspec is not None else {})
        write_files(source, files or {})
        if record is not None:
            options = (*options, "--record", str(record))
        called = call("run", "--image", image, *options, cwd=source, environ=environ)
        return read_record(record or source / ".localbuild" / "builds" / "latest", called)


def call(*words: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Called:
    """Run the command line in this process, with an environment and a user of the test's own."""
    with tempfile.TemporaryDirectory(prefix="conf-home-") as home:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        world = World(
            environ={"USER": USER, **(environ or {})},
            cwd=cwd,
            stdin=io.BytesIO(),
            stdout=out,
            stderr=err,
            config_dir=Path(home),
            state_dir=Path(home),
            cache_dir=Path(home) / "cache",
        )
        code = run_cli(words, world)
    return Called(exit_code=int(code), stdout=_text(out), stderr=_text(err))


def start(
    *words: str, cwd: Path, log: Path, environ: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start the `localbuild` command without this user's settings; its streams go to `log`."""
    program = str(Path(sys.executable).with_name("localbuild"))
    own = {name: value for name, value in os.environ.items() if not name.startswith("LOCALBUILD_")}
    own |= {f"XDG_{kind}_HOME": str(log.parent / "conf-home") for kind in _HOMES}
    own |= environ or {}
    with log.open("wb") as stream:
        return subprocess.Popen(
            [program, *words],
            cwd=cwd,
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )


def write_files(folder: Path, files: Files) -> None:
    """Write texts below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read_record(folder: Path, called: Called) -> Built:
    """A build's record; a call that left none is an error of the test."""
    assert folder.is_dir(), f"no build: exit code {called.exit_code}\n{called.stderr}"
    events = tuple(read_events((folder / "events.jsonl").read_bytes().splitlines(keepends=True)))
    return Built(
        exit_code=called.exit_code,
        stderr=called.stderr,
        log=(folder / "build.log").read_bytes().decode(errors="backslashreplace"),
        events=events,
        result=fold(events),
        document=json.loads((folder / "build.json").read_bytes()),
    )


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(errors="backslashreplace")
