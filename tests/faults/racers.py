"""One of several builds that save the same keys at the same time, each other files."""

from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.retrying import RetryingStore
from localbuild.plan.cache import CacheAction
from tests.faults.rooms import Came, FolderContainer, Project
from tests.s3.servers import Server, aws_environment

PATIENCE_S = 120.0


class Bucket(NamedTuple):
    """A prefix of a bucket."""

    server: Server
    prefix: str


class OpenStore(RetryingStore):
    """Stays open for the next round: builds of one process share the connection."""

    def close(self) -> None:
        pass

    def end(self) -> None:
        """Let go of it after all."""
        super().close()


Place = Path | Bucket


class Told(NamedTuple):
    """What one build was told in one round; text of an error that got out, None for none."""

    racer: int
    round: int
    came: Came | None
    error: str


def open_place(place: Place) -> OpenStore:
    """The store that all of them save in."""
    if isinstance(place, Path):
        return OpenStore(DirectoryStore(place))
    return OpenStore(place.server.store(place.prefix))


def key_of(number: int) -> str:
    """The key of a round."""
    return f"round {number}"


def race(
    place: Place, root: Path, rounds: int, racer: int, barrier: Barrier, told: "Queue[Told]"
) -> None:
    """Save in each round, together with all the others."""
    with aws_environment():
        store = open_place(place)
        for number in range(rounds):
            barrier.wait(PATIENCE_S)
            try:
                project = Project(key=key_of(number), action=CacheAction.SAVE)
                came = project.build(lambda: [store], FolderContainer(root=root))
                told.put(Told(racer, number, came, ""))
            except BaseException as error:
                told.put(Told(racer, number, None, repr(error)))
                raise
