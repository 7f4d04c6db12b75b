"""Every sink keeps the contract, and what one has recorded can be shown again."""

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from localbuild.events.codec import read_events
from localbuild.events.document import build_document
from localbuild.events.fold import fold
from localbuild.events.model import Event
from localbuild.logs.bus import Bus
from localbuild.logs.console import ConsoleView, LogFormat, open_console, open_notes
from localbuild.logs.files import CodeBuildLogSink, JsonlSink, RecordSink
from localbuild.logs.style import Style
from localbuild.ports.sink import Sink
from localbuild.terms import StatusType
from tests.contracts.sink_contract import SinkContract, folder, play
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.limited import SAID, no_larger_file_than
from tests.unit.logs.samples import (
    build_ended,
    command_ended,
    command_started,
    output,
    started,
)

FULL = Path("/dev/full")
PRETTY = ConsoleView(log_format="pretty", style=Style(color=True, terminal=True))


class TestCodeBuildLog(SinkContract):
    def opened(self, place: Path) -> AbstractContextManager[Sink]:
        return nullcontext(CodeBuildLogSink(place / "build.log"))

    def opened_full(self, place: Path) -> AbstractContextManager[Sink]:
        return nullcontext(CodeBuildLogSink(FULL))


class TestJsonl(SinkContract):
    def opened(self, place: Path) -> AbstractContextManager[Sink]:
        return nullcontext(JsonlSink(place / "events.jsonl"))

    def opened_full(self, place: Path) -> AbstractContextManager[Sink]:
        return nullcontext(JsonlSink(FULL))


class TestRecord(SinkContract):
    def opened(self, place: Path) -> AbstractContextManager[Sink]:
        return nullcontext(RecordSink(place / "build.json"))

    @contextmanager
    def opened_full(self, place: Path) -> Iterator[Sink]:
        with no_larger_file_than(9):
            yield RecordSink(place / "build.json")

    def followed(self, before: dict[str, bytes], after: dict[str, bytes]) -> bool:
        """The record is written anew: it is whole before the end too."""
        ids = [json.loads(files["build.json"])["id"] for files in (before, after)]
        return ids == [BUILD, BUILD]


class ConsoleContract(SinkContract):
    """A console on a stream that somebody else has opened."""

    view = PRETTY
    open = staticmethod(open_console)

    @contextmanager
    def opened(self, place: Path) -> Iterator[Sink]:
        with (place / "stream").open("wb") as stream:
            yield self.open(stream, self.view)

    @contextmanager
    def opened_full(self, place: Path) -> Iterator[Sink]:
        with FULL.open("wb") as stream:
            yield self.open(stream, self.view)


class TestPretty(ConsoleContract):
    pass


class TestPrettyGuarded(ConsoleContract):
    view = replace(PRETTY, guard_token="token", style=Style())


class TestPrettyQuiet(ConsoleContract):
    view = replace(PRETTY, quiet=True)


class TestConsoleCodeBuild(ConsoleContract):
    view = ConsoleView(log_format="codebuild")


class TestConsoleCodeBuildGuarded(ConsoleContract):
    view = ConsoleView(log_format="codebuild", style=Style(terminal=True), guard_token="token")


class TestConsoleJson(ConsoleContract):
    view = ConsoleView(log_format="json", guard_token="token")


class TestNotes(ConsoleContract):
    view = ConsoleView(log_format="json", guard_token="token")
    open = staticmethod(open_notes)


RECORD = ("build.log", "events.jsonl", "build.json")


def record_in(place: Path) -> Bus:
    """The sinks of a build record."""
    return Bus(
        [
            CodeBuildLogSink(place / "build.log"),
            JsonlSink(place / "events.jsonl"),
            RecordSink(place / "build.json"),
        ]
    )


