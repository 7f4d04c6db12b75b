"""The way through a shell text: lists, pipelines, constructs, and whose failure is lost. Pure.

Source: POSIX, Shell Command Language, 2.9.2 Pipelines, 2.9.3 Lists, 2.9.4 Compound Commands.
"""

from localbuild.buildspec.sh.draft import Draft, Frame, Options

DEEPEST = 100
"""So many constructs within each other are followed."""

LOOPS = ("for", "while", "until", "select")
_CLOSING = {"if": "fi", "case": "esac", "{": "}", "(": ")"}


class BrokenError(ValueError):
    """What the shell would refuse, and on which line."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


class Flow:
    """Takes commands, operators and constructs in their order, and marks the commands."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.frames = [Frame(kind="")]
        self.current: Draft | None = None
        self.options = Options()
        self.piped: list[Draft] = []

    @property
    def frame(self) -> Frame:
        """The innermost construct."""
        return self.frames[-1]

    def begin(self, line: int) -> Draft:
        """A simple command begins: the statement before it has been left, with its failure."""
        self._leave()
        frame = self.frame
        self.current = Draft(
            line=line,
            inside=tuple("function" if f.is_function else f.kind for f in self.frames[1:]),
            tested=frame.negated or any(f.part == "test" for f in self.frames),
            negated=frame.negated,
            reads=frame.after == "|",
            guarded=any(map(_is_guarded, self.frames)),
            pipefail=self.options.pipefail,
        )
        frame.negated = False
        self.drafts.append(self.current)
        return self.current

    def drop(self) -> str:
        """The command that was begun is the name of a function."""
        name = self.drafts.pop().words[0]
        self.current = None
        return name

    def _leave(self) -> None:
        frame = self.frame
        if not self.options.errexit:
            for draft in frame.tails:
                draft.followed = True
        frame.tails = []

    def finish(self) -> None:
        """The simple command ends: it is now the last part of its pipeline."""
        draft, self.current = self.current, None
        if draft is None:
            return
        frame = self.frame
        for rescued in frame.rescue:
            rescued.rescued = draft
        for piped in self.piped:
            piped.into = draft
        self.piped, frame.rescue, frame.element, frame.after = [], [], [draft], ""
        self.options = self.options.after(draft.words)

    def join(self, operator: str, line: int) -> None:
        """`|`, `|&`, `&&`, `||`."""
        self.finish()
        frame = self.frame
        if not frame.element:
            raise BrokenError(f"'{operator}' with no command before it", line)
        if operator in ("|", "|&"):
            for draft in frame.element:
                draft.piped = True
            self.piped, frame.after = frame.element, "|"
        elif operator == "&&":
            frame.chain += frame.element
            frame.after = operator
        else:
            frame.rescue = [*frame.chain, *frame.element]
            frame.chain, frame.after = [], operator
            for draft in frame.rescue:
                draft.tested = True
        frame.element = []

    def end(self, operator: str, line: int) -> None:
        """`;`, `&`, a line end."""
        self.finish()
        frame = self.frame
        if not frame.element:
            if operator != "\n":
                raise BrokenError(f"'{operator}' with no command before it", line)
            return
        done = [*frame.chain, *frame.element]
        if operator == "&":
            for draft in done:
                draft.background = True
        frame.tails = [] if operator == "&" else done
        frame.chain, frame.element, frame.after = [], [], ""

    def open(self, kind: str, part: str, line: int, *, is_function: bool = False) -> None:
        """A construct begins. Raises BrokenError without words where it is too deep to follow."""
        if len(self.frames) > DEEPEST:
            raise BrokenError("", line)
        self._leave()
        outer = self.frame
        inner = Frame(kind=kind, part=part, line=line, is_function=is_function)
        inner.rescue, outer.rescue = outer.rescue, []
        inner.guarded = bool(inner.rescue)
        inner.negated, outer.negated = outer.negated, False
        if kind == "(" or is_function:
            inner.options = self.options
        self.frames.append(inner)

    def branch(self, part: str) -> None:
        """`then`, `else`, `elif`, `do`, `;;`: another part of the construct begins."""
        frame = self.frame
        if frame.part == "body":
            frame.ends += frame.tails
        frame.tails, frame.part = [], part

    def close(self, kind: str, word: str, line: int) -> None:
        """A construct ends; `kind` is what should be open, `do` any loop."""
        self.end("\n", line)
        frame = self.frame
        is_loop = kind == "do" and frame.kind in LOOPS and frame.part == "body"
        is_cut = kind == "if" and frame.part == "test"
        if (frame.kind != kind and not is_loop) or is_cut or len(self.frames) == 1:
            raise BrokenError(f"'{word}' is not expected here", line)
        if is_loop and not self.options.errexit:
            for draft in frame.tails:
                draft.followed = True
        self.options = frame.options or self.options
        self.frames.pop()
        ends = [] if frame.is_function else [*frame.ends, *frame.tails]
        self.frame.element = ends or [Draft(line=line, inside=())]
        self.frame.after = ""

    def refuse_open(self) -> None:
        """Raises BrokenError where the text ends inside a construct."""
        frame = self.frame
        if len(self.frames) > 1:
            wanted = _CLOSING.get(frame.kind, "done")
            raise BrokenError(f"'{frame.kind}' without '{wanted}'", frame.line)
        if frame.after in ("|", "&&", "||"):
            raise BrokenError(f"nothing after '{frame.after}'", frame.line)


def _is_guarded(frame: Frame) -> bool:
    branches = frame.kind in ("if", "case") and frame.part == "body"
    return branches or frame.guarded or bool(frame.chain or frame.rescue)
