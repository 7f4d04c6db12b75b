"""Histories that a run may emit, for property tests: whole ones and ones that were cut off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from localbuild.events.caching import (
    Baseline,
    CacheOutcome,
    CacheRestored,
    CacheSaved,
    ProjectCache,
)
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.model import (
    AgentLine,
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandList,
    CommandSkipped,
    CommandStarted,
    Event,
    Failed,
    Output,
    PhaseContext,
    PhaseEnded,
    PhaseRetried,
    PhaseStarted,
    Stream,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.events.outputs import PRIMARY, ArtifactUploaded, Packaging
from localbuild.events.project import BuildSource, EnvironmentVariable
from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.events.stand_ins import StandIns, StubUse
from localbuild.terms import (
    COMMAND_PHASES,
    CaseStatusType,
    PhaseType,
    ReportStatusType,
    ReportType,
    StatusType,
)

START = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
BUILD = "my-app:7b1c"

texts = st.text(max_size=20)
counts = st.integers(0, 10**9)
pieces = st.one_of(
    st.binary(max_size=30),
    st.text(max_size=20).map(str.encode),
    st.sampled_from([b"ok\n", b"no end", b"\x1b[31mred\x1b[0m\n", b"10%\r20%\r", b"\xe2\x82", b""]),
)
lists: SearchStrategy[CommandList] = st.sampled_from(["commands", "finally"])
outcomes: SearchStrategy[CacheOutcome] = st.sampled_from(["hit", "fallback", "miss", "off"])
packagings: SearchStrategy[Packaging] = st.sampled_from(["NONE", "ZIP"])
streams: SearchStrategy[Stream] = st.sampled_from(["stdout", "stderr"])


@dataclass(slots=True)
class Moments:
    """A clock that goes forward by what is drawn."""

    draw: DrawFn
    now: datetime = START

    def next(self) -> datetime:
        """The next moment."""
        self.now += timedelta(microseconds=self.draw(st.integers(0, 90_000_000)))
        return self.now


@st.composite
def histories(draw: DrawFn) -> tuple[Event, ...]:
    """A history that begins with `BuildStarted` and ends at any point."""
    events = tuple(_history(draw, Moments(draw)))
    cut = draw(st.integers(1, 2 * len(events)))
    return events[:cut]


def _history(draw: DrawFn, clock: Moments) -> Iterator[Event]:
    yield _started(draw, clock)
    if draw(st.booleans()):
        yield _container(draw, clock)
    counts = {phase: draw(st.integers(0, 3)) for phase in COMMAND_PHASES}
    yield from _download(draw, clock, counts)
    status = draw(st.sampled_from(list(StatusType)))
    for phase in COMMAND_PHASES[: draw(st.integers(0, 4))]:
        yield from _phase(draw, clock, phase, counts[phase])
    if draw(st.booleans()):
        yield _saved(draw, clock)
    for _ in range(draw(st.integers(0, 2))):
        yield _artifact(draw, clock)
    if draw(st.booleans()):
        yield _report(draw, clock)
    if draw(st.booleans()):
        yield _stand_ins(draw, clock)
        yield _kept(draw, clock)
    if draw(st.booleans()):
        yield Failed(
            time=clock.next(),
            build=BUILD,
            message=draw(texts),
            exit_code=4,
            status_code="ENGINE_UNAVAILABLE",
            hints=tuple(draw(st.lists(texts, max_size=2))),
        )
    yield VariablesExported(time=clock.next(), build=BUILD, variables=(("A", draw(texts)),))
    yield PhaseStarted(time=clock.next(), build=BUILD, phase=PhaseType.COMPLETED)
    yield BuildEnded(
        time=clock.next(), build=BUILD, status=status, exit_code=1, reason=draw(texts), hints=("h",)
    )


def _started(draw: DrawFn, clock: Moments) -> BuildStarted:
    return BuildStarted(
        time=clock.next(),
        build=BUILD,
        project="my-app",
        number=draw(st.integers(1, 10**6)),
        arn=f"arn:aws:codebuild:us-east-1:123456789012:build/{BUILD}",
        initiator=draw(texts),
        image=draw(texts),
        source=draw(texts),
        timeout_s=draw(st.floats(1, 1e6)),
        environment_variables=(EnvironmentVariable(name="A", value=draw(texts)),),
        cache=ProjectCache(
            type=draw(st.sampled_from(["NO_CACHE", "S3", "LOCAL"])),
            location=draw(texts),
            modes=tuple(draw(st.lists(texts, max_size=2))),
            cache_namespace=draw(texts),
        ),
        record=draw(st.sampled_from(["", ".localbuild/builds/3"])),
        until=draw(st.sampled_from(["", "BUILD"])),
        resumed_from=draw(st.integers(0, 9)),
        resumed_build=draw(texts),
        secondary_sources=(
            BuildSource(
                identifier="lib",
                type="GITHUB",
                location=draw(texts),
                version=draw(texts),
                git_clone_depth=draw(st.integers(0, 9)),
                fetch_submodules=draw(st.booleans()),
            ),
        ),
    )


def _download(draw: DrawFn, clock: Moments, counts: dict[PhaseType, int]) -> Iterator[Event]:
    phase = PhaseType.DOWNLOAD_SOURCE
    yield PhaseStarted(time=clock.next(), build=BUILD, phase=phase)
    yield AgentLine(time=clock.next(), build=BUILD, phase=phase, text=draw(texts))
    yield Timing(time=clock.next(), build=BUILD, name="copy", seconds=draw(st.floats(0, 9)))
    if draw(st.booleans()):
        yield _restored(draw, clock)
    yield BuildPlanned(
        time=clock.next(),
        build=BUILD,
        buildspec="buildspec.yml",
        phases=tuple(counts.items()),
        planned=sum(counts.values()),
    )
    yield PhaseEnded(time=clock.next(), build=BUILD, phase=phase, status=StatusType.SUCCEEDED)


def _restored(draw: DrawFn, clock: Moments) -> CacheRestored:
    baseline = Baseline(number=draw(st.integers(0, 9)), seconds=draw(st.floats(0, 1e5)))
    return CacheRestored(
        time=clock.next(),
        build=BUILD,
        outcome=draw(outcomes),
        key=draw(texts),
        matched_key=draw(texts),
        why=tuple(draw(st.lists(texts, max_size=2))),
        failure=draw(texts),
        layer=draw(st.booleans()),
        store=draw(texts),
        files=draw(st.integers(0, 10**6)),
        size_bytes=draw(st.integers(0, 10**12)),
        seconds=draw(st.floats(0, 1e5)),
        baseline=baseline,
    )


def _saved(draw: DrawFn, clock: Moments) -> CacheSaved:
    return CacheSaved(
        time=clock.next(),
        build=BUILD,
        saved=draw(st.booleans()),
        key=draw(texts),
        reason=draw(texts),
        store=draw(texts),
        files=draw(st.integers(0, 10**6)),
        size_bytes=draw(st.integers(0, 10**12)),
        new_bytes=draw(st.integers(0, 10**12)),
        seconds=draw(st.floats(0, 1e5)),
    )


def _report(draw: DrawFn, clock: Moments) -> ReportMade:
    status = draw(st.sampled_from(CaseStatusType))
    case = TestCase(name=draw(texts), status=status, message=draw(texts), line=draw(counts))
    covered = FileCoverage(file_path=draw(texts), lines_covered=draw(counts))
    return ReportMade(
        time=clock.next(),
        build=BUILD,
        name=draw(texts),
        report_arn=draw(texts),
        report_group_arn=draw(texts),
        type=draw(st.sampled_from(ReportType)),
        status=draw(st.sampled_from(ReportStatusType)),
        file_format="JUNITXML",
        files=draw(counts),
        truncated=draw(st.booleans()),
        counts=((status, draw(counts)),),
        duration_ns=draw(counts),
        cases=(case,) if draw(st.booleans()) else (),
        total=covered,
        covered_files=(covered,) if draw(st.booleans()) else (),
        problems=tuple(draw(st.lists(texts, max_size=2))),
    )


def _artifact(draw: DrawFn, clock: Moments) -> ArtifactUploaded:
    return ArtifactUploaded(
        time=clock.next(),
        build=BUILD,
        identifier=draw(st.sampled_from((PRIMARY, "a1"))),
        path=draw(texts),
        location=draw(texts),
        packaging=draw(packagings),
        files=draw(st.integers(0, 10**6)),
        size_bytes=draw(st.integers(0, 10**12)),
        seconds=draw(st.floats(0, 1e5)),
        sha256=draw(texts),
        md5=draw(texts),
        override_artifact_name=draw(st.booleans()),
    )


def _container(draw: DrawFn, clock: Moments) -> ContainerStarted:
    return ContainerStarted(time=clock.next(), build=BUILD, name=draw(texts))


def _kept(draw: DrawFn, clock: Moments) -> ContainerKept:
    names = tuple(draw(st.lists(texts, max_size=2)))
    return ContainerKept(time=clock.next(), build=BUILD, name=draw(texts), left_out=names)


def _stand_ins(draw: DrawFn, clock: Moments) -> StandIns:
    arguments = tuple(draw(st.lists(texts, max_size=2)))
    stub = StubUse(command="aws", calls=draw(st.integers(-1, 10**6)), arguments=arguments)
    return StandIns(
        time=clock.next(),
        build=BUILD,
        skipped_phases=tuple(draw(st.lists(st.sampled_from(COMMAND_PHASES), max_size=2))),
        stubs=(stub,) if draw(st.booleans()) else (),
        fake_secrets=tuple(draw(st.lists(texts, max_size=2))),
    )


def _phase(draw: DrawFn, clock: Moments, phase: PhaseType, count: int) -> Iterator[Event]:
    yield PhaseStarted(time=clock.next(), build=BUILD, phase=phase)
    for attempt in range(draw(st.integers(1, 2))):
        if attempt:
            yield PhaseRetried(
                time=clock.next(),
                build=BUILD,
                phase=phase,
                attempt=attempt,
                retries=3,
                reason=draw(texts),
            )
        for number in range(1, count + 1):
            yield from _command(draw, clock, phase, (number, count, attempt))
    context = PhaseContext(status_code=draw(texts), message=draw(texts))
    yield PhaseEnded(
        time=clock.next(),
        build=BUILD,
        phase=phase,
        status=draw(st.sampled_from(list(StatusType))),
        context=context,
        continued=draw(st.booleans()),
    )


def _command(
    draw: DrawFn, clock: Moments, phase: PhaseType, place: tuple[int, int, int]
) -> Iterator[Event]:
    number, total, attempt = place
    kind, command = draw(lists), draw(texts)
    if draw(st.booleans()):
        yield CommandSkipped(
            time=clock.next(),
            build=BUILD,
            phase=phase,
            list=kind,
            number=number,
            command=command,
            file="buildspec.yml",
            line=number,
            reason=draw(texts),
        )
        return
    yield CommandStarted(
        time=clock.next(),
        build=BUILD,
        phase=phase,
        list=kind,
        number=number,
        total=total,
        command=command,
        file="buildspec.yml",
        line=number,
        attempt=attempt,
    )
    for data in draw(st.lists(pieces, max_size=4)):
        yield Output(time=clock.next(), build=BUILD, phase=phase, data=data, stream=draw(streams))
    if draw(st.booleans()):
        yield Warned(time=clock.next(), build=BUILD, message=draw(texts), hints=(draw(texts),))
    yield CommandEnded(
        time=clock.next(),
        build=BUILD,
        phase=phase,
        list=kind,
        number=number,
        command=command,
        file="buildspec.yml",
        line=number,
        exit_status=draw(st.integers(0, 2)),
        duration_s=draw(st.floats(0, 1e5)),
        attempt=attempt,
        note=draw(texts),
        hints=tuple(draw(st.lists(texts, max_size=2))),
    )
