"""Pull requests from forks: whose build may not write a cache that others read."""

import json
from pathlib import Path

import pytest

from localbuild.cli.forks import is_from_fork
from tests.unit.cli.calling import SPEC, Home

OURS = {"full_name": "we/app", "fork": False}
THEIRS = {"full_name": "they/app", "fork": True}


def event(head: object, base: object = OURS) -> bytes:
    """What GitHub says of a pull request."""
    return json.dumps({"pull_request": {"head": {"repo": head}, "base": {"repo": base}}}).encode()


@pytest.mark.parametrize(
    ("found", "fork"),
    [
        (event(OURS), False),
        (event(THEIRS), True),
        (event({**THEIRS, "fork": False}), True),
        (event({**OURS, "fork": True}), False),
        (event({**OURS, "fork": True}, {**OURS, "fork": True}), False),
        (event({"full_name": None}, {"full_name": None}), True),
        (event(None), True),
        (event({"fork": False}), True),
        (b"{}", True),
        (b"[]", True),
        (b'{"pull_request": 1}', True),
        (b"\xff", True),
        (b"", True),
        (None, True),
    ],
)
@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_what_github_cannot_say_counts_as_a_fork(
    name: str, found: bytes | None, fork: bool
) -> None:
    assert is_from_fork({"GITHUB_EVENT_NAME": name}, found) is fork


@pytest.mark.parametrize(
    ("environ", "fork"),
    [
        ({}, False),
        ({"GITHUB_EVENT_NAME": "push"}, False),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "1"}, False),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1"}, False),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}, True),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}, True),
    ],
)
def test_elsewhere_only_what_is_said_counts(environ: dict[str, str], fork: bool) -> None:
    assert is_from_fork(environ, event(THEIRS)) is fork


NOTE = "note: a pull request from a fork: the cache is only read (--cache-mode rw writes it, too)\n"
UNUSED = "note: a pull request from a fork: the cache is not used (--cache-mode rw uses it)\n"


@pytest.mark.parametrize(
    ("words", "mode", "said"),
    [
        ((), "ro", NOTE),
        (("--cache-mode", "rw"), "rw", ""),
        (("--cache", "off"), "ro", ""),
        (("--cache-override", "type=LOCAL,modes=LOCAL_CUSTOM_CACHE"), "ro", UNUSED),
    ],
)
def test_a_fork_s_build_only_reads(
    words: tuple[str, ...], mode: str, said: str, home: Home, tmp_path: Path
) -> None:
    home.write("buildspec.yml", SPEC)
    (tmp_path / "event.json").write_bytes(event(THEIRS))
    environ = {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }
    called = home.call("plan", "--json", *words, environ=environ)
    assert (called.code, called.err) == (0, said)
    assert json.loads(called.out)["cache"]["mode"] == mode


def test_an_event_that_cannot_be_read_is_a_fork_s(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/nowhere"}
    called = home.call("plan", "--json", environ=environ)
    assert json.loads(called.out)["cache"]["mode"] == "ro"
