"""One past build in words: phases, failed commands, exports, files. Pure."""

from collections.abc import Iterator

from localbuild.events.document import count_commands
from localbuild.events.result import BuildResult, PhaseResult
from localbuild.logs.caching import cache_line, worth_line
from localbuild.logs.outputs import artifact_lines
from localbuild.logs.reports import report_line
from localbuild.terms import PhaseType
from localbuild.units import print_duration


def build_lines(result: BuildResult) -> Iterator[str]:
    """What is worth knowing of a build."""
    started, ended = result.started, result.ended
    code = f", exit code {ended.exit_code}" if ended and ended.exit_code >= 0 else ""
    yield f"build {started.number}: {result.status}{code}"
    yield f"  id        {started.build}"
    yield f"  started   {started.time.astimezone():%Y-%m-%d %H:%M:%S}{_took(result)}"
    yield f"  image     {started.image}"
    yield f"  source    {started.source}"
    if started.resolved_source_version:
        yield f"  commit    {started.resolved_source_version}"
    if started.resumed_from:
        yield f"  resumed   from build {started.resumed_from}"
    counts = count_commands(result)
    yield f"  commands  {counts['ran']} of {counts['planned']} ran, {counts['failed']} failed"
    yield from (f"  {line}" for line in _cache(result))
    yield "phases"
    yield from (_phase(p) for p in result.phases if p.type is not PhaseType.COMPLETED)
    yield from _failed(result)
    if result.failure:
        yield f"error: {result.failure.message}"
    if result.reports:
        yield "reports"
        yield from (f"  {report_line(each)}" for each in result.reports)
    if result.artifacts:
        yield "artifacts"
        yield from (f"  {line}" for line in artifact_lines(result))
    if result.exported:
        yield "exported variables"
        yield from (f"  {name}={value}" for name, value in result.exported)
    if result.warnings:
        yield "warnings"
        yield from (f"  {_place(w.file, w.line)}{w.message}" for w in result.warnings)


def _took(result: BuildResult) -> str:
    if result.ended is None:
        return ", not ended"
    seconds = (result.ended.time - result.started.time).total_seconds()
    return f", took {print_duration(max(0.0, seconds))}"


def _cache(result: BuildResult) -> Iterator[str]:
    yield from (cache_line(e) for e in (result.cache_restored, result.cache_saved) if e)
    if worth := worth_line(result):
        yield worth


def _phase(phase: PhaseResult) -> str:
    seconds = (phase.ended - phase.started).total_seconds() if phase.ended else None
    took = "" if seconds is None else print_duration(max(0.0, seconds))
    why = phase.context.message.split("\n")[0]
    text = f"{phase.context.status_code}: {why}" if why else ""
    return f"  {phase.type:16} {phase.status:11} {took:>7}  {text}".rstrip()


def _failed(result: BuildResult) -> Iterator[str]:
    last = {(c.phase, c.list, c.number): c for c in result.commands}
    failed = [command for command in last.values() if command.exit_status]
    if failed:
        yield "failed commands"
    for command in failed:
        text = command.command.strip().split("\n")[0]
        note = f" ({command.note})" if command.note else ""
        took = print_duration(command.duration_s)
        yield f"  {_place(command.file, command.line)}{text}"
        yield f"    exit status {command.exit_status}{note} after {took}, in {command.phase}"


def _place(file: str, line: int) -> str:
    return f"{file}:{line}: " if file else ""