@given(histories())
def test_a_record_can_be_made_again_from_its_events(history: tuple[Event, ...]) -> None:
    with folder() as first, folder() as second:
        live, again = record_in(first), record_in(second)
        for event in history:
            live.emit(event)
        live.close()
        with (first / "events.jsonl").open("rb") as lines:
            read = tuple(read_events(lines))
        for event in read:
            again.emit(event)
        again.close()
        assert fold(read) == fold(history)
        for name in RECORD:
            assert (second / name).read_bytes() == (first / name).read_bytes()


@given(histories())
def test_the_log_holds_the_output_byte_for_byte(history: tuple[Event, ...]) -> None:
    data = [bytes(range(256)), b"\r\n", b"\xff" * 70_000]
    with folder() as place:
        play(CodeBuildLogSink(place / "build.log"), [*history, *(output(1, d) for d in data)])
        assert (place / "build.log").read_bytes().endswith(b"".join(data))


@given(histories())
def test_build_json_is_true_at_every_turn(history: tuple[Event, ...]) -> None:
    with folder() as place:
        path = place / "build.json"
        sink = RecordSink(path)
        for event in history:
            sink.accept(event)
            assert json.loads(path.read_bytes())["id"] == event.build
        sink.close()
        assert json.loads(path.read_bytes()) == build_document(fold(history))


def test_a_full_disk_is_a_fault_of_each_sink(tmp_path: Path) -> None:
    with FULL.open("wb") as stream, no_larger_file_than(9):
        console = open_console(stream, PRETTY)
        record = RecordSink(tmp_path / "build.json")
        bus = Bus([console, CodeBuildLogSink(FULL), JsonlSink(FULL), record])
        for event in (started(), command_started(1, 1, "true"), command_ended(2, 1, "true")):
            bus.emit(event)
        bus.close()
    assert bus.faults == (
        "cannot write the standard output: No space left on device",
        "cannot write /dev/full: No space left on device",
        "cannot write /dev/full: No space left on device",
        f"cannot write {tmp_path}/build.json: {SAID}",
    )


@pytest.mark.parametrize("log_format", ["pretty", "codebuild", "json"])
def test_a_reader_that_went_away_is_no_fault(log_format: LogFormat, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as stream:
        console = open_console(stream, ConsoleView(log_format=log_format))
        bus = Bus([console, CodeBuildLogSink(tmp_path / "build.log")])
        for event in (started(), command_started(1, 1, "true"), output(1, b"hello\n")):
            bus.emit(event)
        bus.close()
    assert not bus.faults
    assert (tmp_path / "build.log").read_bytes().endswith(b"Running command true\nhello\n")


FORMATS: dict[str, tuple[ConsoleView, str]] = {
    "pretty": (PRETTY, "0 of 0 planned commands ran"),
    "codebuild": (ConsoleView(log_format="codebuild"), "] 2026/01/02 03:04:06.000006 Running"),
    "json": (ConsoleView(log_format="json"), '"type":"build-ended"'),
    "codebuild, quiet": (ConsoleView(log_format="codebuild", quiet=True), "\nbuildspec.yml:5: "),
}


@pytest.mark.parametrize(("view", "expected"), FORMATS.values(), ids=FORMATS.keys())
def test_each_format_is_its_own(view: ConsoleView, expected: str, tmp_path: Path) -> None:
    events = (
        started(),
        command_started(1, 1, "false"),
        build_ended(3, StatusType.FAILED),
    )
    with (tmp_path / "stdout").open("wb") as stream:
        play(open_console(stream, view), events)
        assert not stream.closed
    assert expected in (tmp_path / "stdout").read_text()


def test_guarded_json_has_the_same_events_without_ci_commands(tmp_path: Path) -> None:
    events = (started(), output(1, b"##[error]x ###vso[task.complete]\n"))
    for name, token in (("plain", ""), ("guarded", "token")):
        view = ConsoleView(log_format="json", guard_token=token)
        with (tmp_path / name).open("wb") as stream:
            play(open_console(stream, view), events)
    with (tmp_path / "guarded").open("rb") as lines:
        assert tuple(read_events(lines)) == events
    assert b"##" in (tmp_path / "plain").read_bytes()
    assert b"##" not in (tmp_path / "guarded").read_bytes()
