"""Env files: bytes to variables, and every line that gives none told with its place. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localbuild.cli.variables import Pair, Variables, name_fault
from localbuild.errors import Place, Problem, Severity, UsageError
from localbuild.plan.script import is_shell_name

CODE = "LB701"
LONGEST = 16 * 1024 * 1024
MOST = 100
"""After so many problems a reader has stopped reading."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
"""As the lines of a key are; what may be a secret is not shown."""

_LONGEST_NAME = 40
_SEVERAL_LINES = "a value has one line; --secret NAME=@FILE takes a file of several"


def read_env_file(data: bytes, file: str, environ: Mapping[str, str]) -> Variables:
    """`NAME=VALUE` lines taken as they are: quotes, blanks at the end and `$` belong to the value.

    Blank lines and lines that begin with `#` count for nothing; `NAME` alone takes the host's
    value. The text is UTF-8; a byte-order mark and `\\r\\n` do no harm. Of two lines of one name
    the later wins. Source: docker run --env-file; codebuild_build.sh -e.
    Raises UsageError with every line that is none of these; the values are not shown.
    """
    reader = _Reader(file=file, environ=environ)
    if len(data) > LONGEST:
        reader.refuse(1, f"the file has more than the {LONGEST} bytes that are read")
    elif data.startswith(_UTF_16):
        reader.refuse(1, "this is UTF-16", hint="save it as UTF-8")
    else:
        for number, raw in enumerate(data.removeprefix(_BYTE_ORDER_MARK).split(b"\n"), start=1):
            reader.read(number, raw.removesuffix(b"\r"))
    return reader.result()


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Takes down what the lines of one file say, and what is wrong with them."""

    file: str
    environ: Mapping[str, str]
    pairs: list[Pair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def result(self) -> Variables:
        """The variables. Raises UsageError where there is a problem."""
        if self.problems:
            first = self.problems[0]
            message = f"{first.place.file}:{first.place.line}: {first.message}"
            raise UsageError(message, problems=tuple(self.problems))
        return Variables(pairs=tuple(self.pairs), warnings=tuple(self.warnings))

    def read(self, number: int, raw: bytes) -> None:
        """One line, without its end."""
        try:
            whole = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            column = len(raw[: error.start].decode("utf-8")) + 1
            self.refuse(number, "this is not UTF-8", column=column)
            return
        line = whole.lstrip()
        if not line or line.startswith("#"):
            return
        column = len(whole) - len(line) + 1
        message, hint = _fault(line)
        if message:
            self.refuse(number, message, hint=hint, column=column)
        else:
            self._take(number, line)

    def refuse(self, line: int, message: str, *, hint: str = "", column: int = 1) -> None:
        """Take down what is wrong; the line itself may be a secret and is not shown."""
        place = Place(file=self.file, line=line, column=column)
        hints = (hint,) if hint else ()
        if len(self.problems) < MOST:
            self.problems.append(
                Problem(
                    severity=Severity.ERROR, code=CODE, message=message, place=place, hints=hints
                )
            )

    def _take(self, number: int, line: str) -> None:
        name, sign, value = line.partition("=")
        if not sign and name not in self.environ:
            self._warn(number, f"{_shown(name)}: not set on this host, so not passed on")
            return
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            self._warn(number, f"the quotes are part of the value of {_shown(name)}")
        if "\r" in value:
            self._warn(number, f"a carriage return is part of the value of {_shown(name)}")
        self.pairs.append((name, value if sign else self.environ[name]))

    def _warn(self, number: int, message: str) -> None:
        self.warnings.append(f"{self.file}:{number}: {message}")


def _fault(line: str) -> tuple[str, str]:
    """Why a line gives no variable, and what to do about it; two empty texts where it gives one."""
    if "\0" in line:
        return "a variable cannot hold a NUL character", ""
    name, sign, _ = line.partition("=")
    if is_shell_name(name):
        return name_fault(name)
    if not sign or _ENCODED.fullmatch(line):
        return "this is neither NAME=VALUE nor the name of a variable of this host", _SEVERAL_LINES
    bare = name.strip()
    if bare != name and is_shell_name(bare):
        return f"there is a blank between {_shown(bare)} and its =", f"{_shown(bare)}=VALUE"
    word, _, rest = bare.partition(" ")
    if word == "export" and is_shell_name(rest.lstrip()):
        shown = _shown(rest.lstrip())
        return f"`export` is a shell's, and no part of {shown}", f"{shown}=VALUE"
    return name_fault(_shown(name))


def _shown(name: str) -> str:
    """A name as messages have it: no longer than people can read."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
