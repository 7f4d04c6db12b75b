"""The user's own AWS credentials for a build: fetched before an engine is asked for anything.

They get into the container as its secrets do: through the driver's stream, into a file that lies
in memory. So they are in no argument, and not in what the engine tells of the container.
"""

from collections.abc import Callable

from localbuild.errors import ContainerStartError
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import ENV_FILE, quote, state_file
from localbuild.ports.credentials import VARIABLES
from localbuild.ports.engine import CommandRequest, Container, EndKind
from localbuild.run.deadline import Deadline
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.run.waiting import wait_for

_GIVE_S = 20.0


def fetch_credentials(services: Services, check: Callable[[], None]) -> None:
    """Have them, where the build is to have any.

    Raises SecretsError; StoppedError where `check` does meanwhile.
    """
    if services.credentials is not None:
        wait_for(services.credentials.fetch, check)


def give_credentials(
    plan: BuildPlan, services: Services, container: Container, reporter: Reporter
) -> None:
    """Put them into the environment of every command, unless the build has some of its own.

    Raises UsageError where this engine has no way for them.
    """
    if services.credentials is None:
        return
    names = [*(v.name for v in plan.variables), *(s.name for s in plan.secrets)]
    own = [name for name in names if name in VARIABLES]
    if own:
        reporter.warn(
            f"--aws-credentials: the build sets {', '.join(own)} itself, and gets no others"
        )
        return
    text = state_file(services.credentials.open_in(container).items())
    script = f"printf %s {quote(text)} >> {ENV_FILE}\n"
    limit = Deadline(reporter.clock, _GIVE_S, lambda: None)
    end = container.run(CommandRequest(script=script), lambda _: None, limit)
    if end.kind is not EndKind.EXITED or end.exit_status != 0:
        raise ContainerStartError("the AWS credentials could not be put into the build container")


def close_credentials(services: Services, reporter: Reporter) -> None:
    """Serve them no more, and say what went wrong meanwhile."""
    for fault in services.credentials.close() if services.credentials else ():
        reporter.warn(f"--aws-credentials: {fault}")
