"""`aws codebuild start-build`'s spellings."""

import json

import pytest

from localbuild.cli.options.spread import spread_words
from tests.unit.cli.calling import SPEC, Home

SHORT = "--environment-variables-override"


def plan(home: Home, *words: str) -> dict[str, object]:
    """The plan of a call."""
    home.write("buildspec.yml", SPEC)
    home.write("other.yml", SPEC)
    called = home.call("plan", "--json", *words)
    assert called.code == 0, called.err
    found = json.loads(called.out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("override", "option"),
    [
        (("--image-override", "img"), ("--image", "img")),
        (("--buildspec-override", "other.yml"), ("-f", "other.yml")),
        (("--buildspec-override", ""), ()),
        (
            ("--compute-type-override", "BUILD_GENERAL1_SMALL"),
            ("--compute-type", "BUILD_GENERAL1_SMALL"),
        ),
        (("--timeout-in-minutes-override", "7"), ("--timeout", "7m")),
        (("--privileged-mode-override",), ("--privileged",)),
        (("--no-privileged-mode-override",), ("--no-privileged",)),
        ((SHORT, "name=A,value=b"), ("-e", "A=b")),
    ],
)
def test_what_applies_is_the_same_as_the_option(
    override: tuple[str, ...], option: tuple[str, ...], home: Home
) -> None:
    assert plan(home, *override) == plan(home, *option)


def test_the_option_wins_over_its_override(home: Home) -> None:
    assert plan(home, "--image", "a", "--image-override", "b") == plan(home, "--image", "a")


def test_several_variables_in_every_form(home: Home) -> None:
    found = plan(
        home,
        SHORT,
        "name=A,value=x,y=z,type=PLAINTEXT",
        "name=B,value=",
        SHORT,
        '[{"name": "C", "value": "1"}]',
        '{"name": "D", "value": "2", "type": "PLAINTEXT"}',
        "--image",
        "img",
    )
    assert found["variables"] == [
        {"name": "STAGE", "value": "dev", "origin": "buildspec"},
        {"name": "A", "value": "x,y=z", "origin": "option"},
        {"name": "B", "value": "", "origin": "option"},
        {"name": "C", "value": "1", "origin": "option"},
        {"name": "D", "value": "2", "origin": "option"},
    ]


def test_a_reference_has_its_value_in_aws(home: Home) -> None:
    found = plan(home, SHORT, "name=P,value=/app/p,type=PARAMETER_STORE")
    assert found["secrets"] == [
        {
            "name": "P",
            "type": "PARAMETER_STORE",
            "origin": "project",
            "reference": "/app/p",
            "file": "",
            "line": 0,
        }
    ]


@pytest.mark.parametrize(
    "word",
    ["name=A", "value=x", "name=A,value=x,type=SECRET", "[1]", "{", "A=b", "name=A B,value=x"],
)
def test_a_variable_that_is_none(word: str, home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", SHORT, word)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"error: {SHORT}: ")


def test_a_reserved_name_is_refused_here_too(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    assert home.call("plan", SHORT, "name=CODEBUILD_A,value=x").code == 2


@pytest.mark.parametrize(
    ("words", "environ", "expected"),
    [
        (("--debug-session-enabled",), {}, True),
        (("--debug-session",), {}, True),
        ((), {"LOCALBUILD_DEBUG_SESSION": "1"}, True),
        (("--no-debug-session-enabled",), {"LOCALBUILD_DEBUG_SESSION": "1"}, False),
        ((), {}, False),
    ],
)
def test_a_debug_session_is_asked_for(
    words: tuple[str, ...], environ: dict[str, str], expected: bool, home: Home
) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--json", *words, environ=environ)
    assert json.loads(called.out)["debugSession"] is expected


def test_what_cannot_apply_is_accepted_with_a_note(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call(
        "plan",
        "--json",
        "--fleet-override",
        "arn",
        "--insecure-ssl-override",
    )
    assert called.code == 0
    assert called.err.splitlines() == [
        "note: --fleet-override has no meaning for a build on this machine",
        "note: --insecure-ssl-override has no meaning for a build on this machine",
    ]


@pytest.mark.parametrize(
    ("words", "spread"),
    [
        (["run", "a"], ["run", "a"]),
        ([SHORT, "name=A,value=1"], [SHORT, "name=A,value=1"]),
        (
            [SHORT, "name=A,value=1", "name=B,value=2", "src", "name=c"],
            [SHORT, "name=A,value=1", SHORT, "name=B,value=2", "src", "name=c"],
        ),
        ([SHORT, "name=A,value=1", "-e", "name=x"], [SHORT, "name=A,value=1", "-e", "name=x"]),
        ([SHORT, "[1]", '{"a": 1}'], [SHORT, "[1]", SHORT, '{"a": 1}']),
    ],
)
def test_each_word_gets_its_option(words: list[str], spread: list[str]) -> None:
    assert spread_words(words) == spread
