"""Why a command failed, as far as its exit status and its last lines tell. Pure."""

import re

from localbuild.diagnosis.model import Cause, Failure
from localbuild.diagnosis.shells import RULES as OF_SHELLS
from localbuild.diagnosis.world import RULES as OF_THE_WORLD

_RULES = (*OF_SHELLS, *OF_THE_WORLD)
_LINES = 60
_LINE_LENGTH = 1000
_TAIL_BYTES = 1 << 15
_COLOURS = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")


def diagnose(failure: Failure) -> Cause:
    """The usual cause, and what to do next; an empty one where nothing is known.

    The kernel's word comes first, then the last line that says something known, then what an exit
    status alone says. Memory is blamed only where the kernel has killed for it.
    """
    if failure.out_of_memory:
        return _out_of_memory(failure)
    for line in reversed(failure.said.rstrip("\n").split("\n")[-_LINES:]):
        if len(line) <= _LINE_LENGTH and (cause := _of_line(failure, line)):
            return cause
    return _of_status(failure)


def read_tail(said: bytes) -> str:
    """The end of an output as a diagnosis reads it: no colours, carriage returns as they are.

    Lines are whole: a part of a secret, quoted in a hint, would not be masked.
    """
    tail = said[-_TAIL_BYTES:]
    if len(said) > _TAIL_BYTES:
        tail = tail.partition(b"\n")[2]
    return _COLOURS.sub(b"", tail).decode("utf-8", "replace")


def _of_line(failure: Failure, line: str) -> Cause | None:
    for rule in _RULES:
        if rule.statuses and failure.exit_status not in rule.statuses:
            continue
        match = rule.pattern.search(line)
        if match and (cause := rule.explain(failure, match)):
            return cause
    return None


def _out_of_memory(failure: Failure) -> Cause:
    limit = failure.environment.memory_bytes
    if not limit:
        return Cause(note="killed: out of memory (of the engine's machine)")
    mib = limit // 2**20
    return Cause(
        note=f"killed: out of memory (limit {mib} MiB; --memory)",
        hints=(f"localbuild run --memory {2 * mib}m   # or a larger --compute-type",),
    )


def _of_status(failure: Failure) -> Cause:
    image = failure.environment.image
    if failure.exit_status == 127:
        return Cause(note=f"exit status 127 is that of a program not found: is it in {image}?")
    if failure.exit_status == 126:
        return Cause(note="exit status 126 is that of a file found that cannot be executed")
    return Cause()
