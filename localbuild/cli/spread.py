"""The one option of several words: `--environment-variables-override name=A,value=b name=C,…`."""

from collections.abc import Sequence

VARIABLES = "--environment-variables-override"
_FIRST = ("name=", "value=", "type=", "[", "{")


def spread_words(argv: Sequence[str]) -> list[str]:
    """The command line as click can read it: the option before each of its words."""
    spread: list[str] = []
    listing = False
    for word in argv:
        if listing and word.startswith(_FIRST) and spread[-1] != VARIABLES:
            spread.append(VARIABLES)
        listing = word == VARIABLES or (listing and word.startswith(_FIRST))
        spread.append(word)
    return spread
