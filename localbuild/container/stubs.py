"""Commands that are stood in for: scripts at the front of the PATH, and the record of their calls.

A record is the command, a blank, its arguments with blanks between, and a NUL; one file holds all.
"""

from collections import Counter
from collections.abc import Iterable

from localbuild.container.scripts import read_script
from localbuild.plan.environment import STUBS_DIR
from localbuild.plan.model import PlannedStub
from localbuild.plan.script import quote

CALLS_FILE = "/codebuild/output/stub-calls"
CALLS_SCRIPT = f"cat {CALLS_FILE}\n"
_KEPT_CALLS = 100
_KEPT_LENGTH = 1000
_KEPT_BYTES = 64 * 1024


def stub_files(stubs: Iterable[PlannedStub]) -> tuple[tuple[str, str, int], ...]:
    """(path, text, mode) of each stand-in, and of the record, which any user may write."""
    files = tuple((f"{STUBS_DIR}/{stub.command}", _script(stub), 0o755) for stub in stubs)
    return (*files, (CALLS_FILE, "", 0o666)) if files else ()


class Calls:
    """Counts the calls of some commands in a record that comes piece by piece.

    It keeps the first ones, and of each the beginning: a build may write into the record what it
    likes.
    """

    def __init__(self, commands: Iterable[str]) -> None:
        self._commands = frozenset(commands)
        self._counts: Counter[str] = Counter()
        self._arguments: dict[str, list[str]] = {}
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take the next piece of the record."""
        *records, self._rest = (self._rest + data).split(b"\0")
        self._rest = self._rest[:_KEPT_BYTES]
        for record in records:
            command, _, arguments = record.decode("utf-8", "replace").partition(" ")
            if command not in self._commands:
                continue
            self._counts[command] += 1
            kept = self._arguments.setdefault(command, [])
            if len(kept) < _KEPT_CALLS:
                kept.append(arguments[:_KEPT_LENGTH])

    def count(self, command: str) -> int:
        """How often it was called."""
        return self._counts[command]

    def arguments(self, command: str) -> tuple[str, ...]:
        """The arguments of its first calls, each call's with blanks between."""
        return tuple(self._arguments.get(command, ()))


def _script(stub: PlannedStub) -> str:
    output = f"{stub.output}\n" if stub.output else ""
    text = read_script("stub.sh").replace("@CALLS@", CALLS_FILE)
    text = text.replace("@COMMAND@", quote(stub.command)).replace("@OUTPUT@", quote(output))
    return f"#!/bin/sh\n{text}\n"
