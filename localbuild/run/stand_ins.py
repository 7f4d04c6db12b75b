"""What a build did without, told once after its phases: skipped phases, stubs, fake secrets."""

from localbuild.container.stubs import CALLS_SCRIPT, Calls
from localbuild.events.stand_ins import StandIns, StubUse
from localbuild.plan.model import BuildPlan, PlannedStub
from localbuild.ports.engine import CommandRequest, Container, EndKind
from localbuild.run.deadline import Deadline
from localbuild.run.reporter import Reporter

_COUNT_S = 20.0


def report_stand_ins(
    plan: BuildPlan, fake_secrets: tuple[str, ...], container: Container, reporter: Reporter
) -> None:
    """Tell of them, where there are any. `fake_secrets`: the names as the user gave them."""
    skipped = tuple(phase.type for phase in plan.phases if phase.skipped)
    stubs = plan.environment.stubs
    if not (skipped or stubs or fake_secrets):
        return
    time, build = reporter.stamp()
    used = _count_calls(stubs, container, reporter) if stubs else ()
    found = StandIns(
        time=time, build=build, skipped_phases=skipped, stubs=used, fake_secrets=fake_secrets
    )
    reporter.emit(found)


def _count_calls(
    stubs: tuple[PlannedStub, ...], container: Container, reporter: Reporter
) -> tuple[StubUse, ...]:
    """It has a time limit of its own, so that it also happens after a stop."""
    calls = Calls(stub.command for stub in stubs)
    limit = Deadline(reporter.clock, _COUNT_S, lambda: None)
    end = container.run(CommandRequest(script=CALLS_SCRIPT), calls.feed, limit)
    if end.kind is not EndKind.EXITED or end.exit_status != 0:
        return tuple(StubUse(command=stub.command, calls=-1) for stub in stubs)
    return tuple(
        StubUse(
            command=stub.command,
            calls=calls.count(stub.command),
            arguments=calls.arguments(stub.command),
        )
        for stub in stubs
    )
