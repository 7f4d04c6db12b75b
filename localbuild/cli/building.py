"""One build, from its request to its exit code."""

import os
from contextlib import ExitStack
from dataclasses import replace

from localbuild.cli.call import Call
from localbuild.cli.complaints import tell_problems
from localbuild.cli.exports import write_exports
from localbuild.cli.fetching import open_sources, with_sources
from localbuild.cli.last_resort import end_process
from localbuild.cli.prepare import Prepared
from localbuild.cli.secrets import unused_fakes
from localbuild.cli.signals import StopSignals
from localbuild.cli.voice import Voice
from localbuild.cli.wiring import Wired, open_the_engine, wire
from localbuild.errors import BuildspecError, ExitCode, LocalbuildError
from localbuild.events.result import BuildResult
from localbuild.plan.environment import AutoRetry
from localbuild.run.boundary import refuse_build, refuse_source, stop_download
from localbuild.run.build import run_build
from localbuild.run.deadline import Deadline
from localbuild.run.outcome import StoppedError
from localbuild.terms import StatusType
from localbuild.units import print_duration

_STOPPING = "stopping: the command has 10 s to end; Ctrl-C again ends it at once"
_HANGS = "something does not answer: localbuild ends without it"


def build(call: Call, prepared: Prepared) -> int:
    """Run a build and leave its record; returns the exit code. Raises HostResourceError.

    A failed build is run again as often as `auto-retry-limit` says, each time as a new build.
    Source: API reference, ProjectBuild autoRetryLimit.
    """
    limit = prepared.settings.auto_retry_limit
    retry = AutoRetry(limit=limit) if limit else None
    while True:
        with _stop_signals(call, prepared) as signals:
            wired = wire(call, prepared, signals, retry)
            try:
                code = _run(call, prepared, wired)
            finally:
                wired.masked.close()
                wired.bus.close()
                os.close(wired.held)
        if retry is None or retry.number >= limit or not _is_retried(wired):
            return _finish(call, prepared, wired, code)
        previous = wired.memory.folding.result().started.arn
        retry = AutoRetry(limit=limit, number=retry.number + 1, previous=previous)
        call.voice.note(f"build {wired.identity.number} failed: retry {retry.number} of {limit}")


def _stop_signals(call: Call, prepared: Prepared) -> StopSignals:
    def last_resort(code: int) -> None:
        settings = prepared.settings
        end_process(
            code,
            lambda: open_the_engine(settings.docker_host, settings.context),
            lambda: call.voice.remark(_HANGS),
        )

    return StopSignals(lambda: call.voice.remark(_STOPPING), last_resort)


def _run(call: Call, prepared: Prepared, wired: Wired) -> int:
    """Fetch the sources and run the build on them; a build without sources ends in its record."""
    services, request = wired.services, prepared.request
    deadline = Deadline(services.clock, request.timeout_s, services.interrupted)

    def check() -> None:
        if deadline() is not None:
            raise StoppedError

    with ExitStack() as stack:
        began = services.clock.monotonic()
        try:
            ready = stack.enter_context(with_sources(call, prepared, check))
        except StoppedError:
            return stop_download(deadline(), request, wired.identity, services)
        except LocalbuildError as error:
            return refuse_source(error, request, wired.identity, services)
        seconds = 0.0 if ready is prepared else services.clock.monotonic() - began
        return _run_fetched(call, ready, wired, seconds)


def _run_fetched(call: Call, prepared: Prepared, wired: Wired, fetch_s: float) -> int:
    try:
        plan = prepared.plan()
    except BuildspecError as error:
        tell_problems(error, call.voice)
        return refuse_build(error, prepared.request, wired.identity, wired.services)
    unused = unused_fakes(plan, prepared.given)
    for name in unused:
        call.voice.warning(f"--fake-secret {name}: no variable of this build has its value there")
    used = tuple(name for name in prepared.given.fakes if name not in unused)
    source, *others = open_sources(call, prepared)
    services = replace(
        wired.services,
        fake_secrets=used,
        source=source,
        secondary_sources=tuple(others),
        fetch_s=fetch_s,
    )
    return run_build(plan, wired.identity, services)


def _is_retried(wired: Wired) -> bool:
    """A build that failed; a stop, a fault or a wrong buildspec would come out the same again."""
    result = wired.memory.folding.result()
    return result.status is StatusType.FAILED and bool(result.commands) and not result.failure


def _finish(call: Call, prepared: Prepared, wired: Wired, code: int) -> int:
    result = wired.memory.folding.result()
    settings = prepared.settings
    if settings.exports_file:
        write_exports(settings.exports_file, result.exported, call.voice)
    if call.flag("json"):
        call.voice.masked_data((wired.record.path / "build.json").read_text(encoding="utf-8"))
    _say_timings(result, call.voice)
    for fault in wired.bus.faults:
        call.voice.error(fault)
    if wired.bus.faults and code == ExitCode.SUCCEEDED:
        return ExitCode.STORAGE
    return code


def _say_timings(result: BuildResult, voice: Voice) -> None:
    for name, seconds in result.timings:
        voice.detail(f"{name}: {print_duration(seconds)}")
