"""What every engine promises: one suite for all of them (`ports/engine.py`)."""

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

import pytest

from localbuild.errors import EngineError, ImageUnavailableError
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
from localbuild.ports.host_files import HostFiles
from localbuild.sources.memory import MemorySource
from tests.contracts.source_contract import contents_of, members_of

COMMANDS = ("echo hello", "exit 7", "printf 'a\\0b'", "sleep 600", "kill -9 -1; sleep 5")
"""The commands that the suite runs; an engine without a shell must know them."""

BIG = bytes(range(256)) * 20_000
"""More than any pipe holds."""


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
        command = "sha256sum '/codebuild/src/one file' /codebuild/src/another"
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", source.open_archive())
            end, said = run(container, command)
        self.check_trees(end, said.decode(), {"one file": content, "another": content[::-1]})

    def check_trees(self, end: CommandEnd, said: str, files: dict[str, bytes]) -> None:
        """Compare what `sha256sum` says with the host's."""
        assert end.exit_status == 0, said
        found = {line[66:]: line[:64] for line in said.splitlines()}
        assert found == {
            f"/codebuild/src/{name}": sha256(content).hexdigest() for name, content in files.items()
        }

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

    def test_what_was_put_is_taken(self, engine: Engine, spec: ContainerSpec) -> None:
        files = {"a b": b"x" * 700, "dir/deep/f": b"", "dir/" + "n" * 120: b"y", "big": BIG}
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource(files).open_archive())
            pieces = list(container.take_tree(["/codebuild/src", "/codebuild/nowhere"]))
        found = contents_of(pieces)
        assert found == {f"codebuild/src/{name}": data for name, data in files.items()}
        assert all(len(piece) >= 1 << 16 for piece in pieces[:-1])

    def test_some_paths_are_taken(self, engine: Engine, spec: ContainerSpec) -> None:
        files = {"-x": b"1", "it's": b"2", "dir/f": b"3", "other": b"4"}
        wanted = ["/codebuild/src/-x", "/codebuild/src/it's", "/codebuild/src/dir"]
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource(files).open_archive())
            found = contents_of(container.take_tree(wanted))
        assert sorted(found.values()) == [b"1", b"2", b"3"]

    @pytest.mark.parametrize("paths", [[], ["/codebuild/nowhere", "/codebuild/no where/it's"]])
    def test_nothing_is_an_empty_archive(
        self, engine: Engine, spec: ContainerSpec, paths: list[str]
    ) -> None:
        with engine.open_container(spec) as container:
            taken = b"".join(container.take_tree(paths))
        assert members_of([taken]) == {}
        assert taken.startswith(bytes(1024))

    def test_a_tree_that_is_left_half_taken_does_no_harm(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource({"big": BIG}).open_archive())
            for _ in range(3):
                taking = container.take_tree(["/codebuild/src"])
                next(taking)
                getattr(taking, "close")()  # noqa: B009 (an Iterator's type has none)
            assert run(container, "echo hello")[1] == b"hello\n"
            assert contents_of(container.take_tree(["/codebuild/src/big"])) == {
                "codebuild/src/big": BIG
            }

    def test_a_block_left_while_a_tree_is_taken_ends(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource({"big": BIG}).open_archive())
            taking = container.take_tree(["/codebuild/src"])
            next(taking)
        getattr(taking, "close")()  # noqa: B009
        assert run(container, "echo hello")[0].kind is EndKind.CONTAINER_GONE

    def test_nothing_is_taken_of_a_container_that_ended(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with engine.open_container(spec) as container:
            run(container, "kill -9 -1; sleep 5")
            with pytest.raises(EngineError):
                list(container.take_tree(["/codebuild"]))

    def test_what_is_there_already_stays(self, engine: Engine, spec: ContainerSpec) -> None:
        first = {"a": b"old", "d/x": b"old", "[x] $(y)/*": b"old", ".hidden": b"old"}
        second = dict.fromkeys((*first, "d/y", "e/f/g", ".new", "..odd", "it's", "-n"), b"new")
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource(first).open_archive())
            container.put_tree(
                "/codebuild/src", MemorySource(second).open_archive(), keep_existing=True
            )
            taken = contents_of(container.take_tree(["/codebuild/src"]))
        assert taken == {f"codebuild/src/{name}": data for name, data in (second | first).items()}

    def test_what_is_there_stays_of_whatever_kind(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        first = MemorySource({"was file": b"old", "was dir/x": b"old"})
        second = MemorySource({"was file/x": b"new", "was dir": b"new", "more": b"new"})
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", first.open_archive())
            assert container.left_out == ()
            container.put_tree("/codebuild/src", second.open_archive(), keep_existing=True)
            left_out = container.left_out
            taken = contents_of(container.take_tree(["/codebuild/src"]))
        assert sorted(left_out) == ["/codebuild/src/was dir", "/codebuild/src/was file"]
        files = {"was file": b"old", "was dir/x": b"old", "more": b"new"}
        assert taken == {f"codebuild/src/{name}": data for name, data in files.items()}

    def test_what_is_left_out_is_told_by_its_name(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        names = ("a\nb", "it's", "-n", "[x] *", "\\n", "%s", "d/e")
        first = MemorySource({f"{name}/x": b"old" for name in names})
        second = MemorySource(dict.fromkeys((*names, "f"), b"new"))
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", first.open_archive())
            container.put_tree("/codebuild/src", second.open_archive(), keep_existing=True)
            assert sorted(container.left_out) == sorted(f"/codebuild/src/{n}" for n in names)
            container.put_tree("/codebuild/src", second.open_archive(), keep_existing=True)
            assert sorted(container.left_out) == sorted(f"/codebuild/src/{n}" for n in names)

    def test_many_new_files_come_to_those_that_are_there(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        second = {f"dir/{at}": b"new" for at in range(450)}
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource({"dir/7": b"old"}).open_archive())
            container.put_tree(
                "/codebuild/src", MemorySource(second).open_archive(), keep_existing=True
            )
            taken = contents_of(container.take_tree(["/codebuild/src"]))
        wanted = second | {"dir/7": b"old"}
        assert taken == {f"codebuild/src/{name}": data for name, data in wanted.items()}

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

    def test_a_process_that_is_about_to_end_takes_its_containers_along(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with engine.open_container(spec) as container:
            assert spec.name in engine.remove_leftovers(own_too=True)
            assert run(container, "echo hello")[0].kind is EndKind.CONTAINER_GONE

    def test_what_may_be_kept_is_not_taken_along(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(replace(spec, keep=True)) as container:
            assert spec.name not in engine.remove_leftovers(own_too=True)
            assert run(container, "echo hello")[1] == b"hello\n"

    def test_a_kept_container_is_a_leftover_only_on_request(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        with engine.open_container(replace(spec, keep=True)) as container:
            container.keep()
        assert spec.name not in engine.remove_leftovers()
        assert spec.name in engine.remove_leftovers(kept_too=True)


class HostFilesContract:
    """What a container promises whose files are open to us; fixtures as in EngineContract."""

    def test_the_root_is_the_containers(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource({"f": b"it"}).open_archive())
            assert isinstance(container, HostFiles)
            root = container.open_root()
            assert root is not None
            try:
                assert _read_below(root, "codebuild/src/f") == b"it"
            finally:
                os.close(root)

    def test_changes_are_what_the_image_has_not(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            container.put_tree("/codebuild/src", MemorySource({"f": b"it"}).open_archive())
            assert isinstance(container, HostFiles)
            changes = container.open_changes()
            assert changes is not None
            try:
                assert _read_below(changes, "codebuild/src/f") == b"it"
                assert "bin" not in _names(changes)
            finally:
                os.close(changes)
            assert run(container, "ls -A /codebuild/output/tmp")[1].split() == [
                b"dir.txt",
                b"env.sh",
                b"script.sh",
            ]

    def test_what_is_in_memory_is_in_no_change(self, engine: Engine, spec: ContainerSpec) -> None:
        hidden = replace(spec, memory_directories=(STATE_DIR,))
        with engine.open_container(hidden) as container:
            end, said = run(container, f"KEPT=value; ls {STATE_DIR}")
            assert (end.exit_status, said.split()) == (0, [b"dir.txt", b"env.sh", b"script.sh"])
            assert run(container, 'printf %s "$KEPT"')[1] == b"value"
            assert isinstance(container, HostFiles)
            changes = container.open_changes()
            assert changes is not None
            try:
                directory = os.open(STATE_DIR.lstrip("/"), os.O_RDONLY, dir_fd=changes)
                assert _names(directory) == set()
                os.close(directory)
            finally:
                os.close(changes)

    def test_two_containers_are_told_apart(self, engine: Engine, spec: ContainerSpec) -> None:
        other = replace(spec, name=f"{spec.name}-b")
        with engine.open_container(spec) as one, engine.open_container(other) as two:
            one.put_tree("/codebuild/src", MemorySource({"f": b"one"}).open_archive())
            two.put_tree("/codebuild/src", MemorySource({"f": b"two"}).open_archive())
            assert isinstance(one, HostFiles)
            assert isinstance(two, HostFiles)
            for container, content in ((one, b"one"), (two, b"two")):
                for opened in (container.open_root(), container.open_changes()):
                    assert opened is not None
                    assert _read_below(opened, "codebuild/src/f") == content
                    os.close(opened)

    def test_a_container_that_ended_has_none(self, engine: Engine, spec: ContainerSpec) -> None:
        with engine.open_container(spec) as container:
            run(container, "kill -9 -1; sleep 5")
            assert isinstance(container, HostFiles)
            assert (container.open_root(), container.open_changes()) == (None, None)


def _read_below(directory: int, path: str) -> bytes:
    with open(os.open(path, os.O_RDONLY, dir_fd=directory), "rb") as file:
        return file.read()


def _names(directory: int) -> set[str]:
    with os.scandir(directory) as entries:
        return {entry.name for entry in entries}
