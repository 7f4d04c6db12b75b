"""`retry`: the plan of a build that goes on where another one ended, in that one's container."""

from dataclasses import dataclass, replace
from pathlib import Path

from localbuild.buildspec.read import read_buildspec
from localbuild.cli.buildspecs import BuildspecChoice, read_chosen
from localbuild.cli.call import Call
from localbuild.cli.changed_source import changed_files, find_copied, shown_names
from localbuild.cli.keeping import FAILURE
from localbuild.cli.layers import load_settings
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.paths import is_dir
from localbuild.cli.records.kept import KeptBuild
from localbuild.cli.records.plans import hides_commands
from localbuild.cli.secrets import read_given
from localbuild.cli.wanted_sources import WantedSource
from localbuild.errors import UsageError
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.mended import changed_before, mend, resume_at, whole_phase
from localbuild.plan.model import BuildPlan
from localbuild.plan.resumption import COMMANDS, Resumption
from localbuild.project.model import Project
from localbuild.terms import COMMAND_PHASES, PhaseType, StatusType, VariableType

_RUN = ("localbuild run",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A build that is to go on: what it was, and what is asked of it now."""

    call: Call
    build: KeptBuild
    begun: BuildPlan

    def prepare(self) -> tuple[Prepared, BuildPlan]:
        """What runs it, and its plan. Raises UsageError, BuildspecError."""
        failed = find_failure(self.build, self.begun)
        if self.build.went_on:
            self.call.voice.note(self.build.went_on)
        prepared = self._prepared()
        self._refuse_missing_secrets(prepared)
        now = self._read_again(prepared)
        place = resume_at(self.begun, now, failed)
        if self.call.flag("whole_phase"):
            place = whole_phase(failed)
        update = self.call.flag("update_source")
        if update:
            self._refuse_other_sources()
        self._tell(now, failed, place)
        self._tell_places(prepared)
        if not update and not self._why_not_copied():
            self._tell_changed(prepared)
        plan = replace(mend(self.begun, now), resumed=replace(place, update_source=update))
        if self.call.value("timeout") is not None:
            plan = replace(plan, timeout_s=prepared.settings.timeout)
        return prepared, plan

    def _prepared(self) -> Prepared:
        """As `run` has it, without all that the container was made from."""
        source = self.build.source(self.call.world.cwd)
        settings = load_settings(self.call, source)
        settings = replace(
            settings,
            keep=settings.keep or FAILURE,
            aws_credentials=self.begun.environment.aws_credentials,
        )
        begun, choice = self.begun, self._choice()
        request = BuildRequest(
            project=Project(name=begun.project),
            environment=begun.environment,
            source=begun.source,
            secondary_sources=begun.secondary_sources,
            buildspec_file=choice.file,
            buildspec_path=choice.path,
            skip=tuple(phase.type for phase in begun.phases if phase.skipped),
            cache=CachePlan(type="NO_CACHE"),
            until=begun.until,
        )
        return Prepared(
            settings=settings,
            source=source,
            choice=choice,
            request=request,
            primary=WantedSource(place=source),
            tree=Path(begun.source.location),
            trees=tuple(Path(other.location) for other in begun.secondary_sources),
            given=read_given(self.call, settings),
        )

    def _choice(self) -> BuildspecChoice:
        """The buildspec's file, where it was one of a directory that is still there."""
        begun = self.begun
        path = begun.buildspec_location.removeprefix(f"{begun.source.directory}/")
        host = Path(begun.source.location) / path
        plain = begun.source.type == "DIRECTORY" and not begun.source.version
        if plain and path != begun.buildspec_location and is_dir(host.parent):
            return BuildspecChoice(file=begun.buildspec, path=path, host_path=host)
        return BuildspecChoice(file=begun.buildspec, path="")

    def _read_again(self, prepared: Prepared) -> BuildPlan:
        """The plan that the buildspec comes to now; the begun one where it is not to be had."""
        if prepared.choice.host_path is not None:
            data = read_chosen(prepared.choice, prepared.tree, self.begun.source.directory)
            return compile_plan(read_buildspec(data, prepared.choice.file), prepared.request)
        if hides_commands(self.begun):
            raise UsageError(
                f"{self.begun.buildspec} is not here, and the record's commands lack secrets",
                hints=_RUN,
            )
        self.call.voice.note(f"{self.begun.buildspec}: its commands are taken from the record")
        return self.begun

    def _refuse_missing_secrets(self, prepared: Prepared) -> None:
        plain = (s.name for s in self.begun.secrets if s.type is VariableType.PLAINTEXT)
        missing = [name for name in plain if name not in prepared.given.values]
        if missing:
            options = " ".join(f"--secret {name}" for name in missing)
            raise UsageError(
                f"{', '.join(missing)} was given by --secret, and is not kept",
                hints=(f"localbuild retry {self.build.called} {options}",),
            )

    def _refuse_other_sources(self) -> None:
        if why := self._why_not_copied():
            raise UsageError(f"--update-source: the source is no directory to copy: {why}")

    def _why_not_copied(self) -> str:
        sources = (self.begun.source, *self.begun.secondary_sources)
        if any(source.type != "DIRECTORY" or source.version for source in sources):
            return "it was fetched, and is gone"
        return "" if self.begun.source.mode == "copy" else "it is mounted"

    def _tell_changed(self, prepared: Prepared) -> None:
        """Whoever mends a file of the source and not the container's fails again."""
        copied = find_copied(self.build, self.begun)
        if copied is None:
            return
        buildspec = prepared.choice.host_path
        outputs = tuple(Path(found.path) for found in self.build.result.artifacts)
        left_out = (*outputs, buildspec) if buildspec else outputs
        environ = self.call.world.environ
        if names := changed_files(self.begun.source, copied.time, environ, left_out):
            shown = shown_names(names)
            self.call.voice.warning(f"the source has changed since build {copied.number}: {shown}")
            self.call.voice.hint(f"localbuild retry {self.build.called} --update-source")

    def _tell_places(self, prepared: Prepared) -> None:
        """The plan does not say where a build's outputs went."""
        settings = prepared.settings
        asked = {
            "--artifacts": bool(self.begun.artifacts) and not settings.artifacts,
            "--reports": bool(self.begun.reports) and not settings.reports,
        }
        if options := " and ".join(name for name, is_left in asked.items() if is_left):
            self.call.voice.note(f"not taken over: {options}; what is not given goes to the record")

    def _tell(self, now: BuildPlan, failed: Resumption, place: Resumption) -> None:
        voice = self.call.voice
        for name in changed_before(self.begun, now, failed.phase):
            voice.warning(f"{now.buildspec}: {name} has changed: that is not done again")
        if place.list != failed.list or place.command != failed.command:
            if not self.call.flag("whole_phase"):
                voice.note(f"{now.buildspec}: earlier commands of {failed.phase} have changed")
            voice.note(f"all of {failed.phase} runs again")


def find_failure(build: KeptBuild, begun: BuildPlan) -> Resumption:
    """Where a build failed, as yet without a state. Raises UsageError for one that did not."""
    result, at = build.result, build.stopped_at
    if not build.is_over:
        hints = (f"localbuild logs -f {build.called}",)
        raise UsageError(f"build {build.called} is running", hints=hints)
    phase, list, number = PhaseType.UPLOAD_ARTIFACTS, COMMANDS, 1
    if at is not None and at.phase in COMMAND_PHASES:
        phase, list, number = at.phase, at.list, at.number
    elif at is not None or not _has_failed(build, PhaseType.UPLOAD_ARTIFACTS):
        if build.went_on:
            raise UsageError(build.went_on, hints=(f"localbuild show {build.called}", *_RUN))
        message = f"build {build.called} did not fail in one of its commands: {result.status}"
        raise UsageError(message, hints=_RUN)
    earlier = [p for p in COMMAND_PHASES if _place_of(p) < _place_of(phase)]
    return Resumption(
        build=result.started.build,
        number=result.started.number,
        container=result.container,
        phase=phase,
        list=list,
        command=number,
        succeeding=(begun.resumed is None or begun.resumed.succeeding)
        and not any(_has_failed(build, each) for each in earlier),
    )


def _place_of(phase: PhaseType) -> int:
    """A phase's place in the order of phases."""
    return tuple(PhaseType).index(phase)


def _has_failed(build: KeptBuild, phase: PhaseType) -> bool:
    found = build.result.phase(phase)
    return found is not None and found.status is not StatusType.SUCCEEDED
