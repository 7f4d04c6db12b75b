"""The mask port: what must never be seen in anything that we write."""

from typing import Protocol


class Mask(Protocol):
    """Knows the secrets of a process and takes them out of texts.

    A value is masked in whatever is written after `add`: whoever fetches a value adds it before
    any other code can print it. `add` may be called from any thread, at any time, and more than
    once with the same value.
    """

    def add(self, value: str) -> bool:
        """Mask the value from now on; False where it is too short to be masked.

        The caller tells the user of such a value, without the value.
        """

    def text(self, text: str) -> str:
        """A whole text with `***` in place of every secret."""

    def begin(self, text: str) -> str:
        """The same of the beginning of a text whose rest is lost.

        What may be the beginning of a secret at its end is left out.
        """


class NoMask:
    """Masks nothing, for runs whose events nobody keeps."""

    def add(self, value: str) -> bool:
        """It is not masked: this is no place for secrets."""
        return not value

    def text(self, text: str) -> str:
        """The text as it is."""
        return text

    def begin(self, text: str) -> str:
        """The text as it is."""
        return text


NO_MASK = NoMask()
