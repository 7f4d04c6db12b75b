"""What kind of document is read: its name in messages, and whether it has tags of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`has_tags`: tags that begin with `!` mean something and stay with their nodes."""

    what: str
    has_tags: bool = False


BUILDSPEC = Dialect(what="a buildspec")
