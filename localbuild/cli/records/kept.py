"""A past build whose container is wanted: where it stopped, its plan, its container's name."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from localbuild.cli.records.deaths import end_dead_builds
from localbuild.cli.records.folders import builds_directory, is_number
from localbuild.cli.records.history import (
    find_record,
    list_records,
    read_document,
    read_history,
)
from localbuild.cli.records.plans import load_plan
from localbuild.errors import UsageError
from localbuild.events.model import CommandEnded, CommandStarted
from localbuild.events.result import BuildResult
from localbuild.logs.ending import Watch
from localbuild.plan.model import BuildPlan
from localbuild.plan.states import after_command
from localbuild.terms import PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBuild:
    """`stopped_at`: the command that made it fail, or that never ended; None for neither.

    `asked`: the build that was asked for, where this one has gone on from it.
    """

    record: Path
    result: BuildResult
    stopped_at: CommandEnded | CommandStarted | None = None
    asked: str = ""

    @property
    def called(self) -> str:
        """Its number, or its folder where it is none of those that are counted."""
        return self.record.name if is_number(self.record.name) else str(self.record)

    @property
    def went_on(self) -> str:
        """That it is not the one that was asked for, '' where it is."""
        how = self.result.status.value if self.is_over else "is running"
        return f"build {self.asked} went on as build {self.called}, which {how}" * bool(self.asked)

    @property
    def is_over(self) -> bool:
        """Whether its end is recorded."""
        return self.result.ended is not None

    @property
    def has_gone_on(self) -> bool:
        """Whether it has done anything in its container, or may yet."""
        upload = self.result.phase(PhaseType.UPLOAD_ARTIFACTS)
        return not self.is_over or bool(self.result.commands or upload or self.stopped_at)

    @property
    def state(self) -> str:
        """The name of the state that it was left in, where it was set aside."""
        at = self.stopped_at
        return after_command(at.phase, at.list, at.number) if self.is_over and at else ""

    def source(self, cwd: Path) -> Path:
        """Where the build belongs: where its records are, else `cwd`."""
        folder = self.record.parent.parent.parent
        return folder if builds_directory(folder) == self.record.parent else cwd

    def plan(self) -> BuildPlan:
        """The plan of its record. Raises UsageError where there is none."""
        try:
            return load_plan(self.record)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(
                f"the plan of build {self.called} cannot be read: {reason}",
                hints=("localbuild run --keep failure",),
            ) from None


def find_kept(asked: str, cwd: Path) -> KeptBuild:
    """The build that was last in the container of the build that is asked for.

    Raises UsageError where it has none.
    """
    record = find_record(asked, cwd)
    end_dead_builds(record.parent)
    found = _read(record)
    if not found.result.container:
        raise UsageError(
            f"build {found.called} has no container",
            hints=tuple(_others(record)) or ("localbuild run --keep failure",),
        )
    builds = (_read(path) for path in _same(record, found.result.container))
    last = next((build for build in builds if build.has_gone_on), found)
    return last if last.record == found.record else replace(last, asked=found.called)


def _read(record: Path) -> KeptBuild:
    watch = Watch()
    try:
        for event in read_history(record, with_output=False):
            watch.accept(event)
        result = watch.ending().result
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None
    return KeptBuild(
        record=record, result=result, stopped_at=watch.running or result.failed_command
    )


def _same(record: Path, container: str) -> Iterator[Path]:
    """The builds that were in that container, the newest first."""
    for found in list_records(record.parent) if is_number(record.name) else ():
        if _container(found.path) == container:
            yield found.path


def _others(record: Path) -> Iterator[str]:
    """A hint at the newest build whose container was kept."""
    for found in list_records(record.parent) if is_number(record.name) else ():
        if _container(found.path, kept=True):
            yield f"localbuild shell {found.path.name}"
            return


def _container(record: Path, *, kept: bool = False) -> str:
    with suppress(UsageError):
        own = read_document(record).get("localbuild")
        found = own.get("container") if isinstance(own, dict) else None
        if isinstance(found, dict) and (found.get("kept") or not kept):
            return str(found.get("name", ""))
    return ""
