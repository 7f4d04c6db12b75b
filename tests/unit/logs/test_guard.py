"""A build's output gives no commands to the CI that reads it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from localbuild.events.model import Event
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.logs.guard import NoteGuard, TerminalGuard, WorkflowGuard
from localbuild.logs.notes import NoteLines
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.render import Renderer
from localbuild.logs.style import Style
from localbuild.terms import StatusType
from tests.unit.events.histories import histories
from tests.unit.logs.samples import (
    build_ended,
    command_ended,
    command_started,
    failing_build,
    output,
    started,
)

TOKEN = "5d41402abc4b2a76b9719d911017c592"
ATTACKS = [
    "::set-env name=A::b",
    "::add-path::/tmp",
    "  ::warning::x",
    "\t::error file=a,line=1::x",
    "##[error]x",
    "text ##[add-mask]x",
    "\r::debug::x",
    "\x1b[0m::group::x",
    "::stop-commands::other",
    "::other::",
    "::stop-commands::",
    "::endgroup::",
    "no end ::x::",
    "\n",
]


class Runner:
    """GitHub's reader of a step's output: what it takes for a command, and what turns it off.

    Source: actions/runner, ActionCommand.TryParse and TryParseV2, ActionCommandManager.
    """

    def __init__(self) -> None:
        self.commands: list[str] = []
        self._token = ""

    def read(self, text: str) -> "Runner":
        """Take the whole output, line by line as a text reader cuts it."""
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            self._line(line)
        return self

    def _line(self, line: str) -> None:
        stripped = line.lstrip()
        if self._token:
            if stripped == f"::{self._token}::":
                self._token = ""
            return
        if stripped.startswith("::stop-commands::"):
            self._token = stripped.removeprefix("::stop-commands::")
        elif (stripped.startswith("::") and "::" in stripped[2:]) or "##[" in line:
            self.commands.append(line)


def guarded(lines: Renderer, events: list[Event]) -> str:
    guard = WorkflowGuard(lines, TOKEN)
    data = b"".join([guard.render(event) for event in events]) + guard.finish()
    return data.decode(errors="replace")


def attacked(attack: str, cuts: list[int]) -> list[Event]:
    data = attack.encode()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(bounds)]
    return [
        started(),
        command_started(1, 1, attack),
        *(output(1, piece) for piece in pieces),
        command_ended(2, 1, attack, 1),
        build_ended(3, StatusType.FAILED, attack, reason=attack),
    ]


attacks = st.lists(st.sampled_from(ATTACKS), min_size=1).map("\n".join)


@given(attacks, st.lists(st.integers(0, 50)))
def test_no_format_lets_a_command_through(attack: str, cuts: list[int]) -> None:
    events = attacked(attack, cuts)
    for lines in (CodeBuildLines(), PrettyLines(Style(color=True)), PrettyLines(Style())):
        runner = Runner().read(guarded(lines, events) + "::notice::after the build\n")
        assert runner.commands == ["::notice::after the build"]


def test_the_model_runner_does_take_commands() -> None:
    assert Runner().read("::warning::x\ntext ##[error]x\n::no command\n").commands == [
        "::warning::x",
        "text ##[error]x",
    ]


@given(attacks)
def test_notes_hold_no_commands(attack: str) -> None:
    guard = NoteGuard(NoteLines(Style(), warnings=True, ending=True))
    data = b"".join(guard.render(event) for event in attacked(attack, [])) + guard.finish()
    assert Runner().read(data.decode()).commands == []


@given(histories())
def test_guards_change_nothing_else(history: tuple[Event, ...]) -> None:
    events = list(history)
    lines = CodeBuildLines()
    plain = b"".join(lines.render(event) for event in events).decode(errors="replace")
    expected = f"::stop-commands::{TOKEN}\n{plain}"
    end = "" if plain.endswith("\n") else "\n"
    found = guarded(CodeBuildLines(), events)
    assert found == (f"{expected}{end}::{TOKEN}::\n" if plain else "")


def test_commands_are_on_again_as_soon_as_the_build_has_ended() -> None:
    guard = WorkflowGuard(PrettyLines(Style()), TOKEN)
    last = [guard.render(event) for event in failing_build()][-1]
    assert last.endswith(f"\n::{TOKEN}::\n".encode())
    assert guard.finish() == b""


def test_a_terminal_gets_colours_only() -> None:
    guard = TerminalGuard(CodeBuildLines())
    data = guard.render(output(1, b"\x1b[31mred\x1b[0m\x1b]0;ti")) + guard.render(
        output(1, b"tle\x07!\x1b")
    )
    assert data + guard.finish() == b"\x1b[31mred\x1b[0m!"
