"""Whether a build's container stays, and what is said of one that does."""

from contextlib import suppress

from localbuild.errors import EngineError
from localbuild.events.containers import ContainerKept
from localbuild.ports.engine import Container, Engine
from localbuild.ports.kept import KEPT_DAYS, Kept
from localbuild.run.provision import memory_directories
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.run.states import KeptStates, NoStates


def is_to_stay(services: Services, *, failed: bool) -> bool:
    """Whether the build's end leaves the container behind."""
    return services.keep == "always" or (services.keep == "failure" and failed)


def drop_container(engine: Engine, name: str) -> None:
    """Remove a container in which a build went on that has no more use for it."""
    with suppress(EngineError):  # `localbuild clean --kept` says why it cannot go
        if isinstance(engine, Kept):
            engine.drop_container(name)


def keep_container(
    container: Container, states: KeptStates | NoStates, services: Services, reporter: Reporter
) -> None:
    """Leave the container behind, stopped, and say what can be done with it."""
    left_out: tuple[str, ...] = ()
    if isinstance(states, KeptStates) and memory_directories(states.plan):
        left_out = states.save()
    container.keep()
    time, build = reporter.stamp()
    name = reporter.container
    reporter.emit(ContainerKept(time=time, build=build, name=name, left_out=left_out))
    word = services.called or "latest"
    hints = (
        f"localbuild shell {word}   # look into it, mend it",
        f"localbuild retry {word}   # go on from where it failed",
        "localbuild clean --kept   # remove what was kept",
    )
    if services.kept_of:
        until = f"until the next one of this project is, or for {KEPT_DAYS} days"
        reporter.warn(f"container {name} is kept {until}", hints=hints)
    else:
        reporter.note(f"container {name} is kept", hints=hints)
