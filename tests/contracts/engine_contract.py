"""What every engine promises: one suite for all of them (`ports/engine.py`)."""

import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from localbuild.errors import ImageUnavailableError
from localbuild.plan.environment import DEFAULT_PATH
from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE, STATE_DIR, command_script, state_file
from localbuild.ports.engine import (
    CommandEnd,
    CommandRequest,
    Container,
    ContainerSpec,
    EndKind,
    Engine,
    FileToPut,
    Image,
    Interruption,
)
from localbuild.sources.memory import MemorySource

COMMANDS = ("echo hello", "exit 7", "printf 'a\\0b'", "sleep 600", "kill -9 -1; sleep 5")
"""The commands that the suite runs; an engine without a shell must know them."""


def nothing(_: bytes) -> None:
    """Output that nobody wants."""


def never() -> Interruption | None:
    """Nobody interrupts."""
    return None


def run(
    container: Container,
    command: str,
    interrupted: Callable[[], Interruption | None] = never,
) -> tuple[CommandEnd, bytes]:
    """Run a command of a buildspec; its end and what it printed."""
    pieces: list[bytes] = []
    request = CommandRequest(script=command_script(command))
    end = container.run(request, pieces.append, interrupted)
    return end, b"".join(pieces)


class EngineContract:
    """Subclasses give `engine` and `reference`, the name of an image with `sh`."""

    @pytest.fixture
    def spec(self, engine: Engine, reference: str) -> ContainerSpec:
        """A container for one test."""
        image = engine.find_image(reference, "")
        assert image is not None
        state = state_file({"PATH": DEFAULT_PATH, "PWD": "/", "HOME": "/root"}.items())
        return ContainerSpec(
            name=f"contract-{uuid.uuid4().hex[:12]}",
            image=image,
            labels=(("dev.localbuild.build", "contract"),),
            directories=(("/codebuild", 0o755), (STATE_DIR, 0o777), ("/codebuild/src", 0o755)),
            files=(
                FileToPut(path=ENV_FILE, text=state, mode=0o666),
                FileToPut(path=DIRECTORY_FILE, text="/\n", mode=0o666),
            ),
        )

    def test_an_image_is_found_by_its_name(self, engine: Engine, reference: str) -> None:
        found = engine.find_image(reference, "")
        assert isinstance(found, Image)
        assert found.reference == reference

    def test_an_image_that_is_not_there_is_none(self, engine: Engine) -> None:
        assert engine.find_image("contract/absent:0", "") is None

    def test_a_pull_from_nowhere_is_refused(self, engine: Engine) -> None:
        with pytest.raises(ImageUnavailableError):
            engine.pull_image("localhost:1/contract/absent:0", "", lambda _: None)

    def test_output_is_whole_when_run_returns(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            assert run(container, "echo hello")[1] == b"hello\n"

    def test_a_failed_command_is_a_value(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            end, _ = run(container, "exit 7")
        assert end == CommandEnd(kind=EndKind.EXITED, exit_status=7)

    def test_any_byte_comes_through(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            assert run(container, "printf 'a\\0b'")[1] == b"a\0b"

    def test_commands_follow_one_another(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            ends = [run(container, "echo hello")[0].exit_status for _ in range(5)]
        assert ends == [0] * 5

    @pytest.mark.parametrize("why", list(Interruption))
    def test_an_interruption_ends_a_command(
        self, engine: Engine, spec: ContainerSpec, why: Interruption
    ) -> None:
        asked = threading.Event()
        with engine.open_container(spec) as container:
            threading.Timer(0.3, asked.set).start()
            end, _ = run(container, "sleep 600", lambda: why if asked.is_set() else None)
        assert end.kind is EndKind.INTERRUPTED

    def test_a_container_that_ends_is_a_value(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            end, _ = run(container, "kill -9 -1; sleep 5")
            after, _ = run(container, "echo hello")
        assert end.kind is EndKind.CONTAINER_GONE
        assert end.exit_status != 0
        assert after.kind is EndKind.CONTAINER_GONE

    @pytest.mark.parametrize("size", [1, 511, 262_145, 300_000, 5_000_001])
    def test_a_tree_arrives_byte_for_byte(
        self, engine: Engine, spec: ContainerSpec, size: int
    ) -> None:
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        source = MemorySource({"one file": content, "another": content[::-1]})
        command = "cksum '/codebuild/src/one file' /codebuild/src/another"
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", source.open_archive())
            end, said = run(container, command)
        self.check_trees(end, said.decode(), {"one file": content, "another": content[::-1]})

    def check_trees(self, end: CommandEnd, said: str, files: dict[str, bytes]) -> None:
        """Compare what `cksum` says with the host's."""
        assert end.exit_status == 0, said
        found = {line.split(" ", 2)[2]: line.split(" ", 2)[:2] for line in said.splitlines()}
        for name, content in files.items():
            done = subprocess.run(["cksum"], input=content, capture_output=True, check=True)
            assert found[f"/codebuild/src/{name}"] == done.stdout.decode().split()

    def test_a_tree_is_taken_to_its_end(self, engine: Engine, spec: ContainerSpec) -> None:
        taken = 0

        def pieces() -> Iterator[bytes]:
            nonlocal taken
            for _ in range(20):
                taken += 1
                yield bytes(512)

        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", pieces())
        assert taken == 20

    def test_a_block_left_by_an_error_ends_the_container(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with pytest.raises(RuntimeError, match="on purpose"), engine.open_container(spec) as held:
            raise RuntimeError("on purpose")
        assert run(held, "echo hello")[0].kind is EndKind.CONTAINER_GONE

    def test_a_living_build_is_no_leftover(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            assert spec.name not in engine.remove_leftovers(kept_too=True)
            time.sleep(0.1)
            assert run(container, "echo hello")[1] == b"hello\n"

    def test_a_kept_container_is_a_leftover_only_on_request(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        from dataclasses import replace

        with engine.open_container(replace(spec, keep=True)) as container:
            container.keep()
        assert spec.name not in engine.remove_leftovers()
        assert spec.name in engine.remove_leftovers(kept_too=True)
