"""The texts and numbers of report files: cut to their limits, read as tools write them. Pure."""

import re
from textwrap import dedent

NAME_LENGTH = 1_000
MESSAGE_LENGTH = 5_000
MAX_NS = 2**63 - 1
MAX_COUNT = 10**12
SECOND_NS = 1_000_000_000

_NUMBER = re.compile(r"([0-9]{1,15}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE]([+-]?[0-9]{1,3}))?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_CLOCK = re.compile(
    r"(?:([0-9]{1,6})\.)?([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2}(?:[.,][0-9]{0,40})?)"
)
_DIGITS = re.compile(r"[0-9]+")


def cut_name(text: str) -> str:
    """A name of at most 1,000 characters. Source: API reference, TestCase: quotas of reports."""
    return text.strip()[:NAME_LENGTH]


def cut_message(text: str) -> str:
    """A message of at most 5,000 characters, without blanks around it or common indentation."""
    return dedent(text).strip()[:MESSAGE_LENGTH]


def join_message(summary: str, text: str) -> str:
    """What a failure says in short and at length: once where the one has the other.

    Blanks make no difference: an attribute has none of its text's line ends.
    """
    summary, text = summary.strip(), text.strip("\r\n").rstrip()
    short, long = "".join(summary.split()), "".join(text.split())
    if not text or long in short:
        return summary
    return text if short in long else f"{summary}\n{text}"


def read_seconds(text: str) -> int:
    """Nanoseconds of a number of seconds: `0.016`, `1,234.5`, `0,016`, `1.5E-4`, `00:01:02.5`.

    What is no number, or below 0, is 0.
    """
    return read_clock(text) if ":" in text else to_nanoseconds(_decimal(text), SECOND_NS)


def read_clock(text: str) -> int:
    """Nanoseconds of `[days.]hours:minutes:seconds`; 0 of anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return 0
    days, hours, minutes = (int(part or 0) for part in found.group(1, 2, 3))
    whole = (days * 24 + hours) * 3600 + minutes * 60
    return to_nanoseconds(whole + float(found[4].replace(",", ".")), SECOND_NS)


def read_scaled(text: str, unit_ns: int) -> int:
    """Nanoseconds of a number of units, milliseconds for example."""
    return to_nanoseconds(_decimal(text), unit_ns)


def to_nanoseconds(number: float, unit_ns: int) -> int:
    """Nanoseconds within what the API can say; of what is no number, or below 0, 0."""
    if not 0 < number < MAX_NS:
        return 0
    return min(MAX_NS, round(number * unit_ns))


def read_count(text: str) -> int:
    """A whole number from 0 on, within reason; 0 for what is none."""
    digits = text.strip()
    if _DIGITS.fullmatch(digits):
        return int(digits) if len(digits) <= 12 else MAX_COUNT
    return int(min(MAX_COUNT, _decimal(digits)))


def _decimal(text: str) -> float:
    """A number with a point or a comma: of `1,234` the comma parts thousands, of `0,234` not."""
    text = text.strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif text.rfind(",") > text.rfind("."):
        text = text.replace(".", "").replace(",", ".")
    found = _NUMBER.fullmatch(text)
    if found is None:
        return 0.0
    exponent = int(found[2] or 0)
    return float(found[1]) * 10.0**exponent if abs(exponent) <= 30 else 0.0
