"""The reports of a build: finds their files, has them read, and says what came of them.

A report never makes a build fail: what is wrong with one is in it, in the log, and a warning.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from localbuild.errors import LocalbuildError
from localbuild.events.reports import ReportMade, TestCase
from localbuild.lines import one_line
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan
from localbuild.plan.outputs import ReportPlan
from localbuild.plan.report_groups import expand_report, name_report_group, variables_of
from localbuild.ports.collect import Collector, FoundFile, Selected, Selection
from localbuild.ports.engine import Container, Interrupted
from localbuild.ports.reports import ReportContent, ReportFile, Reports
from localbuild.run.outcome import StoppedError
from localbuild.run.reporter import Reporter
from localbuild.run.values import read_values
from localbuild.terms import PhaseType, ReportStatusType

_UPLOAD = PhaseType.UPLOAD_ARTIFACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUse:
    """What one build does with its reports. `check` raises StoppedError where it must not go on.

    `unattended` is held while nobody asks `interrupted`: a file is read as a whole.
    """

    plan: BuildPlan
    identity: BuildIdentity
    reports: Reports
    collector: Collector
    reporter: Reporter
    interrupted: Interrupted
    check: Callable[[], None]
    unattended: Callable[[], AbstractContextManager[None]]

    def make(self, container: Container) -> None:
        """Every report group of the buildspec. Raises StoppedError."""
        for written in self.plan.reports:
            self.check()
            self.guarded(lambda group: self._make(group, container), written)

    def publish(self, group: ReportPlan, content: ReportContent) -> None:
        """Say what a group's report is."""
        named = name_report_group(self.plan, group.name)
        for path, why in content.problems:
            said = f"[{named.name}: [error processing report: [{path}: {why}]]]"
            self.reporter.line(_UPLOAD, one_line(said))
        time, build = self.reporter.stamp()
        self.reporter.emit(
            ReportMade(
                time=time,
                build=build,
                name=named.name,
                report_arn=named.report_arn(self.identity.uuid),
                report_group_arn=named.group_arn,
                type=content.type,
                status=content.status,
                file_format=group.file_format,
                files=content.files,
                truncated=content.truncated,
                counts=content.counts,
                duration_ns=content.duration_ns,
                cases=tuple(map(self._in_source, content.cases)),
                total=content.total,
                covered_files=content.covered_files,
                problems=tuple(f"{path}: {why}" for path, why in content.problems),
            )
        )

    def contents(self, files: Sequence[FoundFile], container: Container) -> Iterator[ReportFile]:
        """The files one after the other, none larger than what is read. Raises EngineError."""
        limit = self.reports.largest_bytes
        large = f"larger than {limit >> 20} MB"
        for file in files:
            if file.size_bytes > limit:
                yield ReportFile(path=file.path, problem=large)
        wanted = [file for file in files if file.size_bytes <= limit]
        for file, pieces in self.collector.read(container, wanted) if wanted else ():
            data = self._bounded(pieces, limit)
            if len(data) > limit:  # it has grown meanwhile
                yield ReportFile(path=file.path, problem=large)
            else:
                yield ReportFile(path=file.path, data=data)

    def _bounded(self, pieces: Iterable[bytes], limit: int) -> bytes:
        """A file's bytes, or a few more than the limit: all pieces are taken."""
        data = bytearray()
        for piece in pieces:
            self.check()
            if len(data) <= limit:
                data += piece
        return bytes(data)

    def _in_source(self, case: TestCase) -> TestCase:
        """A place in the source is told as the user has it: relative to the source."""
        own = f"{self.plan.source.directory}/"
        return replace(case, file=case.file.removeprefix(own))

    def _make(self, written: ReportPlan, container: Container) -> None:
        names = variables_of(written)
        values = read_values(self.plan, container, names, self.interrupted)
        if values is None:
            self._warn(written, "its variables could not be read: there is no report")
            return
        group = expand_report(written, values)
        if group.file_format not in self.reports.formats:
            self._refuse_format(group)
            return
        selected = self._select(group, container)
        content = self.reports.read(group.file_format, self.contents(selected.files, container))
        self._warn_of(group, content, selected)
        self.publish(group, content)

    def _select(self, group: ReportPlan, container: Container) -> Selected:
        selection = Selection(
            directory=self.plan.source.directory,
            files=group.files,
            base_directory=group.base_directory,
            discard_paths=False,  # what is only read needs no name of its own
        )
        selected = self.collector.select(container, selection)
        for line in selected.lines:
            self.reporter.line(_UPLOAD, line)
        return selected

    def _warn_of(self, group: ReportPlan, content: ReportContent, selected: Selected) -> None:
        """Why a report is INCOMPLETE: once for a group."""
        if not content.files:
            hint = selected.failure.replace("artifact", "report")
            self._warn(group, f"{hint or 'no file'}: the report is {ReportStatusType.INCOMPLETE}")
        elif content.problems:
            path, why = content.problems[0]
            more = len(content.problems) - 1
            others = f", and {more} more" if more else ""
            self._warn(group, f"cannot be read: {path}: {why}{others}")

    def _refuse_format(self, group: ReportPlan) -> None:
        """The plan has warned of it. Source: such builds pass, and their reports are lost."""
        name = name_report_group(self.plan, group.name).name
        said = f"report {name}: there is no format {group.file_format}: no report is made"
        self.reporter.line(_UPLOAD, one_line(said))

    def _warn(self, group: ReportPlan, message: str) -> None:
        name = name_report_group(self.plan, group.name).name
        self.reporter.warn(one_line(f"report {name}: {message}"))

    def guarded(self, work: Callable[[ReportPlan], None], group: ReportPlan) -> None:
        """A report that cannot be made is a warning: neither a fault nor a bug ends the build."""
        try:
            with self.unattended():
                work(group)
        except StoppedError:
            raise
        except KeyboardInterrupt:
            if self.interrupted() is None:
                raise
            raise StoppedError from None
        except LocalbuildError as error:
            self._warn(group, error.message)
        except Exception as bug:
            self._warn(group, f"a bug in localbuild: {type(bug).__name__}")
