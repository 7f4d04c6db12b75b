"""The groups of claims, in the order in which they are measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.artifacts import NOTE as ARTIFACTS_NOTE
from benchmarks.artifacts import artifacts
from benchmarks.cache_builds import NOTE as BUILDS_NOTE
from benchmarks.cache_builds import builds
from benchmarks.cache_faults import NOTE as FAULTS_NOTE
from benchmarks.cache_faults import faults
from benchmarks.cache_increments import NOTE as INCREMENTS_NOTE
from benchmarks.cache_increments import increments
from benchmarks.cache_local import NOTE as LOCAL_NOTE
from benchmarks.cache_local import local
from benchmarks.cache_memory import NOTE as MEMORY_NOTE
from benchmarks.cache_memory import memory
from benchmarks.cache_remote import NOTE as REMOTE_NOTE
from benchmarks.cache_remote import remote
from benchmarks.commands import first_command, next_command, start
from benchmarks.lab import Lab
from benchmarks.masking import NOTE as MASKING_NOTE
from benchmarks.masking import masking
from benchmarks.measure import Finding
from benchmarks.output import output
from benchmarks.source import drop_kept, source


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What belongs together; `note` says how it is measured."""

    measure: Callable[[Lab], Iterator[Finding]]
    note: str = ""


def _commands(lab: Lab) -> Iterator[Finding]:
    yield first_command(lab.folder)
    yield next_command(lab.folder)
    yield from start(lab.folder)


def _output(lab: Lab) -> Iterator[Finding]:
    yield from output(lab.folder)


def _masking(lab: Lab) -> Iterator[Finding]:
    yield from masking(lab.folder)


def _source(lab: Lab) -> Iterator[Finding]:
    lab.later.callback(drop_kept)
    yield source(lab.folder)


GROUPS = {
    "commands": Group(measure=_commands),
    "output": Group(measure=_output),
    "masking": Group(measure=_masking, note=MASKING_NOTE),
    "source": Group(measure=_source),
    "artifacts": Group(measure=artifacts, note=ARTIFACTS_NOTE),
    "cache-local": Group(measure=local, note=LOCAL_NOTE),
    "cache-builds": Group(measure=builds, note=BUILDS_NOTE),
    "cache-remote": Group(measure=remote, note=REMOTE_NOTE),
    "cache-increments": Group(measure=increments, note=INCREMENTS_NOTE),
    "cache-memory": Group(measure=memory, note=MEMORY_NOTE),
    "cache-faults": Group(measure=faults, note=FAULTS_NOTE),
}
