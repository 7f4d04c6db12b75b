"""Reads `localbuild.toml` and `[tool.localbuild]`: text to plain values, each with its line."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from localbuild.errors import UsageError
from localbuild.project.model import ProjectVariable
from localbuild.terms import VariableType

LONGEST = 1024 * 1024
_DEEPEST = 8
_NEWLINE = "\n"
_DEEP = "there are lists or tables within each other, deeper than can be read"
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_KEY = re.compile(
    r"""\s*(?:["'](?P<quoted>[^"']*)["']\s*[=.]|(?P<bare>[\w-]+)\s*[=.]|\[\[?(?P<table>[^]]*)\])"""
)
TABLES = ("env", "images", "lint")
_OF_LINT = ("ignore", "lint-ignore", "lint_ignore")
_LINT_IGNORE = 'lint.ignore = ["LB314"]'
_TYPES = tuple(type.value for type in VariableType)


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlValue:
    """A value as TOML has it, and its line (0 where it could not be told)."""

    value: object = field(repr=False)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """The settings of one file: single keys, and the tables `[images]`, `[env]` and `[lint]`."""

    file: str
    values: Mapping[str, TomlValue] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    env: tuple[ProjectVariable, ...] = ()
    lint_ignore: tuple[str, ...] = ()

    def origin(self, value: TomlValue) -> str:
        """`localbuild.toml:3`."""
        return f"{self.file}:{value.line}" if value.line else self.file


def read_toml(
    data: bytes, file: str, known: Iterable[str], *, table: tuple[str, ...] = ()
) -> TomlFile | None:
    """The settings in a TOML text, None where the wanted table is not in it.

    `known` are the keys that may stand there beside the tables. Raises UsageError, which begins
    with the file and, where it can be told, the line.
    """
    if len(data) > LONGEST:
        raise UsageError(f"{file}: it has more than the {LONGEST} bytes that are read")
    text = _decode(data, file)
    found = _table_of(_parse(text, file), table)
    if found is None:
        return None
    lines = _Lines(text, table)
    keys = {key: value for key, value in found.items() if key not in TABLES}
    _refuse_unknown(keys, tuple(known), file, lines)
    _refuse_deep(keys, file, lines)
    return TomlFile(
        file=file,
        values={k: TomlValue(value=v, line=lines.of(k)) for k, v in keys.items()},
        images=_texts(found, "images", file, lines),
        env=_variables(found, file, lines),
        lint_ignore=_ignored(found, file, lines),
    )


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: this is not UTF-8") from None


def _parse(text: str, file: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT.search(message)
        place = f":{at[1]}:{at[2]}" if at and at[1] else f":{text.count(_NEWLINE) + 1}"
        what = _AT.sub("", message)
        raise UsageError(f"{file}{place}: {what[:1].lower()}{what[1:]}") from None
    except RecursionError:
        raise UsageError(f"{file}:{_line_with_most('[{', text)}: {_DEEP}") from None
    except ValueError:  # Python's own, of a number with thousands of digits
        line = _line_with_most("0123456789", text)
        raise UsageError(f"{file}:{line}: a number has more digits than can be read") from None


def _line_with_most(characters: str, text: str) -> int:
    """A rough search, as tomllib has not told the line."""
    lines = text.split(_NEWLINE)
    counts = [sum(map(line.count, characters)) for line in lines]
    return counts.index(max(counts)) + 1


def _table_of(document: Mapping[str, object], path: tuple[str, ...]) -> Mapping[str, object] | None:
    found: object = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _refuse_unknown(
    keys: Iterable[str], known: tuple[str, ...], file: str, lines: "_Lines"
) -> None:
    for key in keys:
        if key not in known:
            close = difflib.get_close_matches(key, (*known, *TABLES), n=1)
            guess = f"; did you mean '{close[0]}'?" if close else ""
            raise UsageError(
                f"{file}{lines.at(key)}: unknown key '{key}'{guess}",
                hints=(_LINT_IGNORE,) if key in _OF_LINT else (_known_keys(known),),
            )


def _known_keys(known: tuple[str, ...]) -> str:
    return f"known keys: {', '.join(sorted((*known, *TABLES)))}"


def _refuse_deep(keys: Mapping[str, object], file: str, lines: "_Lines") -> None:
    for key, value in keys.items():
        if _is_deeper(value, _DEEPEST):
            raise UsageError(f"{file}{lines.at(key)}: {key}: {_DEEP}")


def _is_deeper(value: object, levels: int) -> bool:
    """Whether there are more levels of lists and tables in it."""
    if not isinstance(value, list | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _table(
    found: Mapping[str, object], name: str, file: str, lines: "_Lines"
) -> Mapping[str, object]:
    table = found.get(name, {})
    if not isinstance(table, Mapping):
        raise UsageError(f"{file}{lines.at(name)}: '{name}' is a table: write [{name}]")
    return table


def _texts(found: Mapping[str, object], name: str, file: str, lines: "_Lines") -> Mapping[str, str]:
    table = _table(found, name, file, lines)
    return {key: _text(key, value, file, lines) for key, value in table.items()}


def _variables(
    found: Mapping[str, object], file: str, lines: "_Lines"
) -> tuple[ProjectVariable, ...]:
    """`NAME = "value"`, or `NAME = {type = "PARAMETER_STORE", value = "/name"}`."""
    table = _table(found, "env", file, lines)
    return tuple(_variable(name, value, file, lines) for name, value in table.items())


def _variable(name: str, found: object, file: str, lines: "_Lines") -> ProjectVariable:
    line = lines.of(name)
    if not isinstance(found, Mapping):
        text = _text(name, found, file, lines)
        return ProjectVariable(name=name, value=text, file=file, line=line)
    value, type = found.get("value"), found.get("type", VariableType.PLAINTEXT)
    if set(found) - {"type", "value"} or not isinstance(value, str) or type not in _TYPES:
        raise UsageError(
            f"{file}{lines.at(name)}: {name} is no variable",
            hints=(f'{name} = {{type = "PARAMETER_STORE", value = "/name"}}',),
        )
    return ProjectVariable(name=name, value=value, type=VariableType(type), file=file, line=line)


def _ignored(found: Mapping[str, object], file: str, lines: "_Lines") -> tuple[str, ...]:
    """`ignore = ["LB314"]` of `[lint]`."""
    table = _table(found, "lint", file, lines)
    for key in table:
        if key != "ignore":
            raise UsageError(f"{file}{lines.at(key)}: unknown key '{key}' in [lint]")
    codes = table.get("ignore", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise UsageError(
            f"{file}{lines.at('ignore')}: ignore is a list of codes", hints=('ignore = ["LB314"]',)
        )
    return tuple(codes)


def _text(key: str, value: object, file: str, lines: "_Lines") -> str:
    """Numbers and booleans would be guesses: is 1.10 `1.10` or `1.1`?"""
    if isinstance(value, str):
        return value
    raise UsageError(f'{file}{lines.at(key)}: {key} must be a text: put it in quotes ""')


class _Lines:
    """Finds the line of a key; tomllib tells none. A rough search, for messages only."""

    def __init__(self, text: str, table: tuple[str, ...]) -> None:
        lines = text.split("\n")
        header = f"[{'.'.join(table)}"
        starts = (n for n, line in enumerate(lines) if line.lstrip().startswith(header))
        start = next(starts, 0) if table else 0
        self._first: dict[str, int] = {}
        for number, line in enumerate(lines[start:], start=start + 1):
            if found := _KEY.match(line):
                self._first.setdefault(_name(found), number)

    def of(self, key: str) -> int:
        """Its line from 1, 0 where it was not found."""
        return self._first.get(key, 0)

    def at(self, key: str) -> str:
        """`:3`, or nothing."""
        line = self.of(key)
        return f":{line}" if line else ""


def _name(found: re.Match[str]) -> str:
    """The key of a line, or the last name of a table's header."""
    if found["table"] is None:
        return found["quoted"] or found["bare"] or ""
    return str(found["table"]).rpartition(".")[2].strip(" \t\"'")
