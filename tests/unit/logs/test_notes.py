"""What is said beside the log."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from localbuild.events.model import Warned
from localbuild.logs.notes import NoteLines
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.render import Renderer
from localbuild.logs.style import Style
from localbuild.terms import StatusType
from tests.unit.events.histories import BUILD, START
from tests.unit.logs.samples import at, build_ended, failing_build, rendered, started

WARNED = Warned(
    time=START,
    build=BUILD,
    message="a\nwarning",
    code="LB210",
    file="buildspec.yml",
    line=4,
    hints=("do this",),
)


def test_warnings_begin_with_their_place() -> None:
    text = rendered(partial(NoteLines, Style(), warnings=True, ending=False), WARNED)
    assert text == "buildspec.yml:4: warning: a warning [LB210]\n  hint: do this\n"


def test_a_warning_without_a_place() -> None:
    warned = Warned(time=START, build=BUILD, message="odd")
    text = rendered(partial(NoteLines, Style(), warnings=True, ending=False), warned)
    assert text == "warning: odd\n"


def test_the_end_has_no_output_in_it() -> None:
    end = partial(NoteLines, Style(), warnings=False, ending=True)
    text = rendered(end, failing_build()[0], WARNED, *failing_build()[1:])
    *lines, last = text.splitlines()
    assert lines == [
        "",
        "buildspec.yml:6: BUILD 2 failed with exit status 1 after 1.5s",
        "  $ set -e",
        "    npm test",
        "not run: BUILD 3  npm run lint  (buildspec.yml:7)",
        "hint: localbuild shell 3",
    ]
    log = "log .localbuild/builds/3/build.log"
    assert last == f"FAILED in 5.0s · 2 of 3 planned commands ran · 1 warning · {log}"


def test_nothing_is_said_where_all_is_told_elsewhere() -> None:
    lines = partial(NoteLines, Style(), warnings=False, ending=False)
    assert rendered(lines, WARNED, *failing_build()) == ""


@pytest.mark.parametrize(
    "lines",
    [partial(NoteLines, Style(), warnings=True, ending=True), partial(PrettyLines, Style())],
    ids=["notes", "pretty"],
)
def test_warnings_since_the_end_are_counted(lines: Callable[[], Renderer]) -> None:
    late = (replace(WARNED, time=at(3)), replace(WARNED, time=at(4)))
    text = rendered(lines, started(), WARNED, build_ended(2, StatusType.SUCCEEDED), *late)
    first, *_, last = (line for line in text.splitlines() if line.startswith("SUCCEEDED"))
    assert "1 warning" in first
    assert text.splitlines()[-1] == last == "SUCCEEDED · 3 warnings, 2 of them since its end"
