"""The log for people: golden texts, with and without colours and signs."""

import re
from functools import partial

import pytest
from hypothesis import given

from localbuild.events.model import (
    AgentLine,
    Event,
    Failed,
    PhaseContext,
    PhaseEnded,
    PhaseRetried,
    Timing,
    Warned,
)
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.style import Style
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.samples import (
    at,
    build_ended,
    command_ended,
    command_skipped,
    command_started,
    failing_build,
    output,
    phase_ended,
    phase_started,
    planned,
    rendered,
    started,
)

PLAIN = Style()
ASCII = Style(unicode=False)
COLOR = Style(color=True)

END = """
buildspec.yml:6: BUILD 2 failed with exit status 1 after 1.5s
  $ set -e
    npm test
  │ FAIL cart.spec.js
not run: BUILD 3  npm run lint  (buildspec.yml:7)
hint: localbuild shell 3
FAILED in 5.0s · 2 of 3 planned commands ran · log .localbuild/builds/3/build.log
"""
BODY = """\
localbuild · my-app #3 · an-image · /home/me/my-app
✔ DOWNLOAD_SOURCE      0.3s
▸ BUILD 1/3  npm ci  (buildspec.yml:5)
added 120 packages
✔ BUILD 1/3  1.5s
▸ BUILD 2/3  set -e …  (buildspec.yml:6)
FAIL cart.spec.js
✘ BUILD 2/3  exit status 1  1.5s
✘ BUILD FAILED         3.3s
✔ POST_BUILD           0.1s  no commands
✔ UPLOAD_ARTIFACTS     0.1s
"""


def shown(style: Style, *events: Event) -> str:
    return rendered(partial(PrettyLines, style), *events)


def test_a_failing_build() -> None:
    assert shown(PLAIN, *failing_build()) == BODY + END


def test_quiet_leaves_the_end() -> None:
    assert rendered(partial(PrettyLines, PLAIN, quiet=True), *failing_build()) == END


def test_ascii_has_the_same_words() -> None:
    text = shown(ASCII, *failing_build())
    assert text.isascii()
    assert "\nFAIL BUILD 2/3  exit status 1  1.5s\n" in text
    assert text.endswith(
        "FAILED in 5.0s - 2 of 3 planned commands ran - log .localbuild/builds/3/build.log\n"
    )


def test_colours_add_nothing_but_colour() -> None:
    text = shown(COLOR, *failing_build())
    assert "\x1b[31mFAIL\x1b[0m cart.spec.js\n" in text
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == BODY + END


def test_verbose_adds_codebuilds_own_lines_and_timings() -> None:
    events = (
        AgentLine(time=at(1), build=BUILD, phase=PhaseType.BUILD, text="Registering with agent"),
        Timing(time=at(2), build=BUILD, name="image", seconds=2.0, detail="pulled"),
    )
    text = rendered(partial(PrettyLines, PLAIN, verbose=True), *events)
    assert text == "  Registering with agent\n  image  2.0s  pulled\n"
    assert shown(PLAIN, *events) == ""


def test_a_green_build() -> None:
    events = (
        started(record=""),
        planned(0, 1),
        Warned(time=at(1), build=BUILD, message="odd"),
        command_started(1, 1, "true"),
        command_ended(2, 1, "true"),
        build_ended(61, StatusType.SUCCEEDED),
    )
    last = "SUCCEEDED in 1m01s · 1 of 1 planned commands ran · 1 warning"
    assert shown(PLAIN, *events).splitlines()[-1] == last


def test_a_cause_follows_the_last_lines_and_its_hints_come_first() -> None:
    why = ("the output says\nso", "try this", "localbuild shell 3")
    events = (
        started(record=""),
        planned(0),
        phase_started(1, PhaseType.BUILD),
        command_started(1, 1, "npm ci"),
        output(2, b"sh: 4: npm: not found\n"),
        command_ended(3, 1, "npm ci", 127, why=why),
        phase_ended(3, PhaseType.BUILD, StatusType.FAILED, ("COMMAND_EXECUTION_ERROR", "no")),
        build_ended(9, StatusType.FAILED, "localbuild shell 3", reason="no"),
    )
    assert shown(PLAIN, *events).splitlines()[6:] == [
        "buildspec.yml:5: BUILD 1 failed with exit status 127 after 1.5s",
        "  $ npm ci",
        "  │ sh: 4: npm: not found",
        "cause: the output says so",
        "hint: try this",
        "hint: localbuild shell 3",
        "FAILED in 9.0s · 1 of 3 planned commands ran",
    ]


def test_a_timeout_names_the_command_that_was_running() -> None:
    why = ("BUILD_TIMED_OUT", "Build has timed out.")
    events = (
        started(record=""),
        planned(0),
        phase_started(1, PhaseType.BUILD),
        command_started(1, 1, "sleep 400"),
        output(2, b"half a li"),
        phase_ended(9, PhaseType.BUILD, StatusType.TIMED_OUT, why),
        build_ended(9, StatusType.FAILED, reason="Build has timed out."),
    )
    assert shown(PLAIN, *events).splitlines()[2:] == [
        "half a li",
        "✘ BUILD TIMED_OUT      8.0s  BUILD_TIMED_OUT: Build has timed out.",
        "",
        "buildspec.yml:5: BUILD 1 did not end",
        "  $ sleep 400",
        "  │ half a li",
        "FAILED in 9.0s · Build has timed out. · 0 of 3 planned commands ran",
    ]


