"""Options of several words, as the AWS CLI has them: `--…-override name=A,value=b name=C,…`."""

from collections.abc import Mapping, Sequence

VARIABLES = "--environment-variables-override"
SECONDARY_SOURCES = "--secondary-sources-override"
SECONDARY_VERSIONS = "--secondary-sources-version-override"
_FIRST: Mapping[str, tuple[str, ...]] = {
    VARIABLES: ("name=", "value=", "type=", "[", "{"),
    SECONDARY_SOURCES: ("type=", "location=", "sourceIdentifier=", "[", "{"),
    SECONDARY_VERSIONS: ("sourceIdentifier=", "sourceVersion=", "[", "{"),
}
"""How a word of each begins."""


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
