"""The composition root: which engine, source, sinks and clock a build gets."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from localbuild.artifacts.collector import ContainerCollector
from localbuild.cli.artifacts import Place, find_place
from localbuild.cli.call import Call
from localbuild.cli.credentials import open_credentials
from localbuild.cli.keeping import choose_keeping
from localbuild.cli.open_cache import cache_opener
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.machine import owner_name
from localbuild.cli.process.signals import StopSignals
from localbuild.cli.process.views import open_asides, open_log
from localbuild.cli.records.destinations import make_destinations
from localbuild.cli.records.folders import (
    RecordFolder,
    allocate_record,
    builds_directory,
    hold,
    prepare_record,
)
from localbuild.cli.records.history import find_baseline
from localbuild.cli.records.reports import open_reports
from localbuild.cli.secrets import open_secrets
from localbuild.cli.settings import Settings
from localbuild.events.fold import Folding
from localbuild.events.model import Event
from localbuild.logs.bus import Bus
from localbuild.logs.files import CodeBuildLogSink, JsonlSink, RecordSink
from localbuild.logs.masking import MaskedEvents
from localbuild.plan.environment import AutoRetry, BuildIdentity
from localbuild.ports.engine import Engine
from localbuild.ports.sink import Sink
from localbuild.reports.service import FormatReports
from localbuild.run.deadline import SystemClock
from localbuild.run.services import Services


class Memory:
    """A sink that keeps what counts, for the exit code, the exports and the timings."""

    def __init__(self) -> None:
        self.folding = Folding()

    def accept(self, event: Event) -> None:
        """Take the next event."""
        self.folding.accept(event)

    def close(self) -> None:
        """Nothing is held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What a build is run with. Every event passes `masked` on its way to the bus."""

    identity: BuildIdentity
    record: RecordFolder
    held: int
    place: Place
    masked: MaskedEvents
    bus: Bus
    memory: Memory
    services: Services


def wire(
    call: Call, prepared: Prepared, signals: StopSignals, retry: AutoRetry | None = None
) -> Wired:
    """Choose everything. Raises HostResourceError where the record has no place."""
    settings = prepared.settings
    made = make_destinations(settings)
    record = (
        prepare_record(settings.record, prepared.source)
        if settings.record
        else allocate_record(prepared.source)
    )
    keeping = choose_keeping(settings, call.world, prepared.source)
    place = find_place(settings, record, _for_people(record, call), made)
    memory = Memory()
    kept = [*_record_sinks(record), open_reports(settings, record), memory]
    bus = Bus([*kept, *_console_sinks(call, prepared)])
    masked = MaskedEvents(call.world.mask, bus.emit)
    services = Services(
        open_engine=lambda: open_the_engine(settings.docker_host, settings.context),
        emit=masked.emit,
        clock=SystemClock(),
        interrupted=signals.interrupted,
        stop_code=signals.stop_code,
        ca_bundle=prepared.ca_bundle,
        keep=keeping.when,
        kept_of=keeping.kept_of,
        called=name_of(record, call),
        record=_for_people(record, call),
        owner=owner_name(),
        exit_code_from=settings.exit_code_from,
        open_cache=cache_opener(call, prepared),
        baseline=lambda: find_baseline(
            builds_directory(prepared.source), prepared.request.project.name
        ),
        unattended=signals.unattended,
        secrets=open_secrets(settings, prepared.given),
        mask=call.world.mask,
        credentials=open_credentials(call, settings),
        open_collector=ContainerCollector,
        open_artifacts=place.opening,
        reports=FormatReports(call.world.mask),
    )
    return Wired(
        identity=new_identity(record.number, retry),
        record=record,
        held=hold(record.path),
        place=place,
        masked=masked,
        bus=bus,
        memory=memory,
        services=services,
    )


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """The engine that the settings name, for a block."""
    engine = open_the_engine(settings.docker_host, settings.context)
    try:
        yield engine
    finally:
        engine.close()


def open_the_engine(docker_host: str, context: str) -> Engine:
    """The engine. Raises EngineUnavailableError, UsageError."""
    from localbuild.engines.open import open_engine

    return open_engine("docker", docker_host=docker_host, context=context)


def new_identity(number: int, retry: AutoRetry | None = None) -> BuildIdentity:
    """The identity of a build that begins now."""
    return BuildIdentity(
        uuid=str(uuid.uuid4()),
        number=number,
        started_ms=time.time_ns() // 1_000_000,
        auto_retry=retry,
    )


def _record_sinks(record: RecordFolder) -> list[Sink]:
    return [
        JsonlSink(record.path / "events.jsonl"),
        CodeBuildLogSink(record.path / "build.log"),
        RecordSink(record.path / "build.json"),
    ]


def _console_sinks(call: Call, prepared: Prepared) -> list[Sink]:
    """The log on stdout and notes on stderr; with `--json` stdout is kept for the result."""
    settings = prepared.settings
    if call.flag("json"):
        return [open_asides(call.world, call.voice, "json", settings.color)]
    return [
        open_log(call.world, call.voice, settings.log_format, settings.color),
        open_asides(call.world, call.voice, settings.log_format, settings.color),
    ]


def name_of(record: RecordFolder, call: Call) -> str:
    """What a command calls the build: its number where it finds that, else its folder."""
    own = builds_directory(call.shell_cwd) / str(record.number)
    return str(record.number) if record.path == own else _for_people(record, call)


def _for_people(record: RecordFolder, call: Call) -> str:
    path, cwd = record.path, call.shell_cwd
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
