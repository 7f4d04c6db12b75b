"""The plan of a build that goes on: what was begun, with the commands that the buildspec has now.

Variables, image and cache stay: the container was made with them. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from localbuild.plan.model import BuildPlan, Origin, PhasePlan
from localbuild.plan.outputs import ArtifactsPlan
from localbuild.plan.resumption import COMMANDS, FINALLY, Resumption
from localbuild.plan.states import LAST, before_command, phase_state
from localbuild.terms import PhaseType


def mend(begun: BuildPlan, now: BuildPlan) -> BuildPlan:
    """The begun plan with what the buildspec says now of commands, exports and outputs."""
    return replace(
        begun,
        phases=now.phases,
        declared_phases=now.declared_phases,
        exported_variables=now.exported_variables,
        artifacts=tuple(_artifacts(begun.artifacts, now.artifacts)),
        reports=now.reports,
    )


def changed_before(begun: BuildPlan, now: BuildPlan, phase: PhaseType) -> tuple[str, ...]:
    """What has changed and will not be done again: earlier phases, and `env`."""
    names = []
    if _own_variables(begun) != _own_variables(now):
        names.append("env")
    for old, new in zip(begun.phases, now.phases, strict=True):
        if old.type is phase:
            break
        if _texts(old, FINALLY, len(old.finally_)) != _texts(new, FINALLY, len(new.finally_)):
            names.append(str(old.type))
    return tuple(names)


def resume_at(begun: BuildPlan, now: BuildPlan, failed: Resumption) -> Resumption:
    """Where to go on: at the failed command with the state that it began with.

    At the beginning of its phase, with the state of that, where a command before it has changed.
    """
    if failed.phase is PhaseType.UPLOAD_ARTIFACTS:
        return replace(failed, state=LAST)
    old, new = (next(p for p in plan.phases if p.type is failed.phase) for plan in (begun, now))
    before = failed.command - 1
    if _texts(old, failed.list, before) != _texts(new, failed.list, before):
        return whole_phase(failed)
    return replace(failed, state=before_command(failed.phase, failed.list, failed.command))


def whole_phase(failed: Resumption) -> Resumption:
    """The same at the beginning of its phase."""
    if failed.phase is PhaseType.UPLOAD_ARTIFACTS:
        return replace(failed, state=LAST)
    return replace(failed, list=COMMANDS, command=1, state=phase_state(failed.phase))


def _texts(phase: PhasePlan, list: str, count: int) -> tuple[tuple[str, ...], ...]:
    """The commands of a phase up to one of a list, as texts."""
    commands = tuple(c.text for c in phase.commands)
    if list == COMMANDS:
        return (commands[:count],)
    return (commands, tuple(c.text for c in phase.finally_[:count]))


def _own_variables(plan: BuildPlan) -> dict[str, str]:
    """Those of the buildspec itself, as far as nobody has set others."""
    return {v.name: v.value for v in plan.variables if v.origin is Origin.BUILDSPEC}


def _artifacts(
    begun: Iterable[ArtifactsPlan], now: Iterable[ArtifactsPlan]
) -> Iterator[ArtifactsPlan]:
    """Files as the buildspec names them now, in the places that the project has given them."""
    known = {each.identifier: each for each in begun}
    for each in now:
        old = known.get(each.identifier, each)
        yield replace(
            old,
            files=each.files,
            base_directory=each.base_directory,
            exclude_paths=each.exclude_paths,
            discard_paths=each.discard_paths,
            enable_symlinks=each.enable_symlinks,
            name=each.name,
            s3_prefix=each.s3_prefix,
            line=each.line,
        )
