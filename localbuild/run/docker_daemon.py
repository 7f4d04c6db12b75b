"""The Docker daemon of a privileged build: started as CodeBuild does, and why there is none.

Source: reference of CodeBuild's behaviour, 2.3 and 10.2; API reference, `privilegedMode`.
"""

import re

from localbuild.container.docker_daemon import (
    COPIES,
    ENTRY_POINT,
    IN_USE,
    LOG,
    NO_ENTRY_POINT,
    daemon_script,
)
from localbuild.container.said import Said
from localbuild.errors import ContainerStartError
from localbuild.events.model import Output
from localbuild.plan.images import is_codebuilds
from localbuild.plan.model import EnvironmentPlan
from localbuild.ports.engine import CommandRequest, Container, EndKind, Interrupted
from localbuild.run.outcome import StoppedError
from localbuild.run.reporter import Reporter
from localbuild.terms import PhaseType

COPYING = "LB607"
NO_DAEMON = "LB608"
UNREACHABLE = "LB609"
OTHERS = "LB610"

_MOST_BYTES = 1 << 20
_SHOWN_BYTES = 1 << 16
_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock")
_UNREACHABLE = re.compile(rb"connect to (the )?docker (daemon|api)", re.IGNORECASE)
"""Of the command line (twice: it was changed in version 29) and of docker-compose."""

_COPYING = (
    "the build's Docker daemon cannot use overlay2 here: its storage driver is vfs, which is slow "
    "and needs much room"
)
_OTHERS = (
    "another build of the project is using its Docker layers: this one begins without them, and "
    "keeps none"
)
_DAEMON = (
    "nohup /usr/local/bin/dockerd --host=unix:///var/run/docker.sock --host=tcp://127.0.0.1:2375 "
    "--storage-driver=overlay2 &"
)
_START = (
    f"in install: {_DAEMON}",
    'then: timeout 15 sh -c "until docker info; do echo .; sleep 1; done"',
)
"""As the API reference has it for images that are not CodeBuild's."""


def start_docker(
    wanted: EnvironmentPlan, container: Container, reporter: Reporter, interrupted: Interrupted
) -> None:
    """Get a privileged container ready for a daemon, and start it in an image of CodeBuild's own.

    Raises ContainerStartError where it does not start, after its log; StoppedError.
    """
    if not wanted.privileged:
        return
    said = Said(_MOST_BYTES)
    request = docker_request(wanted)
    with reporter.timed("docker"):
        end = container.run(request, said.take, interrupted)
    if end.kind is EndKind.INTERRUPTED:
        raise StoppedError
    if end.kind is EndKind.CONTAINER_GONE:
        raise ContainerStartError("the build container ended while its Docker daemon started")
    words = said.data().decode("utf-8", "replace").split()
    if words[:1] == [IN_USE]:
        reporter.warn(_OTHERS, code=OTHERS)
    if end.exit_status == NO_ENTRY_POINT:
        _say_none(wanted, reporter)
    elif end.exit_status != 0:
        _fail(said.data()[-_SHOWN_BYTES:], reporter)
    elif words[-1:] == [COPIES]:
        reporter.warn(_COPYING, code=COPYING)


def docker_request(wanted: EnvironmentPlan) -> CommandRequest:
    """The script that gets a privileged container ready for a daemon, and may start it."""
    start = is_codebuilds(wanted.image) and not _has_a_socket(wanted)
    return CommandRequest(script=daemon_script(start=start))


def is_unreachable(said: bytes) -> bool:
    """Whether a command has printed that it finds no Docker daemon."""
    return _UNREACHABLE.search(said) is not None


def say_why_unreachable(wanted: EnvironmentPlan, reporter: Reporter) -> None:
    """Why a build finds no Docker daemon, and what to do about it."""
    if not wanted.privileged:
        message = "no Docker daemon runs in this build: it is not privileged"
        hints: tuple[str, ...] = (
            "localbuild run --privileged",
            "on CodeBuild: PrivilegedMode: true in the project's environment",
        )
    elif not is_codebuilds(wanted.image):
        message = (
            f"CodeBuild starts a Docker daemon in its own images alone, and {wanted.image} is none"
        )
        stands = f'[images] "aws/codebuild/standard:7.0" = "{wanted.image}"   in localbuild.toml'
        hints = (*_START, f"or, where it stands for one of them: {stands}")
    else:
        message = f"the build's Docker daemon does not answer; its log is the build's {LOG}"
        hints = ()
    reporter.warn(message, code=UNREACHABLE, hints=hints)


def _has_a_socket(wanted: EnvironmentPlan) -> bool:
    """Whether the user has mounted a daemon of their own."""
    return any(mount.target in _SOCKETS for mount in wanted.mounts)


def _say_none(wanted: EnvironmentPlan, reporter: Reporter) -> None:
    reference = wanted.image_reference
    where = wanted.image + (f" ({reference})" if reference != wanted.image else "")
    message = f"no Docker daemon was started: {where} has no {ENTRY_POINT}"
    reporter.warn(message, code=NO_DAEMON, hints=_START)


def _fail(said: bytes, reporter: Reporter) -> None:
    time, build = reporter.stamp()
    reporter.emit(Output(time=time, build=build, phase=PhaseType.PROVISIONING, data=said))
    last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
    raise ContainerStartError(
        f"the build's Docker daemon did not start: {' '.join(last) or 'it said nothing'}",
        hints=("localbuild doctor", "localbuild logs   # shows all that the daemon said"),
    )
