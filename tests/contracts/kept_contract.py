"""What engines promise that keep containers (`ports/kept.py`)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from localbuild.errors import ContainerStartError, EngineError
from localbuild.ports.engine import ContainerSpec, EndKind, Engine
from localbuild.ports.kept import (
    KEPT_OF_LABEL,
    FoundContainer,
    Kept,
    Program,
    ProgramRequest,
    TerminalSize,
)
from localbuild.sources.memory import MemorySource
from tests.contracts.engine_contract import run
from tests.contracts.source_contract import contents_of

Keep = Callable[..., ContainerSpec]


class KeptContract:
    """A mixin beside EngineContract, with its fixtures."""

    @pytest.fixture
    def kept(self, engine: Engine) -> Kept:
        """The engine's ability."""
        assert isinstance(engine, Kept)
        return engine

    @pytest.fixture
    def keep(self, engine: Engine, spec: ContainerSpec) -> Keep:
        """Has a container with a file kept, under a suffix of its own."""

        def keep(suffix: str = "", word: str = "", files: bytes = b"it") -> ContainerSpec:
            labels = (*spec.labels, *([(KEPT_OF_LABEL, word)] if word else []))
            wanted = replace(spec, name=f"{spec.name}{suffix}", keep=True, labels=labels)
            with engine.open_container(wanted) as container:
                container.put_tree("/codebuild/src", MemorySource({"f": files}).open_archive())
                container.keep()
            return wanted

        return keep

    def test_one_that_runs_is_found(self, engine: Engine, kept: Kept, spec: ContainerSpec) -> None:
        with engine.open_container(spec):
            found = kept.find_container(spec.name)
        assert found is not None
        assert (found.is_running, found.is_kept, found.build) == (True, False, "contract")
        assert kept.find_container(spec.name) is None

    def test_one_that_was_kept_is_found_and_listed(self, kept: Kept, keep: Keep) -> None:
        name = keep().name
        found = kept.find_container(name)
        assert isinstance(found, FoundContainer)
        assert (found.is_running, found.is_kept, found.is_asked_for) == (False, True, True)
        assert name in {each.name for each in kept.list_kept()}
        assert kept.drop_container(name)
        assert kept.find_container(name) is None
        assert not kept.drop_container(name)

    def test_a_part_of_a_name_is_no_name(self, kept: Kept, keep: Keep) -> None:
        name = keep("-long").name
        assert kept.find_container(name.removesuffix("-long")) is None
        assert kept.drop_container(name)

    def test_it_is_started_again_with_its_files_and_stays(self, kept: Kept, keep: Keep) -> None:
        name = keep().name
        for _ in range(2):
            with kept.reopen_container(name) as container:
                assert run(container, "echo hello")[1] == b"hello\n"
                taken = contents_of(container.take_tree(["/codebuild/src"]))
                assert taken == {"codebuild/src/f": b"it"}
                container.put_tree("/codebuild", MemorySource({"more": b"m"}).open_archive())
            assert run(container, "echo hello")[0].kind is EndKind.CONTAINER_GONE
        with kept.reopen_container(name) as container:
            assert contents_of(container.take_tree(["/codebuild/more"])) == {"codebuild/more": b"m"}
        assert kept.drop_container(name)

    def test_one_that_is_gone_is_not_started(self, kept: Kept, spec: ContainerSpec) -> None:
        with (
            pytest.raises(ContainerStartError, match="is not there any more"),
            kept.reopen_container(spec.name),
        ):
            pass

    def test_one_that_is_in_use_is_nobody_s_leftover(
        self, engine: Engine, kept: Kept, keep: Keep
    ) -> None:
        name = keep().name
        with kept.reopen_container(name) as container:
            assert name not in engine.remove_leftovers(kept_too=True)
            assert not kept.drop_container(name)
            assert name not in {each.name for each in kept.list_kept()}
            assert run(container, "echo hello")[1] == b"hello\n"
        assert name in engine.remove_leftovers(kept_too=True)

    def test_one_of_a_word_makes_way_for_the_next(self, kept: Kept, keep: Keep) -> None:
        first, other = keep("-a", "word").name, keep("-b", "other word").name
        asked = keep("-c").name
        found = kept.find_container(first)
        assert found is not None
        assert not found.is_asked_for
        last = keep("-d", "word").name
        assert kept.find_container(first) is None
        for name in (other, asked, last):
            assert kept.drop_container(name)

    def test_one_that_is_in_use_makes_no_way(self, kept: Kept, keep: Keep) -> None:
        first = keep("-a", "word").name
        with kept.reopen_container(first) as container:
            last = keep("-b", "word").name
            assert run(container, "echo hello")[1] == b"hello\n"
        for name in (first, last):
            assert kept.drop_container(name)

    def test_a_program_runs_beside_the_build(
        self, engine: Engine, kept: Kept, spec: ContainerSpec
    ) -> None:
        with engine.open_container(spec) as container:
            assert kept.count_programs(spec.name) == 0
            with self.entered(kept, spec, "echo hello") as program:
                assert said(program) == b"hello\n"
                assert program.status() == 0
            with self.entered(kept, spec, "exit 7") as program:
                assert (said(program), program.status()) == (b"", 7)
            assert run(container, "echo hello")[1] == b"hello\n"

    def test_a_program_has_a_terminal(
        self, engine: Engine, kept: Kept, spec: ContainerSpec
    ) -> None:
        size = TerminalSize(rows=12, columns=34)
        with (
            engine.open_container(spec),
            self.entered(kept, spec, "echo hello", size) as program,
        ):
            program.resize(TerminalSize(rows=13, columns=35))
            assert said(program).replace(b"\r\n", b"\n") == b"hello\n"
            assert program.status() == 0

    def test_nothing_enters_one_that_has_stopped(self, kept: Kept, keep: Keep) -> None:
        spec = keep()
        with pytest.raises(EngineError), self.entered(kept, spec, "echo hello"):
            pass
        assert kept.drop_container(spec.name)

    def entered(
        self, kept: Kept, spec: ContainerSpec, command: str, size: TerminalSize | None = None
    ) -> AbstractContextManager[Program]:
        """A program that is a shell's command."""
        words = ("sh", "-c", command)
        return kept.enter_container(spec.name, ProgramRequest(words=words, terminal=size))


