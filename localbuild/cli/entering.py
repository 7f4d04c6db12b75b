"""Enters a build's container: that of a running build, or a kept one, which is started for it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from localbuild.cli.call import Call
from localbuild.cli.process.attached import attach, terminal_size
from localbuild.cli.process.signals import StopSignals
from localbuild.cli.records.held import held_container
from localbuild.cli.records.kept import KeptBuild
from localbuild.container.docker_daemon import NO_ENTRY_POINT
from localbuild.container.entering import enter_words
from localbuild.errors import ContainerStartError, EngineError, UsageError
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import ENV_FILE
from localbuild.plan.states import revive_script
from localbuild.ports.engine import CommandRequest, Container, EndKind, Engine
from localbuild.ports.kept import FoundContainer, Kept, ProgramRequest
from localbuild.run.docker_daemon import docker_request

_TURN_S = 0.2
_PATIENCE_S = 15.0
_WAITING = "somebody else is in this container, too: it is stopped when they leave (or by Ctrl-C)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who enters what: `plan` has the shell and the users of the build's commands."""

    call: Call
    build: KeptBuild
    plan: BuildPlan
    engine: Kept

    @property
    def container(self) -> str:
        """The container's name."""
        return self.build.result.container

    def enter(self, words: Sequence[str]) -> int:
        """Run a shell, or `words`, in the container; its exit status. Raises EngineError."""
        with StopSignals() as signals, self._running(signals):
            size = terminal_size(self.call.world)
            kind = self.call.world.environ.get("TERM", "") or "dumb"
            own = enter_words(
                self.plan.shell, self.build.state, words, terminal=kind if size else None
            )
            request = ProgramRequest(words=own, user=self._user(), terminal=size)
            with self.engine.enter_container(self.container, request) as program:
                status = attach(program, self.call.world, size, signals.interrupted)
            self._say_where_it_ended()
            return signals.stop_code() if status is None else status

    def _say_where_it_ended(self) -> None:
        """A build takes its container along."""
        if not self.build.is_over and self.engine.find_container(self.container) is None:
            self.call.voice.remark(
                f"build {self.build.called} has ended, and its container with it"
            )

    def _user(self) -> str:
        """Who ran the command that the build stopped at, or runs the phase that it is in."""
        at = self.build.stopped_at
        last = self.build.result.phases[-1].type if self.build.result.phases else None
        wanted = at.phase if at else last
        return next((phase.user for phase in self.plan.phases if phase.type is wanted), "")

    @contextmanager
    def _running(self, signals: StopSignals) -> Iterator[None]:
        """The container runs for the block; whoever has started it leaves it last."""
        state = self.call.world.user_state_dir()
        end = time.monotonic() + _PATIENCE_S
        while not self._find().is_running:
            with held_container(state, self.container) as held:
                if held:
                    with self._started(signals.interrupted):
                        yield
                    return
            if time.monotonic() > end:
                raise in_use(self.container)
            time.sleep(_TURN_S)
        yield

    def _find(self) -> FoundContainer:
        return find_there(self.engine, self.build)

    @contextmanager
    def _started(self, interrupted: Callable[[], object]) -> Iterator[None]:
        with self.engine.reopen_container(self.container) as container:
            request = CommandRequest(script=f"{revive_script()}[ -s {ENV_FILE} ]\n")
            end = container.run(request, lambda _: None, lambda: None)
            if end.kind is not EndKind.EXITED or end.exit_status != 0:
                raise ContainerStartError(
                    f"the variables of build {self.build.called} are not in its container any more",
                    hints=("localbuild run",),
                )
            self._start_docker(container)
            yield
            self._wait_for_others(interrupted)

    def _start_docker(self, container: Container) -> None:
        """The build's own daemon, where it had one."""
        if not self.plan.environment.privileged:
            return
        end = container.run(docker_request(self.plan.environment), lambda _: None, lambda: None)
        if end.exit_status not in (0, NO_ENTRY_POINT):
            self.call.voice.warning("the build's Docker daemon did not start again")

    def _wait_for_others(self, interrupted: Callable[[], object]) -> None:
        told = False
        while self.engine.count_programs(self.container) and interrupted() is None:
            if not told:
                self.call.voice.remark(_WAITING)
            told = True
            time.sleep(_TURN_S)


def as_kept(engine: Engine) -> Kept:
    """The engine's ability to keep containers. Raises EngineError."""
    if isinstance(engine, Kept):
        return engine
    raise EngineError("this engine keeps no containers")


def find_there(engine: Kept, build: KeptBuild) -> FoundContainer:
    """The build's container on its engine. Raises UsageError where it is gone."""
    found = engine.find_container(build.result.container)
    if found is None:
        whose = f"{build.went_on}: its container" if build.went_on else ""
        raise UsageError(
            f"{whose or f'the container of build {build.called}'} is gone: "
            f"{build.result.container}",
            hints=("localbuild run --keep failure", "localbuild ls"),
        )
    return found


def in_use(container: str) -> UsageError:
    """Somebody else has it."""
    return UsageError(
        f"container {container} is in use", hints=("leave the shell that is open in it",)
    )
