"""What a shell is told when it asks for completions."""

import os
import subprocess
import sys

import pytest


def complete(line: str) -> list[str]:
    """The words offered for the last one of a line."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "localbuild"],
        env={
            "PATH": os.environ["PATH"],
            "_LOCALBUILD_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [offered.partition(",")[2] for offered in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("localbuild ru", ["run"]),
        ("localbuild run --im", ["--image"]),
        ("localbuild run --pull ", ["always", "missing", "never"]),
        ("localbuild image ", ["ls", "resolve"]),
        ("localbuild logs --format p", ["pretty"]),
    ],
)
def test_verbs_options_and_values_are_offered(line: str, offered: list[str]) -> None:
    assert complete(line) == offered
