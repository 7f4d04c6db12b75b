"""The artifacts of a build: finds their files, has them brought to their place, and says so.

Source: reference of CodeBuild's behaviour, 4.4 and 7.1: what is missing in part is skipped; where
nothing matches the phase fails with CLIENT_ERROR.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from localbuild.errors import StatusCode, StorageError
from localbuild.events.model import PhaseContext
from localbuild.events.outputs import ArtifactUploaded, Packaging
from localbuild.lines import one_line
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.expansion import expand_variables, variable_names
from localbuild.plan.model import BuildPlan
from localbuild.plan.output_names import is_one_file, output_parts, uses_own_name
from localbuild.plan.outputs import ArtifactsPlan
from localbuild.plan.transitions import Outcome
from localbuild.ports.artifacts import Artifacts, Handed, Output
from localbuild.ports.collect import Collector, FoundFile, Selected, Selection
from localbuild.ports.engine import Container, Interrupted
from localbuild.run.artifact_words import (
    in_one_place,
    left_behind,
    name_of,
    nothing_matches,
    without_effect,
)
from localbuild.run.outcome import PhaseOutcome
from localbuild.run.reporter import Reporter
from localbuild.run.values import evaluate_text, read_values
from localbuild.terms import PhaseType, StatusType

_UPLOAD = PhaseType.UPLOAD_ARTIFACTS


class RefusedError(Exception):
    """An output that cannot be handed out, for a reason that is the build's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactUse:
    """What one build does with its artifacts. `check` raises StoppedError where it must not go on.

    `artifacts` and `collector` ask it, too.
    """

    plan: BuildPlan
    identity: BuildIdentity
    artifacts: Artifacts
    collector: Collector
    reporter: Reporter
    interrupted: Interrupted
    check: Callable[[], None]

    def run(self, container: Container) -> PhaseOutcome:
        """Every output, the primary one first; the first failure ends it. Raises StoppedError."""
        left = deque(self.plan.artifacts)
        try:
            while left:
                self.check()
                self._hand_out(left.popleft(), container)
        except RefusedError as refused:
            return self._failed(str(refused), left)
        except StorageError as error:
            return replace(self._failed(error.message, left), trouble=error)
        finally:
            self.artifacts.close()
        return PhaseOutcome()

    def _hand_out(self, written: ArtifactsPlan, container: Container) -> None:
        for idle in without_effect(written):
            self.reporter.note(_about(written, idle))
        found = self._expanded(written, container)
        parts = self._parts(found, self._own_name(written, container))
        is_zip = is_one_file(found)
        began = self.reporter.clock.monotonic()
        selected = self._select(found, is_zip, container)
        packaging: Packaging = "ZIP" if is_zip else "NONE"
        output = Output(parts=parts, packaging=packaging, build_arn=self.identity.arn_of(self.plan))
        handed = self._put(found, output, selected, container)
        seconds = self.reporter.clock.monotonic() - began
        self._say(found, output, handed, seconds)

    def _put(
        self, found: ArtifactsPlan, output: Output, selected: Selected, container: Container
    ) -> Handed:
        begun: list[FoundFile] = []
        try:
            handed = self.artifacts.put(output, self._contents(selected, container, begun))
        except BaseException:
            if begun and output.packaging == "NONE":
                self._warn(found, "broken off: a part of the files may lie in their place")
            raise
        gone = len(selected.files) - len(begun)
        said = f"{gone} of {len(selected.files)} files were gone when they were read: left out"
        for warning in (*handed.warnings, *((said,) if gone else ())):
            self._warn(found, warning)
        return handed

    def _say(self, found: ArtifactsPlan, output: Output, handed: Handed, seconds: float) -> None:
        time, build = self.reporter.stamp()
        self.reporter.emit(
            ArtifactUploaded(
                time=time,
                build=build,
                identifier=name_of(found),
                path=handed.path,
                location=handed.location,
                packaging=output.packaging,
                files=handed.files,
                size_bytes=handed.size_bytes,
                seconds=round(seconds, 6),
                sha256=handed.sha256,
                md5=handed.md5,
                override_artifact_name=found.override_artifact_name,
            )
        )

    # --- what is wanted -----------------------------------------------------------------------

    def _expanded(self, written: ArtifactsPlan, container: Container) -> ArtifactsPlan:
        """With the values that the build's variables have now."""
        names = variable_names(_texts(written))
        values = read_values(self.plan, container, names, self.interrupted)
        self.check()
        if values is None:
            raise RefusedError("the variables of the artifacts could not be read")
        return _with_values(written, values)

    def _own_name(self, written: ArtifactsPlan, container: Container) -> str:
        """The buildspec's name as the build's shell has it; '' where it does not count."""
        if not uses_own_name(written):
            return ""
        found = evaluate_text(self.plan, container, written.name, self.interrupted)
        self.check()
        if not found:
            raise RefusedError(f"the artifact name '{written.name}' could not be evaluated")
        return found

    def _parts(self, found: ArtifactsPlan, own_name: str) -> tuple[str, ...]:
        try:
            return output_parts(found, self.plan.project, self.identity.uuid, own_name)
        except ValueError as error:
            raise RefusedError(str(error)) from None

    # --- files --------------------------------------------------------------------------------

    def _select(self, found: ArtifactsPlan, is_zip: bool, container: Container) -> Selected:
        """Source: buildspec reference, artifacts/enable-symlinks: of a ZIP alone."""
        selected = self.collector.select(
            container,
            Selection(
                directory=self.plan.source.directory,
                files=found.files,
                base_directory=found.base_directory,
                exclude_paths=found.exclude_paths,
                discard_paths=found.discard_paths,
                keep_links=found.enable_symlinks and is_zip,
            ),
        )
        for line in selected.lines:
            self.reporter.line(_UPLOAD, line)
        for warning in selected.warnings:
            self._warn(found, warning)
        if selected.failure:
            self._warn(found, nothing_matches(found))
            raise RefusedError(selected.failure)
        for clash in in_one_place(found, selected.files, self.plan.artifacts):
            self._warn(found, clash)
        return selected

    def _contents(
        self, selected: Selected, container: Container, begun: list[FoundFile]
    ) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
        """The files, also as `begun`; the check is asked between their pieces, too."""
        for file, pieces in self.collector.read(container, selected.files):
            begun.append(file)
            yield file, self._checked(pieces)

    def _checked(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.check()
            yield piece

    def _warn(self, found: ArtifactsPlan, message: str) -> None:
        self.reporter.warn(_about(found, message))

    def _failed(self, message: str, left: Iterable[ArtifactsPlan]) -> PhaseOutcome:
        if said := left_behind(tuple(left)):
            self.reporter.warn(said)
        return _failure(message)


def _about(found: ArtifactsPlan, message: str) -> str:
    name = f" {found.identifier}" if found.identifier else ""
    return one_line(f"artifacts{name}: {message}")


def _failure(message: str) -> PhaseOutcome:
    context = PhaseContext(status_code=StatusCode.CLIENT_ERROR, message=message)
    return PhaseOutcome(status=StatusType.FAILED, outcome=Outcome.FAILED, context=context)


def _texts(found: ArtifactsPlan) -> tuple[str, ...]:
    return (*found.files, *found.exclude_paths, found.base_directory, found.s3_prefix)


def _with_values(found: ArtifactsPlan, values: Mapping[str, str]) -> ArtifactsPlan:
    return replace(
        found,
        files=tuple(expand_variables(text, values) for text in found.files),
        exclude_paths=tuple(expand_variables(text, values) for text in found.exclude_paths),
        base_directory=expand_variables(found.base_directory, values),
        s3_prefix=expand_variables(found.s3_prefix, values),
    )
