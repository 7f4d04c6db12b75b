"""What the YAML parser says becomes a place, the service's words and a way out."""

import pytest

from tests.unit.buildspec.shorthand import COMMANDS, HEAD, refusal

CASES = {
    "mapping values are not allowed in this context": HEAD + "env: a: b\n",
    "did not find expected key": HEAD + 'env: "a" b\n',
    "did not find expected '-' indicator": COMMANDS + "      - a\n      b: c\n",
    "did not find expected ',' or ']'": COMMANDS + "      - [a\n        - b\n",
    "could not find expected ':'": HEAD + "phases\nenv: {}\n",
    "did not find expected alphabetic or numeric character": HEAD + "artifacts: *.js\n",
    "found character that cannot start any token": HEAD + "phases:\n\tbuild: {}\n",
    "found a tab character that violates indentation": HEAD + "\tenv: {}\n",
    "found unknown escape character": HEAD + 'run-as: "\\q"\n',
    "found unexpected end of stream": HEAD + 'run-as: "root\n',
    "did not find expected <document start>": HEAD + "...\nenv: {}\nphases: {}\n}\n",
}


@pytest.mark.parametrize("words", sorted(CASES))
def test_the_message_is_libyamls_with_the_line(words: str) -> None:
    error = refusal(CASES[words])
    (problem,) = error.problems
    assert problem.message == words
    assert error.message == problem.service_message == f"{words} at line {problem.place.line}"
    assert 1 <= problem.place.line <= CASES[words].count("\n")
    assert problem.hints


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("- **/*", "quote the pattern: - '**/*'"),
        ("- [[ -n $x ]] && make", "quote the command: - '[[ -n $x ]] && make'"),
        ("- %MAKE% all  # on Windows", "a value cannot begin with %, quote it: - '%MAKE% all'"),
        ("- @make", "a value cannot begin with @, quote it: - '@make'"),
        ('- "a" b', "text follows a closing quote, quote the whole: - '\"a\" b'"),
        ("- it's: a: b", "': ' makes a mapping, quote the value: - 'it''s: a: b'"),
        ('- "C:\\make"', "in double quotes a backslash begins an escape"),
        ('- "a",', "YAML wants no comma at the end of a line"),
        ("- “a”\n  b: c", "curly quotes do not quote"),
        ("\t- make", "indent with spaces"),
    ],
)
def test_the_way_out(line: str, hint: str) -> None:
    text = COMMANDS + "".join(f"      {part}\n" for part in line.split("\n"))
    (problem,) = refusal(text).problems
    assert any(hint in found for found in problem.hints)


def test_a_hint_is_never_a_part_of_a_line() -> None:
    (problem,) = refusal(COMMANDS + f"      - [ {'x' * 1000} ] y\n").problems
    assert problem.hints == ("check the indentation of line 5 against the lines around it",)


def test_a_merge_conflict_is_named_wherever_it_is() -> None:
    text = COMMANDS + "<<<<<<< ours\n      - make\n=======\n      - true\n>>>>>>> theirs\n"
    (problem,) = refusal(text).problems
    assert problem.hints == ("line 5 is a merge-conflict marker: keep one side, delete the rest",)


def test_an_end_that_comes_too_early_is_shown_at_the_last_text() -> None:
    (problem,) = refusal(COMMANDS + "      - [make\n\n\n").problems
    assert problem.place.line == 5
    assert problem.excerpt == "      - [make"
