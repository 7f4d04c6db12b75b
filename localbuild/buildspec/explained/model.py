"""What can be said about a code: what it means, why it matters, how to mend it, two samples."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`what` is one sentence. `bad` and `good` are whole buildspecs, empty where a text has none.

    `fixable`: `localbuild lint --fix` mends it where that is safe.
    """

    what: str
    why: str
    source: str = ""
    bad: str = ""
    good: str = ""
    fixable: bool = False

    @property
    def paragraph(self) -> str:
        """All of it but the samples, on one line."""
        return f"{self.what} {self.why}".strip()

    def page(self, code: str) -> str:
        """The text of `localbuild explain CODE`."""
        parts = [f"{code}: {self.what}", self.why]
        if self.fixable:
            parts.append("`localbuild lint --fix` mends it.")
        if self.source:
            parts.append(f"Source: {self.source}.")
        parts += [
            f"{title}:\n\n{_indented(sample)}"
            for title, sample in (("Bad", self.bad), ("Good", self.good))
            if sample
        ]
        return "\n\n".join(part for part in parts if part)

    def markdown(self) -> str:
        """The page without its code, for what shows Markdown."""
        parts = [self.what, self.why]
        parts += [f"Source: {self.source}."] if self.source else []
        for title, sample in (("Bad", self.bad), ("Good", self.good)):
            parts += [f"{title}:\n\n```yaml\n{sample.rstrip()}\n```"] if sample else []
        return "\n\n".join(part for part in parts if part)


def build(*commands: str, more: str = "") -> str:
    """A buildspec whose BUILD has those commands, each with its own line ends."""
    return phases(build=commands, more=more)


def phases(more: str = "", **commands: tuple[str, ...]) -> str:
    """A buildspec with commands in several phases; `more` stands before them."""
    lines = ["version: 0.2", *more.strip("\n").splitlines(), "phases:"]
    for name, texts in commands.items():
        lines += [f"  {name}:", "    commands:"]
        for text in texts:
            first, *rest = text.strip("\n").split("\n")
            lines += [f"      - {first}", *(f"        {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
