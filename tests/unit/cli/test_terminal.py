"""The terminal's echo after a block in which somebody has switched it."""

import os
import pty
import subprocess
import sys

import pytest

_PROGRAM = """
import os, sys, termios
terminal = os.open(sys.argv[1], os.O_RDWR)  # the first of a session without one is its own
from localbuild.cli.process.terminal import kept_echo

def switch(word):
    settings = termios.tcgetattr(terminal)
    settings[3] = settings[3] & ~termios.ECHO | (termios.ECHO if word == "on" else 0)
    termios.tcsetattr(terminal, termios.TCSANOW, settings)

switch(sys.argv[2])
try:
    with kept_echo():
        switch(sys.argv[3])
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("on" if termios.tcgetattr(terminal)[3] & termios.ECHO else "off")
"""


@pytest.mark.parametrize(
    ("before", "within", "after"),
    [("on", "off", "on"), ("on", "on", "on"), ("off", "off", "off"), ("off", "on", "on")],
)
def test_an_echo_that_was_on_is_on(before: str, within: str, after: str) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, os.ttyname(theirs), before, within],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.stdout == f"{after}\n"


def test_without_a_terminal_nothing_is_done() -> None:
    program = "from localbuild.cli.process.terminal import kept_echo\nwith kept_echo(): print('in')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=True,
    )
    assert done.stdout == b"in\n"
