"""Words of the contract that a later version will know: told as such, not as misspellings."""

COMMANDS = frozenset({"batch", "init"})
OPTIONS: frozenset[str] = frozenset()


def later(word: str) -> str:
    """What to say of such a word."""
    return f"{word} is not in this version of localbuild"
