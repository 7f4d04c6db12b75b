"""What happens after the last phase and before the container goes: exports, owners."""

from localbuild.events.model import VariablesExported
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import is_shell_name, quote
from localbuild.ports.engine import CommandRequest, Container, EndKind, Interrupted
from localbuild.run.deadline import Deadline
from localbuild.run.reporter import Reporter
from localbuild.run.values import read_values

GIVE_BACK_S = 20.0


def export_variables(
    plan: BuildPlan, container: Container, reporter: Reporter, interrupted: Interrupted
) -> None:
    """Read the final values of `exported-variables` and report them; unset ones are left out.

    Source: buildspec reference, env/exported-variables: values as they are after POST_BUILD.
    """
    names = [name for name in plan.exported_variables if is_shell_name(name)]
    if not names:
        return
    found = read_values(plan, container, names, interrupted)
    if found is None:
        reporter.warn("exported-variables: the values could not be read")
        return
    unset = [name for name in names if name not in found]
    if unset:
        reporter.warn(f"exported-variables: nothing has set {', '.join(unset)}")
    time, build = reporter.stamp()
    reporter.emit(VariablesExported(time=time, build=build, variables=tuple(found.items())))


def give_back_files(plan: BuildPlan, owner: str, container: Container, reporter: Reporter) -> None:
    """In mount mode: files that the build made as root in the user's tree become the user's.

    It has a time limit of its own, so that it also happens after a stop.
    """
    if plan.source.mode != "mount" or owner == "0:0":
        return
    where = quote(plan.source.directory)
    script = f"find {where} -xdev -user 0 -exec chown -h {quote(owner)} {{}} +\n"
    limit = Deadline(reporter.clock, GIVE_BACK_S, lambda: None)
    end = container.run(CommandRequest(script=script), lambda _: None, limit)
    if end.kind is not EndKind.EXITED or end.exit_status != 0:
        reporter.warn(
            f"files of root may be left in {plan.source.location}",
            hints=(f"sudo chown -R {owner} {plan.source.location}",),
        )
