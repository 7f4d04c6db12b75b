"""Scalars that mean something: booleans, versions, shells, `on-failure`, counts.

Each parser takes the text as written and raises ValueError with a message for the user.
"""

import re
import warnings

from localbuild.buildspec.model import OnFailure
from localbuild.documents.source import shown
from localbuild.terms import OnFailureAction

TRUE_WORDS = frozenset({"yes", "true", "on"})
FALSE_WORDS = frozenset({"no", "false", "off"})
SHELLS = ("bash", "/bin/bash", "sh", "/bin/sh")
WINDOWS_SHELLS = ("powershell", "powershell.exe", "pwsh", "pwsh.exe", "cmd", "cmd.exe")
ARTIFACT_ID = re.compile(r"(?!primary$)[A-Za-z0-9_][A-Za-z0-9_-]{0,126}")
"""Source: API reference, artifactIdentifier; the dash: real buildspecs."""

MAX_RETRIES = 100
LONGEST_PATTERN = 1000
RETRY = r"RETRY(?:-(?P<count>[0-9]+)(?:-(?P<both>[\s\S]+))?|-(?P<only>(?![0-9]+(?:-|$))[\s\S]+))?"
"""Digits that end or that a dash follows are a count; everything else is a pattern."""


def parse_bool(text: str) -> bool:
    """Source: buildspec reference and its examples, which mix yes/no and true/false."""
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(f"'{shown(text)}' is neither yes nor no")


def parse_count(text: str) -> int:
    """A whole number from 1."""
    if re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        return int(text)
    raise ValueError(f"'{shown(text)}' is not a whole number from 1")


def parse_on_failure(text: str) -> OnFailure:
    """ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex, RETRY-count-regex, in any case.

    Source: buildspec reference, phases/on-failure; a count is 0 to 100.
    """
    word = text.upper() if text.isascii() else ""
    if word in ("ABORT", "CONTINUE"):
        return OnFailure(action=OnFailureAction(word))
    found = re.fullmatch(RETRY, text, re.IGNORECASE)
    if found is None:
        raise ValueError(f"'{shown(text)}' is none of ABORT, CONTINUE, RETRY[-count][-regex]")
    retries = found["count"] or "3"
    if len(retries.lstrip("0")) > 3 or int(retries) > MAX_RETRIES:
        raise ValueError(f"a phase is retried 0 to {MAX_RETRIES} times, not {retries[:20]}")
    pattern = found["both"] or found["only"] or ".*"
    _compile(pattern)
    return OnFailure(action=OnFailureAction.RETRY, retries=int(retries), pattern=pattern)


def _compile(pattern: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"'{shown(pattern)}' is not a regular expression: {error}") from None
