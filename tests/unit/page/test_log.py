"""The log's lines are those of build.log, as many as there is room for."""

import re
from collections.abc import Iterable
from html import unescape

import pytest
from hypothesis import given

from localbuild.events.model import Event, PhaseRetried
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.page.log import Log, LogLimits, tell_log
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.samples import (
    at,
    build_ended,
    command_ended,
    command_started,
    failing_build,
    output,
    phase_started,
    started,
)

ALL = LogLimits()


def build_log(events: Iterable[Event]) -> bytes:
    """The history as build.log has it."""
    view = CodeBuildLines()
    return b"".join(view.render(event) for event in events)


def texts(log: Log) -> list[str]:
    """The lines without markup."""
    return [unescape(re.sub(r"<[^>]*>", "", line.markup)) for line in log.lines]


def printed(*pieces: bytes, limits: LogLimits = ALL) -> Log:
    """The log of a command that prints these pieces."""
    events: list[Event] = [
        phase_started(0, PhaseType.DOWNLOAD_SOURCE),
        *(output(1, piece) for piece in pieces),
    ]
    return tell_log(events, limits)


def test_every_line_is_that_of_the_build_log_without_its_stamp() -> None:
    events = failing_build()
    lines = build_log(events).decode().splitlines()
    log = tell_log(events, ALL)
    stamp = re.compile(r"^\[Container\] \S+ \S+ |\x1b\[\d+m")
    assert texts(log) == [stamp.sub("", line) for line in lines]
    assert [line.number for line in log.lines] == list(range(1, len(lines) + 1))
    assert (log.total, log.cut) == (len(lines), None)


@given(histories())
def test_any_history_has_as_many_lines_as_its_build_log(events: tuple[Event, ...]) -> None:
    lines = build_log(events).split(b"\n")
    log = tell_log(events, ALL)
    assert log.total - (len(lines) - 1) in ((0, 1) if lines[-1] else (0,))
    assert [line.number for line in log.lines] == list(range(1, log.total + 1))


def test_lines_know_their_phase_their_time_and_what_they_are() -> None:
    log = tell_log(failing_build(), ALL)
    found = {
        text: (line.section, line.clock, line.kind)
        for text, line in zip(texts(log), log.lines, strict=True)
    }
    assert found["Registering with agent"] == (1, "03:04:05.200", "agent")
    assert found["Running command npm ci"] == (2, "03:04:06.100", "command")
    assert found["added 120 packages"] == (2, "03:04:07.600", "")
    assert found["FAIL cart.spec.js"] == (2, "03:04:08.000", "")
    assert found["Entering phase POST_BUILD"] == (3, "03:04:09.400", "agent")
    error = [text for text, facts in found.items() if facts[2] == "error" and text]
    assert error[0] == "Command did not exit successfully set -e"


def test_a_line_that_was_written_over_is_its_last_state() -> None:
    assert texts(printed(b"10%\r50%", b"\r100%\r\nover\r\n")) == ["100%", "over"]


def test_a_line_comes_in_pieces() -> None:
    assert texts(printed(b"a", b"b\nc\xc3", b"\xa4\n\nd")) == ["ab", "cä", "", "d"]


def test_only_colours_are_left_of_what_steers_a_terminal() -> None:
    log = printed(b"\x1b]0;title\x07a\x1b[2Jb\x1b[3", b"1mc\x1b[0m\x1b[", b"Kd\0\n")
    assert [line.markup for line in log.lines] == ['ab<span class="f1">c</span>d\ufffd']


def test_a_colour_ends_with_the_command_that_began_it() -> None:
    events = (command_started(0, 1, "a"), output(1, b"\x1b[31mred\n"), command_ended(2, 1, "a", 1))
    *_, red, empty, told = tell_log(events, ALL).lines
    assert (red.markup, empty.markup) == ('<span class="f1">red</span>', "")
    assert "<span" not in told.markup


def test_a_long_log_is_cut_in_the_middle() -> None:
    log = printed(b"".join(b"%d\n" % n for n in range(1, 101)), limits=LogLimits(lines=10))
    assert (log.total, log.cut) == (100, (11, 90))
    assert texts(log) == [str(n) for n in (*range(1, 11), *range(91, 101))]
    assert [log.shows(n) for n in (0, 1, 10, 11, 90, 91, 100, 101)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip


def test_many_characters_are_cut_in_the_middle_too() -> None:
    log = printed(
        *(b"%03d" % n + b"x" * 97 + b"\n" for n in range(100)), limits=LogLimits(characters=1000)
    )
    assert log.cut == (11, 90)
    assert sum(len(line.markup) for line in log.lines) <= 2000


@pytest.mark.parametrize("length", [1000, 3 << 20])
def test_a_long_line_is_cut_at_its_end(length: int) -> None:
    piece = b"y" * 1000
    log = printed(*[piece] * (length // 1000), b"\nnext\n", limits=LogLimits(line=100))
    first, second = texts(log)
    assert first.startswith("y" * 100 + " … ")
    assert len(first) < 200
    assert second == "next"


def test_a_progress_bar_without_end_is_its_last_state() -> None:
    pieces = [b"%07d" % n + b"." * 993 + b"\r" for n in range(3000)]
    assert texts(printed(*pieces, limits=LogLimits(line=7)))[0].startswith("0002999 … ")


def test_a_history_without_lines_is_an_empty_log() -> None:
    events = (
        started(),
        PhaseRetried(
            time=at(0), build=BUILD, phase=PhaseType.BUILD, attempt=1, retries=2, reason=""
        ),
    )
    assert tell_log(events, ALL) == Log()
    assert tell_log((*events, build_ended(2, StatusType.STOPPED)), ALL) == Log()
