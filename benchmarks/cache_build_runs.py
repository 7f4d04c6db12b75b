"""Builds of one project with a cache, as a user starts them, and what their records say."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import IMAGE, LOCALBUILD, timed
from localbuild.cache.keys import Scope
from localbuild.cache.layer_names import SCOPE_LABEL

_SPEC = """\
version: 0.2
phases:
  build:
    commands:
      - {command}
cache:
  paths: ['node_modules/**/*']
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What one build's record says, in seconds.

    `start_s` is until the build can begin its work: the container with the source and the cache's
    files in it. `look_s` is what all of the cache took of that, `restore_s` the files alone.
    `whole_s` is what the command took.
    """

    whole_s: float
    start_s: float
    look_s: float
    restore_s: float
    save_s: float
    outcome: str
    layer: bool
    reason: str
    new_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProject:
    """One project. Its containers are kept until `drop`: removing them would be in the way.

    `cache` is where its cache is, `volumes` are mounted, `options` are further ones.
    """

    name: str
    folder: Path
    cache: str
    volumes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, command: str, *options: str, key: str = "") -> Built:
        """A build of that command with its cache. Raises SystemExit where it fails."""
        return self._run(command, "--cache", self.cache, *self.options, *options, key=key)

    def run_without(self, command: str) -> Built:
        """The same without a cache."""
        return self._run(command, "--cache", "off")

    def _run(self, command: str, *options: str, key: str = "") -> Built:
        source = self.folder / "source"
        source.mkdir(parents=True, exist_ok=True)
        text = _SPEC.format(command=json.dumps(command))
        text += f"  key: {json.dumps(key)}\n" if key else ""
        (source / "buildspec.yml").write_text(text)
        words = [*LOCALBUILD, "run", str(source), "--image", IMAGE, "--project-name", self.name]
        words += ["--keep", "always", *options]
        for volume in self.volumes:
            words += ["-V", volume]
        whole_s, done = timed(
            subprocess.run,
            words,
            env={**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"a build of {self.name} failed:\n{done.stdout}\n{done.stderr}")
        return _read(source / ".localbuild/builds/latest", whole_s)

    def drop(self) -> None:
        """Remove its containers and layers."""
        containers = _lines("docker", "ps", "-aq", "--filter", f"name=^localbuild-{self.name}-")
        if containers:
            _lines("docker", "rm", "-f", "-v", *containers)
        scope = f"label={SCOPE_LABEL}={Scope(project=self.name).id}"
        for image in dict.fromkeys(_lines("docker", "images", "-aq", "--filter", scope)):
            _lines("docker", "rmi", "-f", image)


def _read(record: Path, whole_s: float) -> Built:
    document = json.loads((record / "build.json").read_text())
    events = [json.loads(line) for line in (record / "events.jsonl").read_text().splitlines()]
    restored, saved = _event(events, "cache-restored"), _event(events, "cache-saved")
    look = document["localbuild"]["timings"].get("cache", 0.0)
    return Built(
        whole_s=whole_s,
        start_s=_start_seconds(document["phases"]),
        look_s=look + restored.get("seconds", 0.0),
        restore_s=restored.get("seconds", 0.0),
        save_s=saved.get("seconds", 0.0),
        outcome=restored.get("outcome", "off"),
        layer=restored.get("layer", False),
        reason=saved.get("reason", ""),
        new_bytes=saved.get("newBytes", 0),
    )


def _event(events: Sequence[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next((event for event in events if event["type"] == kind), {})


def _start_seconds(phases: Sequence[dict[str, Any]]) -> float:
    """From the beginning of PROVISIONING to the end of DOWNLOAD_SOURCE."""
    found = {phase["phaseType"]: phase for phase in phases}
    began = datetime.fromisoformat(found["PROVISIONING"]["startTime"])
    ended = datetime.fromisoformat(found["DOWNLOAD_SOURCE"]["endTime"])
    return (ended - began).total_seconds()


def _lines(*command: str) -> list[str]:
    """What a command of the engine says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.split()
