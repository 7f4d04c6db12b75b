"""What the parser fills while it reads: a command, and the construct that is open around it."""

from dataclasses import dataclass, field, replace

from localbuild.buildspec.sh.model import Simple
from localbuild.buildspec.sh.words import literal


@dataclass(slots=True, kw_only=True, eq=False)
class Draft:
    """A simple command that is being read; see `Simple`."""

    line: int
    inside: tuple[str, ...]
    words: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    tested: bool = False
    negated: bool = False
    piped: bool = False
    pipefail: bool = False
    reads: bool = False
    followed: bool = False
    guarded: bool = False
    background: bool = False
    rescued: "Draft | None" = None
    into: "Draft | None" = None

    def done(self) -> Simple:
        """The command as a value."""
        return Simple(
            words=tuple(self.words),
            line=self.line,
            assignments=tuple(self.assignments),
            redirects=tuple(self.redirects),
            inside=self.inside,
            tested=self.tested or self.rescued is not None,
            negated=self.negated,
            piped=self.piped,
            pipefail=self.pipefail,
            reads=self.reads,
            followed=self.followed,
            guarded=self.guarded,
            background=self.background,
            rescued=tuple(self.rescued.words) if self.rescued else (),
            into=tuple(self.into.words) if self.into else (),
            argv=tuple(literal(word) for word in self.words),
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Frame:
    """A construct that is open, and the list of statements in it.

    `part`: `test`, `words` and `patterns` come before a `body`. `element` is the part of a pipeline
    read last, `chain` what stands before it in its list of `&&`, `rescue` what the next command
    stands in for after `||`. `tails` is the statement before, `ends` the last statements of
    branches that are read to their end. `options` are those to go back to when it closes.
    """

    kind: str
    part: str = "body"
    line: int = 0
    element: list[Draft] = field(default_factory=list)
    chain: list[Draft] = field(default_factory=list)
    rescue: list[Draft] = field(default_factory=list)
    tails: list[Draft] = field(default_factory=list)
    ends: list[Draft] = field(default_factory=list)
    after: str = ""
    negated: bool = False
    guarded: bool = False
    is_function: bool = False
    options: "Options | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the shell that decide what becomes of a failure."""

    errexit: bool = False
    pipefail: bool = False

    def after(self, words: list[str]) -> "Options":
        """The options once a command with those words has run."""
        if words[:1] == ["trap"] and words[-1] == "ERR":
            return replace(self, errexit=True)
        if words[:1] != ["set"]:
            return self
        found = self
        for number, word in enumerate(words[1:], 1):
            on = word[:1] == "-"
            if on or word[:1] == "+":
                found = replace(found, errexit=on) if "e" in word[1:] else found
            name = word if words[number - 1][-1:] == "o" else ""
            if name in ("errexit", "pipefail"):
                on = words[number - 1][:1] == "-"
                found = _with(found, name, on=on)
        return found


def _with(options: Options, name: str, *, on: bool) -> Options:
    if name == "errexit":
        return replace(options, errexit=on)
    return replace(options, pipefail=on)
