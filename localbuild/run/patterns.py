"""Matching a pattern of the user's that may take for ever: in a process of its own."""

import subprocess
import sys

LIMIT_S = 5.0
_ALWAYS = ".*"
_PROGRAM = """
import re, sys
pattern, text = sys.stdin.buffer.read().split(b"\\0", 1)
found = re.search(pattern.decode(), text.decode("utf-8", "replace"))
sys.exit(0 if found else 1)
"""


def is_in(pattern: str, text: str) -> bool | None:
    """Whether the pattern is somewhere in the text; None where that was not known in time.

    Python's `re` holds the interpreter while it tries: no time limit and no signal would be heard.
    """
    if pattern == _ALWAYS:
        return True
    data = f"{pattern}\0{text}".encode("utf-8", "replace")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _PROGRAM],
            input=data,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode == 0