def test_an_error_is_told_once() -> None:
    message = "no Docker engine answers"
    events = (
        started(record=""),
        phase_started(0, PhaseType.PROVISIONING),
        Failed(
            time=at(0),
            build=BUILD,
            message=message,
            exit_code=4,
            status_code="ENGINE_UNAVAILABLE",
            hints=("localbuild doctor",),
        ),
        phase_ended(1, PhaseType.PROVISIONING, StatusType.FAULT, ("ENGINE_UNAVAILABLE", message)),
        build_ended(1, StatusType.FAULT, "localbuild doctor", reason=message),
    )
    assert shown(PLAIN, *events).splitlines()[1:] == [
        "✘ PROVISIONING FAULT   1.0s  ENGINE_UNAVAILABLE: no Docker engine answers",
        "",
        "error: no Docker engine answers",
        "hint: localbuild doctor",
        "FAULT in 1.0s · 0 of 0 planned commands ran",
    ]


def test_a_required_cache_is_the_reason_that_the_last_line_gives() -> None:
    message = "cache: s3://bucket: denied"
    events = (
        started(record=""),
        Failed(time=at(0), build=BUILD, message=message, exit_code=5, status_code="CLIENT_ERROR"),
        build_ended(1, StatusType.FAILED, reason=message),
    )
    assert shown(PLAIN, *events).splitlines()[2:] == [
        f"error: {message}",
        "FAILED in 1.0s · the cache failed, and it is required · 0 of 0 planned commands ran",
    ]


def test_a_phase_that_fails_by_itself_gives_its_reason() -> None:
    why = ("CLIENT_ERROR", "no matching artifact paths found")
    phase = PhaseType.UPLOAD_ARTIFACTS
    events = (
        started(record=""),
        phase_started(0, phase),
        phase_ended(1, phase, StatusType.FAILED, why),
        build_ended(1, StatusType.FAILED, reason=why[1]),
    )
    assert shown(PLAIN, *events).splitlines()[1:] == [
        "✘ UPLOAD_ARTIFACTS FAILED   1.0s  CLIENT_ERROR: no matching artifact paths found",
        "",
        "FAILED in 1.0s · no matching artifact paths found · 0 of 0 planned commands ran",
    ]


def test_retries_and_forgiven_failures_are_said() -> None:
    retried = PhaseRetried(
        time=at(1), build=BUILD, phase=PhaseType.BUILD, attempt=1, retries=3, reason="a\nreason"
    )
    forgiven = PhaseEnded(
        time=at(2),
        build=BUILD,
        phase=PhaseType.BUILD,
        status=StatusType.FAILED,
        context=PhaseContext(status_code="COMMAND_EXECUTION_ERROR", message="why"),
        continued=True,
    )
    events = (
        started(),
        planned(0),
        phase_started(0, PhaseType.BUILD),
        retried,
        forgiven,
    )
    assert shown(PLAIN, *events).splitlines()[1:] == [
        "↻ BUILD  retry 1 of 3  a reason",
        "✘ BUILD FAILED         2.0s  on-failure: CONTINUE",
    ]


def test_many_skipped_commands_are_counted() -> None:
    skipped = [command_skipped(1, number, f"command {number}") for number in range(1, 10)]
    lines = shown(PLAIN, started(), *skipped, build_ended(2, StatusType.FAILED)).splitlines()
    assert sum(line.startswith("not run: BUILD") for line in lines) == 5
    assert "not run: 4 more commands" in lines


def test_a_long_command_is_cut() -> None:
    command = "\n".join(f"line {number}" for number in range(9))
    events = (
        started(),
        phase_started(0, PhaseType.BUILD),
        command_started(0, 1, command),
        command_ended(1, 1, command, 2),
        phase_ended(1, PhaseType.BUILD, StatusType.FAILED),
        build_ended(2, StatusType.FAILED),
    )
    text = shown(PLAIN, *events)
    assert (
        "  $ line 0\n    line 1\n    line 2\n    line 3\n    line 4\n    … 4 more lines\n" in text
    )


OUTPUTS: dict[str, tuple[Style, list[bytes], str]] = {
    "colours go": (PLAIN, [b"\x1b[31", b"mred\x1b[0m\n"], "red\n"),
    "colours stay": (COLOR, [b"\x1b[31", b"mred\n"], "\x1b[31mred\n\x1b[0m"),
    "a title goes": (COLOR, [b"a\x1b]0;ti", b"tle\x07b\n"], "ab\n"),
    "a cut character": (ASCII, [b"a\xc2"], "a\ufffd\n"),
    "a progress bar": (PLAIN, [b"1%\r2%\r"], "1%\r2%\r\n"),
    "no end": (PLAIN, [b"a"], "a\n"),
}


@pytest.mark.parametrize(("style", "pieces", "expected"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_output_below_a_command(style: Style, pieces: list[bytes], expected: str) -> None:
    lines = PrettyLines(style)
    lines.render(command_started(1, 1, "c"))
    data = b"".join(lines.render(output(1, piece)) for piece in pieces)
    data += lines.render(command_ended(2, 1, "c"))
    text = data.decode(errors="replace")
    assert re.sub(r"(\x1b\[32m)?(✔|OK  )(\x1b\[0m)? BUILD.*\n", "", text) == expected


@given(histories())
def test_a_build_cannot_steer_the_terminal(history: tuple[Event, ...]) -> None:
    text = shown(COLOR, *history)
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert text.endswith("\n")
