"""Env files and TOML files made by chance: read, or refused with a place; nothing else happens."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from localbuild.cli.call import Given
from localbuild.cli.env_files import read_env_file
from localbuild.cli.layers import KEYS
from localbuild.cli.settings import Layer, resolve_settings
from localbuild.errors import UsageError
from localbuild.project.toml import read_toml
from tests.unit.cli.calling import SPEC, Home
from tests.unit.cli.forge import make_env_file, make_toml
from tests.unit.project.forge import make_definition

SHORT, LONG = 2_000, 20_000
HOST = {"STAGE": "dev", "HOME": "/home/me"}
BASE = Path("/nowhere")
READ = "read"
PLACED = re.compile(r"f(:[1-9]\d*){1,2}: .")


def env_file(seed: int) -> str:
    """What becomes of one."""
    try:
        read_env_file(make_env_file(seed), "f", HOST)
    except UsageError as error:
        return error.message if error.problems else "no place"
    return READ


def toml(seed: int) -> str:
    """What becomes of one: it is read, and so is every setting in it."""
    try:
        found = read_toml(make_toml(seed), "f", KEYS)
        assert found is not None
        values = {
            KEYS[key]: Given(value=value.value, origin=found.origin(value))
            for key, value in found.values.items()
        }
        resolve_settings([Layer(base=BASE, values=values, images=found.images)])
    except UsageError as error:
        return error.message
    return READ


def judge(messages: Iterable[str]) -> None:
    """Some are read and some are not, each of these with a place."""
    refused = [message for message in messages if message != READ]
    assert [message for message in refused if not PLACED.match(message)] == []


@pytest.mark.parametrize("fate", [env_file, toml])
def test_two_thousand(fate: Callable[[int], str]) -> None:
    fates = [fate(seed) for seed in range(SHORT)]
    assert SHORT // 50 < fates.count(READ) < SHORT - SHORT // 50
    judge(fates)


@pytest.mark.fuzz
@pytest.mark.parametrize("fate", [env_file, toml])
def test_twenty_thousand(fate: Callable[[int], str]) -> None:
    judge(fate(seed) for seed in range(SHORT, SHORT + LONG))


def test_whole_calls(home: Home) -> None:
    """No text of a file gets to the terminal or to a CI as a command."""
    home.write("buildspec.yml", SPEC)
    codes = set()
    for seed in range(100):
        (home.cwd / "a.env").write_bytes(make_env_file(seed))
        (home.cwd / "localbuild.toml").write_bytes(make_toml(seed))
        for words in (("--env-file", "a.env", "--config", "/dev/null"), ()):
            called = home.call("plan", *words)
            codes.add(called.code)
            assert called.code in (0, 2), (seed, called)
            assert "\x1b" not in called.err
            assert "\n::" not in f"\n{called.err}"
    assert codes == {0, 2}


def test_whole_calls_with_a_definition(home: Home) -> None:
    codes = set()
    for seed in range(100):
        (home.cwd / "t.yml").write_bytes(make_definition(seed))
        called = home.call("project", "show", "t.yml")
        codes.add(called.code)
        assert called.code in (0, 2), (seed, called)
        for said in (called.out, called.err):
            assert "\x1b" not in said
            assert not [line for line in said.splitlines() if line.lstrip().startswith("::")]
    assert codes == {0, 2}
