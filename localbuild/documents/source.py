"""A document's text: its bytes judged and decoded once, its lines ready to be pointed at."""

from dataclasses import dataclass

from localbuild.errors import BuildspecError, Place, Problem, Severity

MAX_BYTES = 1024 * 1024
"""The longest buildspec that is read. The longest one known in the wild has 138 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The decoded text of one file: no byte-order mark, `\\n` as its only line end."""

    file: str
    text: str
    lines: tuple[str, ...]

    def excerpt(self, line: int) -> str:
        """The source line with that number (from 1), empty where there is none."""
        return self.lines[line - 1] if 1 <= line <= len(self.lines) else ""

    def place(self, line: int, column: int = 1, length: int = 1) -> Place:
        """A place in this file."""
        return Place(file=self.file, line=line, column=column, length=length)

    def problem(
        self, code: str, message: str, place: Place, *, hints: tuple[str, ...] = ()
    ) -> Problem:
        """An error with the excerpt that belongs to its place."""
        return Problem(
            severity=Severity.ERROR,
            code=code,
            message=message,
            place=place,
            excerpt=self.excerpt(place.line),
            hints=hints,
        )


def refuse(problem: Problem) -> BuildspecError:
    """The exception for a problem after which nothing more can be read."""
    message = problem.service_message or problem.message
    return BuildspecError(message, problems=(problem,), hints=problem.hints)


def read_source(data: bytes, file: str, longest: int = MAX_BYTES) -> Source:
    """Decode a document: UTF-8 with or without a byte-order mark, any line ends, not too long.

    Raises BuildspecError with the place of the first byte or character that cannot stand.
    Source: YAML 1.1, chapter 5 (characters); UTF-16 is refused because no buildspec uses it.
    """
    bare = Source(file=file, text="", lines=())
    if len(data) > longest:
        message = f"the file has {len(data)} bytes, more than the {longest} that are read"
        raise refuse(bare.problem("LB003", message, bare.place(1)))
    text = _decode(data, bare).replace("\r\n", "\n").replace("\r", "\n")
    source = Source(file=file, text=text, lines=tuple(_lines(text)))
    _refuse_control_characters(source)
    return source


def _decode(data: bytes, bare: Source) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode("utf-8", "replace")) + 1
        what = f"byte 0x{data[error.start]:02x} cannot stand here"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            what = "it looks like UTF-16"
        problem = bare.problem(
            "LB002",
            f"the file is not UTF-8: {what}",
            bare.place(line, column),
            hints=("save the file as UTF-8",),
        )
        raise refuse(problem) from None


def _lines(text: str) -> list[str]:
    """Split where YAML 1.1 does: NEL and the two Unicode separators count as line ends."""
    for character in "\x85\u2028\u2029":
        text = text.replace(character, "\n")
    return text.split("\n")


def _refuse_control_characters(source: Source) -> None:
    import re

    found = re.search(
        "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
        source.text,
    )
    if found is None:
        return
    before = _lines(source.text[: found.start()])
    message = f"character U+{ord(found[0]):04X} is not allowed in YAML"
    place = source.place(len(before), len(before[-1]) + 1)
    hints = ("delete it, or write it as an escape inside double quotes",)
    raise refuse(source.problem("LB011", message, place, hints=hints))


def shown(text: str) -> str:
    """A text of the file as it can stand in a message of one line."""
    short = text if len(text) <= 80 else text[:79] + "…"
    return "".join(character if character.isprintable() else " " for character in short)
