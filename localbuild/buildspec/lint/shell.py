"""Rules about the shell that reads a command: which one it is, and what it cannot read."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.bash_only import bash_only
from localbuild.buildspec.lint.commands import (
    DEEPEST,
    Command,
    commands,
    line_of,
    scripts,
    warning,
)
from localbuild.buildspec.lint.platform import has_bash, looks_like_windows
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.sh.lex import HereDocument, Kind, lex
from localbuild.buildspec.sh.model import Script
from localbuild.buildspec.sh.parse import LONGEST, parse
from localbuild.buildspec.sh.words import substitutions
from localbuild.errors import Problem

ESCAPED_BLANK = re.compile(r"\\[ \t]")


def lb209_windows_command(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for a file: the first such command stands for all."""
    for _, command in commands(buildspec):
        if looks_like_windows(command.value):
            message = "this command looks as if it were for Windows"
            yield warning("LB209", message, command.place, "only Linux builds run here")
            return


def lb303_bash_in_sh(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for each construct: the first command that has it stands for all.

    Source: shells and commands in build environments; the default shell of Linux is sh.
    """
    if has_bash(buildspec):
        return
    told: set[str] = set()
    for command in scripts(buildspec):
        for name, simple in bash_only(command.script):
            if name not in told:
                told.add(name)
                message = f"'{name}' is known to bash, not to every sh"
                hint = "set the shell: env: / shell: bash"
                yield warning("LB303", message, command.place(simple), hint)


def lb304_incomplete(buildspec: Buildspec) -> Iterator[Problem]:
    """A command that its shell refuses to read, most often one that goes on in the next item.

    Source: measured; every command is a script of its own.
    """
    for command in scripts(buildspec):
        script = command.script
        document = next((d for d in _documents(script) if not d.ended), None)
        if script.broken and not _is_template(command):
            message = f"the shell cannot read this command: {script.broken}"
            place = command.place()
            hint = "a command is a script of its own: write what belongs together below - |"
            yield warning("LB304", message, place, hint)
        elif document is not None and document.mark:
            message = f"the here-document has no line that is '{document.mark}' alone"
            hint = "below - | the end mark stands as far left as the command does"
            yield warning("LB304", message, command.place(), hint)


def _documents(script: Script, depth: int = 0) -> Iterator[HereDocument]:
    yield from script.documents
    for simple in script.commands if depth < DEEPEST else ():
        for word in (*simple.assignments, *simple.words):
            for code in substitutions(word):
                yield from _documents(parse(code), depth + 1)


def _is_template(command: Command) -> bool:
    """What a template engine still has to fill in is not for a shell to read."""
    return bool(re.search(r"\{\{|\{%|<%|\$\{\{", command.text.value))


def lb315_escaped_blank(buildspec: Buildspec) -> Iterator[Problem]:
    """A backslash that was to continue a line, and stands before a blank.

    Source: YAML 1.1, folded and plain scalars: line ends become blanks.
    """
    for command in scripts(buildspec):
        text = command.text.value
        if not ESCAPED_BLANK.search(text) or len(text) > LONGEST:
            continue
        for token in lex(text).tokens:
            if token.kind is Kind.WORD and ESCAPED_BLANK.match(token.text):
                message = "the backslash stands before a blank and becomes part of an argument"
                hint = "YAML joins these lines itself: leave the backslashes out, or write - |"
                if command.text.block:
                    hint = "a backslash continues a line only as its very last character"
                yield warning("LB315", message, line_of(command.text, token.line), hint)
                break
