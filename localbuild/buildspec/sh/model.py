"""What a shell text says, as far as rules ask: simple commands and where each of them stands."""

from dataclasses import dataclass

from localbuild.buildspec.sh.lex import HereDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A simple command. `words`, `assignments` and `redirects` are as they are written, `argv` is
    the words without their quotes.

    `line` counts from 0. `inside`: the constructs around it, the outermost first (`if`, `for`,
    `while`, `case`, `{`, `(`, `function`). `tested`: something looks at its status (a test, `||`,
    `!`). `piped`: its output goes into a pipe, `pipefail`: and that pipe tells its failure.
    `into`: the words of the command that reads it. `reads`: its input comes out of a pipe.
    `followed`: when it fails, the commands after it run, and its failure is lost. `guarded`: it
    runs only if an `if`, a `case`, `&&` or `||` says so. `rescued`: the words after its `||`.
    """

    words: tuple[str, ...]
    line: int
    assignments: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    tested: bool = False
    negated: bool = False
    piped: bool = False
    pipefail: bool = False
    reads: bool = False
    followed: bool = False
    guarded: bool = False
    background: bool = False
    rescued: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first word, empty for assignments alone."""
        return self.argv[0] if self.argv else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One shell text. `broken` says what its shell would refuse, empty for a sound one."""

    text: str
    commands: tuple[Simple, ...] = ()
    functions: tuple[str, ...] = ()
    documents: tuple[HereDocument, ...] = ()
    broken: str = ""
    broken_line: int = 0
