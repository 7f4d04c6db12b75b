"""How a command speaks: data to stdout, everything else to stderr; the one door to both."""

import contextlib
import json
from dataclasses import dataclass, field
from typing import TextIO

from localbuild.errors import HostResourceError
from localbuild.lines import harmless, harmless_json, one_line
from localbuild.logs.mask import Mask

_COLOURS = {"error": "31;1", "warning": "33", "note": "36", "hint": "32"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The two streams, without secrets. `quiet` leaves out notes, `verbose` adds details."""

    stdout: TextIO
    stderr: TextIO
    coloured: bool = False
    quiet: bool = False
    verbose: int = 0
    mask: Mask = field(default_factory=Mask, repr=False)

    def data(self, text: str) -> None:
        """The result; nobody may want it any more. Raises HostResourceError."""
        self.masked_data(self.mask.text(text))

    def lines(self, text: str) -> None:
        """A result for people, with somebody else's words in it: no CI finds a command there."""
        self.masked_data(harmless(self.mask.text(text)))

    def document(self, value: object) -> None:
        """The result as one JSON document; numbers and keys are no place for `***`."""
        self.masked_data(harmless_json(json.dumps(self._masked(value), indent=2)))

    def masked_data(self, text: str) -> None:
        """A result that has passed the mask, as what is in a build's record."""
        try:
            self.stdout.write(text if text.endswith("\n") or not text else text + "\n")
            self.stdout.flush()
        except BrokenPipeError:
            return
        except OSError as error:
            raise HostResourceError(f"cannot write the result: {error.strerror}") from None

    def _masked(self, value: object) -> object:
        """A JSON value with its texts masked."""
        if isinstance(value, str):
            return self.mask.text(value)
        if isinstance(value, dict):
            return {key: self._masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(item) for item in value]
        return value

    def say(self, text: str) -> None:
        """A line beside the result, also when asked to be quiet."""
        shown = harmless(self.mask.text(text))
        with contextlib.suppress(OSError, ValueError):
            self.stderr.write(shown if shown.endswith("\n") else shown + "\n")
            self.stderr.flush()

    def remark(self, text: str) -> None:
        """A line beside the result."""
        if not self.quiet:
            self.say(text)

    def detail(self, text: str) -> None:
        """A line for `-v`: what took how long, and why something was decided."""
        if self.verbose:
            self.say(text)

    def error(self, text: str) -> None:
        """What went wrong."""
        self.say(self._labelled("error", text))

    def warning(self, text: str) -> None:
        """What the user should know, also when asked to be quiet."""
        self.say(self._labelled("warning", text))

    def note(self, text: str) -> None:
        """What the user may want to know."""
        self.remark(self._labelled("note", text))

    def hint(self, text: str) -> None:
        """What to do about it; can be pasted."""
        self.say(f"  {self._labelled('hint', text)}")

    def _labelled(self, word: str, text: str) -> str:
        """One line, whatever a text in it holds; secrets of several lines are masked before."""
        label = f"\x1b[{_COLOURS[word]}m{word}:\x1b[0m" if self.coloured else f"{word}:"
        return f"{label} {one_line(self.mask.text(text))}"
