"""One build, from its request to its exit code."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from localbuild.cli.call import Call
from localbuild.cli.fetching import Fetched, fetch_sources, open_sources
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.complaints import tell_error, tell_problems
from localbuild.cli.process.last_resort import end_process
from localbuild.cli.process.signals import StopSignals
from localbuild.cli.process.terminal import kept_echo
from localbuild.cli.process.voice import Voice
from localbuild.cli.records.exports import write_exports
from localbuild.cli.records.plans import save_plan
from localbuild.cli.secrets import unused_fakes
from localbuild.cli.wiring import Wired, open_the_engine, wire
from localbuild.errors import BuildspecError, ExitCode
from localbuild.events.result import BuildResult
from localbuild.lines import harmless_json
from localbuild.plan.environment import AutoRetry
from localbuild.plan.model import BuildPlan
from localbuild.run.boundary import refuse_build, refuse_source, stop_download
from localbuild.run.build import run_build
from localbuild.run.services import Services
from localbuild.terms import StatusType
from localbuild.units import print_duration

_STOPPING = "stopping; a command that runs has 10 s to end, and Ctrl-C again ends it at once"
_HANGS = "something does not answer: localbuild ends without it"


def build(call: Call, prepared: Prepared) -> int:
    """Run a build and leave its record; returns the exit code. Raises HostResourceError.

    The record begins once the sources are there, or are known not to come. A failed build is run
    again as often as `auto-retry-limit` says, each time as a new build.
    Source: API reference, ProjectBuild autoRetryLimit.
    """
    limit = prepared.settings.auto_retry_limit
    retry = AutoRetry(limit=limit) if limit else None
    while True:
        with (
            kept_echo(),
            _stop_signals(call, prepared) as signals,
            fetch_sources(call, prepared, signals.interrupted) as fetched,
        ):
            wired = wire(call, prepared, signals, retry)
            with _closed_at_end(wired):
                code = _run(call, fetched, wired)
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


def _run(call: Call, fetched: Fetched, wired: Wired) -> int:
    """Run the build on its sources; one without them ends in its record."""
    request, services = fetched.prepared.request, wired.services
    if fetched.stopped is not None:
        if fetched.error is not None:
            tell_error(fetched.error, call.voice)
        return stop_download(fetched.stopped, request, wired.identity, services)
    if fetched.error is not None:
        return refuse_source(fetched.error, request, wired.identity, services)
    return _run_fetched(call, fetched, wired)


def _run_fetched(call: Call, fetched: Fetched, wired: Wired) -> int:
    prepared = fetched.prepared
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
        fetch_s=fetched.seconds,
    )
    return run_plan(call, plan, wired, services)


def run_plan(call: Call, plan: BuildPlan, wired: Wired, services: Services) -> int:
    """Run a plan, which its record has too.

    What is fetched for it is known to the mask only then: the plan is written once more.
    """
    _save(call, plan, wired)
    try:
        return run_build(plan, wired.identity, services)
    finally:
        if plan.secrets:
            _save(call, plan, wired)


def _save(call: Call, plan: BuildPlan, wired: Wired) -> None:
    if fault := save_plan(wired.record.path, plan, call.world.mask):
        call.voice.warning(fault)


def resume(call: Call, prepared: Prepared, plan: BuildPlan) -> int:
    """Run the plan of a build that goes on where another one ended; returns the exit code."""
    with kept_echo(), _stop_signals(call, prepared) as signals:
        wired = wire(call, prepared, signals)
        with _closed_at_end(wired):
            source, *others = open_sources(call, prepared)
            services = replace(wired.services, source=source, secondary_sources=tuple(others))
            code = run_plan(call, plan, wired, services)
    return _finish(call, prepared, wired, code)


@contextmanager
def _closed_at_end(wired: Wired) -> Iterator[None]:
    try:
        yield
    finally:
        wired.masked.close()
        wired.bus.close()
        wired.place.close()
        os.close(wired.held)


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
        text = (wired.record.path / "build.json").read_text(encoding="utf-8")
        call.voice.masked_data(harmless_json(text))
    _say_timings(result, call.voice)
    for fault in wired.bus.faults:
        call.voice.error(fault)
    if wired.bus.faults and code == ExitCode.SUCCEEDED:
        return ExitCode.STORAGE
    return code


def _say_timings(result: BuildResult, voice: Voice) -> None:
    for name, seconds in result.timings:
        voice.detail(f"{name}: {print_duration(seconds)}")
