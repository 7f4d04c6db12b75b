"""A bug of ours: what is left of it is a file, never a traceback on the terminal."""

import os
import platform
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from localbuild import __version__
from localbuild.logs.mask import Mask

_SECRET_OPTIONS = (
    *("--env", "--secret", "--fake-secret", "--parameter"),
    "--environment-variables-override",
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.+", re.DOTALL)
_USER_OF_URL = re.compile(r"(?<=://)[^/\s'\"@]+(?=@)")
_MASK = "***"


def write_crash(
    error: BaseException, argv: Sequence[str], directory: Path, mask: Mask
) -> Path | None:
    """Write what a report of the bug needs, readable by the user only; None where nothing can."""
    text = crash_report(error, argv, mask)
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.getpid()}.txt"
    for folder in (directory, Path(tempfile.gettempdir())):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / name
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with open(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            return path
    return None


def crash_report(error: BaseException, argv: Sequence[str], mask: Mask) -> str:
    """The text of a crash file: versions, the command line and the traceback, values masked.

    Those of all variables on the command line, too, which may be secrets that nobody calls so; and
    whoever signs in within a URL.
    """
    masked, secrets = mask_arguments(argv)
    given = Mask()
    for secret in secrets:
        given.add(secret)
    trace = given.text("".join(traceback.format_exception(error)))
    text = mask.text(
        f"localbuild {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"executable: {sys.executable}\narguments: {masked!r}\n\n{trace}"
    )
    return _USER_OF_URL.sub(_MASK, text)


def mask_arguments(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The command line without the values of variables and secrets, and these values."""
    masked: list[str] = []
    secrets: list[str] = []
    follows = False
    for word in argv:
        option, value = _split(word)
        if follows and not word.startswith("-"):
            option, value = "", word
        elif not value:
            masked.append(word)
            follows = word in (*_SECRET_OPTIONS, "-e")
            continue
        masked.append(option + _without_value(value, secrets))
        follows = word.startswith("name=") or option.startswith("--environment-variables")
    return masked, secrets


def _split(word: str) -> tuple[str, str]:
    """A word that holds a value: `--env=A=b`, `-eA=b`, or `A=b` wherever it stands."""
    for option in _SECRET_OPTIONS:
        if word.startswith(f"{option}="):
            return f"{option}=", word.removeprefix(f"{option}=")
    if word.startswith("-e") and len(word) > 2:
        return "-e", word[2:]
    return "", word if _ASSIGNMENT.fullmatch(word) else ""


def _without_value(text: str, secrets: list[str]) -> str:
    """`NAME=value` and `name=NAME,value=v,type=T` without the value."""
    if text.startswith(("name=", "[", "{")):
        secrets.append(text.partition("value=")[2] or text)
        return _MASK
    name, sign, value = text.partition("=")
    if value:
        secrets.append(value)
    return f"{name}{sign}{_MASK}" if value else text
