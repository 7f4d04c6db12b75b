"""Options of several words, as the AWS CLI has them: `--…-override name=A,value=b name=C,…`."""

import json
from collections.abc import Iterator, Mapping, Sequence

from localbuild.errors import UsageError

VARIABLES = "--environment-variables-override"
SECONDARY_SOURCES = "--secondary-sources-override"
SECONDARY_VERSIONS = "--secondary-sources-version-override"
SECONDARY_ARTIFACTS = "--secondary-artifacts-override"
_FIRST: Mapping[str, tuple[str, ...]] = {
    VARIABLES: ("name=", "value=", "type=", "[", "{"),
    SECONDARY_SOURCES: ("type=", "location=", "sourceIdentifier=", "[", "{"),
    SECONDARY_VERSIONS: ("sourceIdentifier=", "sourceVersion=", "[", "{"),
    SECONDARY_ARTIFACTS: ("type=", "artifactIdentifier=", "location=", "name=", "[", "{"),
}
"""How a word of each begins."""


def parameter_of(option: str) -> str:
    """The name that click has for an option."""
    return option.removeprefix("--").replace("-", "_")


def json_items(option: str, word: str) -> Iterator[Mapping[str, object]]:
    """A JSON object, or those of a list; what is none counts as an empty one. Raises UsageError."""
    try:
        found = json.loads(word)
    except ValueError as error:
        raise UsageError(f"{option}: this is no JSON: {error}") from None
    for item in found if isinstance(found, list) else [found]:
        yield item if isinstance(item, dict) else {}


def spread_words(argv: Sequence[str]) -> list[str]:
    """The command line as click can read it: the option before each of its words."""
    spread: list[str] = []
    listing = ""
    for word in argv:
        follows = bool(listing) and word.startswith(_FIRST[listing])
        if follows and spread[-1] != listing:
            spread.append(listing)
        if not follows:
            listing = word if word in _FIRST else ""
        spread.append(word)
    return spread
