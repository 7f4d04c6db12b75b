"""What a shell reads in a command: held against bash itself, and what becomes of failures."""

import itertools
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.buildspec.sh.lex import lex
from localbuild.buildspec.sh.parse import LONGEST, parse
from localbuild.buildspec.sh.words import literal, substitutions

SOUND = (
    *("make", "a; b", "a & b", "a && b || c", "! a | b", "(a; b)", "{ a; b; }", "a\n\n\nb", "# x"),
    *("if a; then b; fi", "if a; then b; elif c; then d; else e; fi", "if a\nthen\nb\nfi"),
    *(
        "while a; do b; done",
        "until a; do b; done < f",
        "for x in a b; do c; done",
        "for x\ndo c\ndone",
    ),
    *("case $x in a|b) c;; *) d;; esac", "case x in (a) b; esac", "case x in\n  a) b ;;\nesac\nc"),
    *("f() { a; }", "f() ( a )", "function f { a; }", "f() { a; }; f && g", "a() {\n  b\n}\na"),
    *(
        "echo $(a; b)",
        "echo `a`",
        'echo "$(a "$(b)")"',
        "echo $((1 + 2))",
        "x=$(case a in b) c;; esac)",
    ),
    *("cat <<E\nx (\nE\na", "cat <<-E\n\tx\n\tE", "cat <<'E' | b\n$(\nE", "a <<A <<B\nA\nB\n"),
    *(
        "[[ a =~ ^(x|y)$ ]] && b",
        "[[ -n $a && -z $b ]]",
        "((a++))",
        "a=(b c)",
        "a < <(b)",
        "a 2>&1 >b",
    ),
    *(
        "a \\\n  b",
        "a \\\n  # b",
        "echo 'a\nb'",
        'echo "a\nb"',
        "echo a#b",
        "echo \\'",
        "a;",
        "a &",
    ),
    *("if a; then (b); fi", "if a; then if b; then c; fi fi", "{ { a; } }", "time a", "a |& b"),
    *("echo ${a:-$(b)} ${a#'}'}", "find . -exec a {} \\;", "a && (b || c) && d", "echo if then fi"),
)
REFUSED = (
    *("if a; then", "if a; then b", "fi", "done", "then a", "a; fi", "for x in a; do b", "esac"),
    *(
        "case x in a) b",
        "while a; do b; fi",
        "{ a;",
        "}",
        "(a",
        "a)",
        "a (b)",
        "echo 'a",
        'echo "a',
    ),
    *("echo $(a", "echo `a", "a &&", "| a", "a || ; b", ";", "a ;; b", "if a; b; fi", "echo ${a"),
    *("for x in a; b; done", "if a; then b; else c", "{ a; }; }", "a && && b", "if a then b fi"),
)


def bash_says(text: str) -> bool:
    """Whether bash can read a text."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("text", SOUND)
def test_what_bash_reads_is_sound(text: str) -> None:
    assert bash_says(text)
    assert parse(text).broken == ""


@pytest.mark.parametrize("text", REFUSED)
def test_what_bash_refuses_is_broken(text: str) -> None:
    assert not bash_says(text)
    assert parse(text).broken != ""


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("a; b", ["a"]),
        ("a\nb\nc", ["a", "b"]),
        ("a && b\nc", ["a", "b"]),
        ("a && b", []),
        ("a || b; c", ["b"]),
        ("a & b", []),
        ("a | b\nc", ["b"]),
        ("set -e\na\nb", []),
        ("set -euo pipefail; a; b", []),
        ("set -o errexit; a; b", []),
        ("set -e; a; set +e; b; c", ["b"]),
        ("trap 'exit 1' ERR; a; b", []),
        ("(set -e; a; b); c", ["b"]),
        ("if t; then a; else b; fi", []),
        ("if t; then a; else b; fi; c", ["a", "b"]),
        ("if t; then a; b; fi", ["a"]),
        ("for x in y; do a; done", ["a"]),
        ("for x in y; do a || exit 1; done", []),
        ("while t; do a; b; done; c", ["a", "b"]),
        ("case x in y) a;; *) b; esac; c", ["a", "b"]),
        ("{ a; b; } && c", ["a"]),
        ("(a; b) || exit 1; c", ["a"]),
        ("f() { a; b; }; f", ["a"]),
        ("! a; b", []),
    ],
)
def test_whose_failure_is_lost(text: str, lost: list[str]) -> None:
    quiet = ("set", "exit", "trap", "t")
    found = [s for s in parse(text).commands if s.followed and not s.tested and not s.piped]
    assert [s.name for s in found if s.name not in quiet] == lost


def test_where_a_command_stands() -> None:
    script = parse("A=1 a 'b c' > d 2>&1\nif t; then\n  (x | y -z)\nfi || w v\n")
    first, test, x, y, w = script.commands
    assert (first.assignments, first.words) == (("A=1",), ("a", "'b c'"))
    assert (first.redirects, first.argv) == ((">d", "2>&1"), ("a", "b c"))
    assert (test.inside, test.tested) == (("if",), True)
    assert (x.line, x.inside, x.into) == (2, ("if", "("), ("y", "-z"))
    assert (x.piped, y.reads, y.guarded, y.rescued) == (True, True, True, ("w", "v"))
    assert (w.line, w.guarded) == (3, True)


def test_here_documents_and_functions_are_told() -> None:
    script = parse("f() { a; }\ncat <<E > x\nE \nE\ncat <<-'F'\n\tF\ng <<H")
    assert script.functions == ("f",)
    assert [(d.mark, d.ended) for d in script.documents] == [("E", True), ("F", True), ("H", False)]
    assert [s.name for s in script.commands] == ["a", "cat", "cat", "g"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$(a)", ["a"]),
        ('"x $(a "b" $(c)) `d`"', ['a "b" $(c)', "d"]),
        ("'$(a)' \\$(b)", []),
        ("$((1 + 2)) ${x:-y}", []),
        ('"it\'s $(a)"', ["a"]),
        ("<(a) >(b)", ["a", "b"]),
        ("$(a", []),
        ("`a", []),
    ],
)
def test_substitutions(text: str, found: list[str]) -> None:
    assert list(substitutions(text)) == found


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("a", "a"),
        ("'a b'", "a b"),
        ('"a$b"', "a$b"),
        (r"a\ b", "a b"),
        (r'"\$\a"', r"$\a"),
        ("''", ""),
    ],
)
def test_literals(word: str, text: str) -> None:
    assert literal(word) == text


PIECES = [
    "a",
    "if",
    "then",
    "fi",
    "do",
    "done",
    "for x in",
    "case",
    "esac",
    "in",
    "{",
    "}",
    "(",
    ")",
]
PIECES += [
    ";",
    ";;",
    "&&",
    "||",
    "|",
    "&",
    "\n",
    "'",
    '"',
    "$(",
    "`",
    "${",
    "<<E",
    "E",
    "\\",
    "#",
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    script = parse(text)
    assert all(0 <= simple.line <= text.count("\n") for simple in script.commands)


@given(st.text(max_size=200))
def test_tokens_stand_in_their_order_and_their_text_is_the_source_s(text: str) -> None:
    tokens = lex(text).tokens
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))


def test_a_text_that_is_too_long_has_no_commands() -> None:
    assert parse("a;" * LONGEST).commands == ()
