"""The one option of several words: `--environment-variables-override name=A,value=b name=C,…`."""

from collections.abc import Sequence

VARIABLES = "--environment-variables-override"


def spread_words(argv: Sequence[str]) -> list[str]:
    """`--environment-variables-override A B` as click can read it: the option before each word."""
    spread: list[str] = []
    listing = False
    for word in argv:
        if listing and word.startswith("name=") and spread[-1] != VARIABLES:
            spread.append(VARIABLES)
        listing = word == VARIABLES or (listing and word.startswith("name="))
        spread.append(word)
    return spread
