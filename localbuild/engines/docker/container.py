"""A build's container on a Docker engine: its life from create to remove."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from localbuild.container.driver import setup_script
from localbuild.container.scripts import unpack_script
from localbuild.engines.docker.channel import (
    ChannelClosedError,
    DriverChannel,
    InterruptedCommandError,
)
from localbuild.engines.docker.connection import Connection, engine_answers, engine_calls
from localbuild.engines.docker.creation import (
    FOUND_DEAD,
    create_arguments,
    sh_hints,
    start_error,
)
from localbuild.engines.docker.death import GONE_S, kill, last_state, remove
from localbuild.engines.docker.host import HostView
from localbuild.engines.docker.loopback import serve_in
from localbuild.engines.docker.pipe import HostPipes
from localbuild.engines.docker.taking import pack_through_exec, pack_through_pipe
from localbuild.engines.docker.tree import (
    NoReaderError,
    unpack_through_exec,
    unpack_through_pipe,
)
from localbuild.engines.docker.tunnel import serve_through_exec
from localbuild.errors import ContainerStartError, EngineLostError
from localbuild.ports.engine import (
    CommandEnd,
    CommandRequest,
    ContainerSpec,
    EndKind,
    Interrupted,
)
from localbuild.ports.loopback import Answer, Served

READY_S = 60.0


class DockerContainer:
    """Implements the Container port: one attached stream for commands, an exec for the source."""

    def __init__(
        self, connection: Connection, spec: ContainerSpec, pipes: HostPipes | None
    ) -> None:
        self._api = connection.api
        self._spec = spec
        self._pipes = pipes
        self._id = ""
        self._host: HostView | None = None
        self._channel: DriverChannel | None = None
        self._keep = False
        self._closed = False
        self.left_out: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The engine's name for it."""
        return self._id

    @property
    def stays(self) -> bool:
        """Whether it is left behind."""
        return self._keep

    def start(self) -> None:
        """Create, attach, start, and fill."""
        self._set_up(self._begin(self._create_with_pipe))

    def start_again(self, container: str) -> None:
        """Attach to one that was kept, and start it; whatever comes of it, it stays."""
        self._keep = True
        self._begin(lambda: container)

    def _begin(self, find: Callable[[], str]) -> DriverChannel:
        """Attach, start, and hear the driver say that it is ready."""
        from docker.errors import APIError

        try:
            with engine_calls("starting the build container"):
                self._id = find()
                parameters = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                self._channel = DriverChannel(
                    self._api.attach_socket(self._id, params=parameters),
                    self._pipes.output if self._pipes else -1,
                )
                self._api.start(self._id)
                with suppress(ChannelClosedError):  # waiting for it will tell
                    self._channel.greet()
                if self._pipes is not None:
                    self._pipes.unlink()
        except APIError as error:
            raise start_error(self._spec, str(error.explanation or error)) from error
        ready = self._channel.wait_ready(READY_S)
        if self._pipes is not None:
            self._pipes.release()
            self._host = HostView(self._api, self._id, self._pipes)
        if not ready:
            raise ContainerStartError(FOUND_DEAD, hints=sh_hints(self._spec))
        return self._channel

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> CommandEnd:
        """Run one script to its end."""
        if self._channel is None:
            raise ContainerStartError(FOUND_DEAD)
        try:
            status = self._channel.run(request, on_output, interrupted)
        except InterruptedCommandError:
            kill(self._api, self._id)
            return CommandEnd(kind=EndKind.INTERRUPTED, exit_status=-1)
        except ChannelClosedError:
            self._channel.drain(on_output)
            gone = self._container_gone()
            if interrupted() is not None:  # that is what ended it
                return CommandEnd(kind=EndKind.INTERRUPTED, exit_status=-1)
            return gone
        if interrupted() is not None:
            return CommandEnd(kind=EndKind.INTERRUPTED, exit_status=status)
        return CommandEnd(
            kind=EndKind.EXITED,
            exit_status=status,
            out_of_memory=self._channel.out_of_memory,
            output_is_whole=self._channel.output_is_whole,
        )

    def put_tree(
        self, directory: str, archive: Iterable[bytes], *, keep_existing: bool = False
    ) -> None:
        """Unpack a tar stream below `directory`."""
        unpacking = unpack_script(directory, keep_existing=keep_existing)
        with engine_answers("copying the source"), self._channel_holds("copying the source"):
            self.left_out = unpacking.left_out(self._unpack(unpacking.script, archive))

    def _unpack(self, script: str, archive: Iterable[bytes]) -> bytes:
        if self._pipes is not None and self._channel is not None:
            with suppress(NoReaderError):
                return unpack_through_pipe(self._channel, self._pipes, script, archive)
        return unpack_through_exec(self._api, self._id, script, archive)

    def take_tree(self, paths: Sequence[str]) -> Iterator[bytes]:
        """A tar of what exists of `paths`, read as it is asked for."""
        what = "reading files of the container"
        with engine_answers(what), self._channel_holds(what):
            if self._pipes is not None and self._channel is not None:
                with suppress(NoReaderError):
                    yield from pack_through_pipe(self._channel, self._pipes, tuple(paths))
                    return
            yield from pack_through_exec(self._api, self._id, tuple(paths))

    def open_root(self) -> int | None:
        """The container's `/` where we share its kernel and may."""
        return self._host.open_root() if self._host else None

    def open_changes(self) -> int | None:
        """overlayfs' upper directory where we may read it."""
        return self._host.open_changes() if self._host else None

    def serve(self, answer: Answer) -> Served | None:
        """Answer on 127.0.0.1 of its network: from here, or through a program in the container."""
        network = self._host.open_network() if self._host else None
        if network is not None and (served := serve_in(network, answer)):
            return served
        return serve_through_exec(self._api, self._id, answer)

    def keep(self) -> None:
        """Leave the container behind, stopped."""
        self._keep = True

    def close(self) -> None:
        """End the container and remove it; safe after half a start, and twice."""
        if self._channel is not None:
            self._channel.close()
        if self._pipes is not None and self._channel is not None:
            self._pipes.close()
        elif self._pipes is not None:
            self._pipes.abandon()
        if not self._id or self._closed:
            return
        from docker.errors import APIError
        from requests.exceptions import RequestException

        self._closed = True
        with suppress(APIError, EngineLostError, RequestException):  # the next start sweeps
            if self._keep:
                self._api.wait(self._id, timeout=GONE_S)
            else:
                remove(self._api, self._id)

    def _create_with_pipe(self) -> str:
        """With the pipe where the engine finds it: one in another container does not."""
        from docker.errors import APIError

        try:
            return self._create()
        except APIError as error:
            explanation = str(error.explanation)
            own = self._pipes is not None and self._pipes.mounts[0][0] in explanation
            if self._pipes is None or not own:
                raise
            self._pipes.abandon()
            self._pipes = None
            return self._create()

    def _create(self) -> str:
        mounts = self._pipes.mounts if self._pipes else ()
        created = self._api.create_container(**create_arguments(self._api, self._spec, mounts))
        return str(created["Id"])

    def _set_up(self, channel: DriverChannel) -> None:
        """Make the directories and files of the spec, before anything of the build runs."""
        files = ((f.path, f.text, f.mode) for f in self._spec.files)
        request = CommandRequest(script=setup_script(self._spec.directories, files))
        said: list[bytes] = []
        with self._channel_holds("it was set up"):
            status = channel.run(request, said.append, lambda: None)
        if status != 0:
            why = b"".join(said).decode("utf-8", "replace").strip()
            raise ContainerStartError(f"the build container could not be set up: {why}")

    @contextmanager
    def _channel_holds(self, what: str) -> Iterator[None]:
        """A container that ends outside of a command is no bug of ours."""
        try:
            yield
        except (ChannelClosedError, InterruptedCommandError) as error:
            self._container_gone()  # raises where it is the engine that has gone
            raise ContainerStartError(f"the build container ended while {what}") from error

    def _container_gone(self) -> CommandEnd:
        """The channel broke: because the container ended, or because the engine did.

        A container whose driver was killed by the build still runs: closing the channel ends it.
        """
        if self._channel is not None:
            self._channel.close()
        if self._closed:
            return CommandEnd(kind=EndKind.CONTAINER_GONE, exit_status=137)
        state = last_state(self._api, self._id)
        status = int(state.get("ExitCode") or 137)
        oom = bool(state.get("OOMKilled"))
        return CommandEnd(kind=EndKind.CONTAINER_GONE, exit_status=status, out_of_memory=oom)
