"""A problem as text: place first, excerpt, caret, hints; safe for terminals, short for any line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.render import render_problem, render_problems
from localbuild.errors import Place, Problem, Severity

PROBLEM = Problem(
    severity=Severity.ERROR,
    code="LB104",
    message="unknown key 'comands' in phases.build",
    place=Place(file="buildspec.yml", line=9, column=5, length=7),
    excerpt="    comands:",
    suggestion="did you mean 'commands'?",
    hints=("allowed here: commands, finally, on-failure, run-as, steps",),
)


def test_the_form_of_the_contract() -> None:
    assert render_problem(PROBLEM) == (
        "buildspec.yml:9:5: error: unknown key 'comands' in phases.build [LB104]\n"
        "   9 |     comands:\n"
        "     |     ^^^^^^^ did you mean 'commands'?\n"
        "  hint: allowed here: commands, finally, on-failure, run-as, steps"
    )


def test_long_line_numbers_keep_the_bars_in_line() -> None:
    place = replace(PROBLEM.place, line=12345)
    lines = render_problem(replace(PROBLEM, place=place)).splitlines()
    assert lines[1].index("|") == lines[2].index("|")
    assert lines[1].index("c") == lines[2].index("^")


def test_without_an_excerpt_the_suggestion_stands_alone() -> None:
    assert render_problem(replace(PROBLEM, excerpt="", hints=())).splitlines()[1:] == [
        "  did you mean 'commands'?"
    ]


def test_tabs_keep_the_caret_in_its_place() -> None:
    problem = replace(PROBLEM, excerpt="\t\tx: y", place=replace(PROBLEM.place, column=3, length=1))
    lines = render_problem(problem).splitlines()
    assert lines[2].startswith("     | \t\t^ ")


def test_control_characters_never_reach_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e"
    problem = replace(PROBLEM, excerpt=evil, message=evil, hints=(evil,), suggestion=evil)
    problem = replace(problem, place=replace(problem.place, file=evil))
    assert set(render_problem(problem)) & set("\x1b\x07\x9b\u202e") == set()


@pytest.mark.parametrize("column", [1, 2, 100, 500, 990, 1000, 1001, 5000])
def test_of_a_long_line_the_part_with_the_problem_is_shown(column: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(1000))
    problem = replace(PROBLEM, excerpt=text, place=replace(PROBLEM.place, column=column, length=3))
    shown, carets = render_problem(problem).splitlines()[1:3]
    assert len(shown) < 140
    start = carets.index("^")
    if column <= 1000:
        assert shown[start] == text[column - 1]
    assert start <= len(shown)


@given(
    st.text(max_size=300),
    st.integers(-2, 400),
    st.integers(-2, 400),
    st.text(max_size=20),
)
def test_any_problem_can_be_rendered(text: str, column: int, length: int, hint: str) -> None:
    place = Place(file="f", line=1, column=column, length=length)
    found = render_problem(replace(PROBLEM, excerpt=text, place=place, hints=(hint,)))
    assert len(found.split("\n")) in (3, 4)
    assert all(character.isprintable() or character in "\n\t" for character in found)


def test_several_problems_follow_one_another() -> None:
    problems = lint_text(b"version: 0.3\nimage: x\n", "b.yml")
    text = render_problems(problems)
    assert [line for line in text.splitlines() if line.startswith("b.yml:")] == [
        "b.yml:1:10: error: version '0.3' is unknown [LB102]",
        "b.yml:2:1: warning: unknown key 'image' in the buildspec [LB104]",
    ]