def said(program: Program) -> bytes:
    """All that a program prints."""
    found = b""
    while (pieces := program.read(0.2)) is not None:
        found += b"".join(data for _, data in pieces)
    return found


class RealKeptContract:
    """What is to be seen on a real engine alone."""

    def test_a_program_reads_its_input_to_the_end(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        request = ProgramRequest(words=("sh", "-c", "cat; echo wrong >&2; exit 3"))
        with engine.open_container(spec):
            assert isinstance(engine, Kept)
            with engine.enter_container(spec.name, request) as program:
                program.write(b"a" * 100_000)
                program.end_input()
                found = {False: b"", True: b""}
                while (pieces := program.read(0.2)) is not None:
                    for is_error, data in pieces:
                        found[is_error] += data
                assert found == {False: b"a" * 100_000, True: b"wrong\n"}
                assert program.status() == 3

    def test_a_terminal_is_as_large_as_said(self, engine: Engine, spec: ContainerSpec) -> None:
        size = TerminalSize(rows=12, columns=34)
        request = ProgramRequest(words=("sh", "-c", "read x; stty size"), terminal=size)
        with engine.open_container(spec):
            assert isinstance(engine, Kept)
            with engine.enter_container(spec.name, request) as program:
                program.resize(TerminalSize(rows=20, columns=40))
                program.write(b"go\n")
                assert said(program).split() == [b"go", b"20", b"40"]

    @pytest.mark.parametrize("size", [None, TerminalSize(rows=10, columns=80)])
    def test_a_program_ends_with_its_block(
        self, engine: Engine, spec: ContainerSpec, size: TerminalSize | None
    ) -> None:
        words = ("sh", "-c", "echo begun; sleep 600")
        with engine.open_container(spec):
            assert isinstance(engine, Kept)
            request = ProgramRequest(words=words, terminal=size)
            with engine.enter_container(spec.name, request) as program:
                while not program.read(0.2):
                    pass
                assert engine.count_programs(spec.name) == 1
            for _ in range(50):
                if not engine.count_programs(spec.name):
                    break
                program.read(0.1)
            assert engine.count_programs(spec.name) == 0

    def test_what_a_program_has_started_ends_with_it(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        words = ("sh", "-c", "sleep 612 & trap '' HUP; while :; do echo flood; done")
        with engine.open_container(spec) as container:
            assert isinstance(engine, Kept)
            with engine.enter_container(spec.name, ProgramRequest(words=words)) as program:
                while not program.read(0.2):
                    pass
            looks = "grep -l -a 'sleep.[6]12' /proc/[0-9]*/cmdline 2> /dev/null || echo none"
            assert run(container, looks)[1] == b"none\n"

    def test_a_program_is_its_user_s(self, engine: Engine, spec: ContainerSpec) -> None:
        request = ProgramRequest(
            words=("sh", "-c", "id -u"), user="65534"
        )  # an image may know none
        with engine.open_container(spec):
            assert isinstance(engine, Kept)
            with engine.enter_container(spec.name, request) as program:
                assert said(program) == b"65534\n"
