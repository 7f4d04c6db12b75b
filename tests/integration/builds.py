"""Builds as a user starts them: processes of `localbuild run` that can be signalled and killed."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker

from tests.conftest import SMALL

COMMAND = (sys.executable, "-m", "localbuild")
PATIENCE_S = 60.0


def spec(*commands: str, after: str = "") -> str:
    """A buildspec of these build commands; `after` is more YAML."""
    lines = "".join(f"      - {json.dumps(command)}\n" for command in commands)
    return f"version: 0.2\nphases:\n  build:\n    commands:\n{lines}{after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a build left behind."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def document(self) -> dict[str, Any]:
        """build.json of the newest build."""
        return dict(json.loads((self.folder / ".localbuild/builds/latest/build.json").read_text()))

    @property
    def phases(self) -> dict[str, str]:
        """The status of each phase that was entered and has ended."""
        found = self.document["phases"]
        return {p["phaseType"]: p["phaseStatus"] for p in found if "phaseStatus" in p}

    def context(self, phase: str) -> tuple[str, str]:
        """Status code and message of a phase."""
        found = next(p for p in self.document["phases"] if p["phaseType"] == phase)
        return found["contexts"][0]["statusCode"], found["contexts"][0]["message"]


class Build:
    """A running `localbuild run`."""

    def __init__(self, folder: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._out = folder.parent / f"{uuid.uuid4()}.out"
        self._err = self._out.with_suffix(".err")
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [*COMMAND, "run", "--image", SMALL, *options],
                cwd=folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def __enter__(self) -> "Build":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    @property
    def said(self) -> str:
        """stdout so far."""
        return self._out.read_text(errors="replace")

    @property
    def complained(self) -> str:
        """stderr so far."""
        return self._err.read_text(errors="replace")

    @property
    def ended(self) -> bool:
        """Whether it has come to its end."""
        return self._process.poll() is not None

    def wait_for(self, text: str) -> None:
        """Until stdout has that text."""
        wait_until(lambda: text in self.said or self._process.poll() is not None, text)
        assert text in self.said, self.said

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to localbuild alone."""
        os.kill(self._process.pid, number)

    def end(self) -> Ended:
        """Wait for its end."""
        code = self._process.wait(PATIENCE_S)
        error = self._err.read_text(errors="replace")
        return Ended(code=code, stdout=self.said, stderr=error, folder=self.folder)


def run(folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Ended:
    """A build from start to end."""
    with Build(folder, *options, env=env) as build:
        return build.end()


def project(folder: Path, buildspec: str) -> Path:
    """A folder with a buildspec."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "buildspec.yml").write_text(buildspec)
    return folder


def containers_of(project_name: str, *, running: bool = False) -> list[str]:
    """Names of a project's build containers."""
    with closing(docker.from_env()) as client:
        found = client.api.containers(all=not running)
    names = [name.lstrip("/") for entry in found for name in entry["Names"]]
    return [name for name in names if name.startswith(f"localbuild-{project_name}-")]


def wait_until(done: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Look until it is so."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)
