"""What shells print where they cannot run something: dash's, bash's and busybox's words. Pure."""

import re

from localbuild.diagnosis.model import Cause, Failure, Rule, word
from localbuild.diagnosis.programs import where_from
from localbuild.plan.script import SCRIPT_FILE

_OF_BASH = frozenset(
    ("[[", "source", "declare", "typeset", "pushd", "popd", "shopt", "function", "mapfile", "let")
)
"""Words that bash has and dash has not."""

_NOT_FOUND = re.compile(
    r"^(?P<where>[^:]{1,300}): (?:(?:line )?\d+: )?(?P<what>.{1,300}?): (?:command )?not found\s*$"
)
_NO_INTERPRETER = re.compile(
    r"^(?:[^:]+: (?:line \d+: )?)?(?P<what>[^:\s]+): (?:(?P<program>[^:]+): bad interpreter: "
    r"No such file or directory|cannot execute: required file not found)\s*$"
)
_NO_ENV = re.compile(
    r"env: (?:can't execute )?['\u2018]?(?P<what>[^'\u2019]{1,300}?)['\u2019]?: "
    r"No such file or directory"
)
_DENIED = re.compile(
    r"^(?:(?P<where>[^:]+): )?(?:line )?(?:\d+: )?(?P<what>[^:]{1,300}): Permission denied\s*$"
)
_EXEC_FORMAT = re.compile(r"exec format error", re.IGNORECASE)
_SYNTAX = re.compile(
    r"^(?:(?P<where>[^:]{1,300}): )?(?:(?:line )?\d+: )?(?P<what>"
    r"syntax error: (?:(?:unexpected )?\"\(\".*|redirection unexpected.*|bad for loop variable)|"
    r"(?:syntax error: )?bad substitution|(?:set: )?illegal option -o pipefail)\s*$",
    re.IGNORECASE,
)
_CARRIAGE_RETURN = re.compile(
    r"^(?P<where>[^:]{1,300}): .*(?:\r: (?:command )?not found|\$'[^']*\\r': command not found|"
    r"illegal option -\r|\^M: bad interpreter)",
    re.IGNORECASE,
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")


def _not_found(failure: Failure, match: re.Match[str]) -> Cause | None:
    where, what = match["where"], match["what"]
    if what in _OF_BASH:
        return _bash_alone(failure, where, what)
    if failure.exit_status != 127 and "Error 127" not in failure.said:
        return None
    if _BINARY.search(what):
        return _other_format(failure, "a program was read as if it were a script")
    if "/" in what:
        return _no_file(what)
    return _no_program(failure, what, f"{what}: not found")


def _no_env(failure: Failure, match: re.Match[str]) -> Cause | None:
    what = match["what"]
    if what.endswith(("\\r", "\r")):
        return _line_ends("", f"env: '{what}': No such file or directory")
    return _no_program(failure, what, f"env: {what}: No such file or directory")


def _no_program(failure: Failure, program: str, said: str) -> Cause:
    image = failure.environment.image
    note = f"the output says '{said}': {program} is not on the PATH in image {image}"
    return Cause(note=note, hints=where_from(program, failure))


def _no_file(path: str) -> Cause:
    return Cause(
        note=f"the output says '{path}: not found': the file, or the program that its first line "
        "names, is not there",
        hints=(
            f"ls -l {word(path)}   # is it in the source, and not in what git ignores?",
            f"head -n 1 {word(path)} | od -c   # is the program in the image? \\r at its end: CRLF",
        ),
    )


def _no_interpreter(_: Failure, match: re.Match[str]) -> Cause:
    path, program = match["what"], match["program"] or "the program that its first line names"
    if program.endswith(("^M", "\r")):
        return _line_ends(path, f"{path}: {program}: bad interpreter")
    return Cause(
        note=f"the output says that {path} cannot be started: {program} is not there",
        hints=(f"bash {word(path)}   # or sh; or name in its first line what the image has",),
    )


def _denied(_: Failure, match: re.Match[str]) -> Cause:
    path = match["what"]
    return Cause(
        note=f"the output says '{path}: Permission denied': it is not executable, or a directory",
        hints=(
            f"git update-index --chmod=+x {word(path)}   # and commit it",
            f"or in the buildspec, before it: chmod +x {word(path)}",
        ),
    )


def _exec_format(failure: Failure, _: re.Match[str]) -> Cause:
    return _other_format(failure, "'exec format error'")


def _other_format(failure: Failure, said: str) -> Cause:
    platform = failure.environment.platform
    here = f" ({platform})" if platform else ""
    return Cause(
        note=f"the output says {said}: the program is for another platform than the build's"
        f"{here}, or is a script without a first line #!…",
        hints=(
            "file PROGRAM; uname -m   # in the build: do they agree?",
            "localbuild run --platform linux/arm64   # or linux/amd64: where the engine can run it",
        ),
    )


def _syntax(failure: Failure, match: re.Match[str]) -> Cause:
    return _bash_alone(failure, match["where"] or "", match["what"])


def _bash_alone(failure: Failure, where: str, what: str) -> Cause:
    """Words of bash that another shell was given: the commands' own, or a script's."""
    if where == SCRIPT_FILE and failure.shell == "sh":
        return Cause(
            note=f"the output says '{what}': commands run in sh, which has not all that bash has",
            hints=("in the buildspec: env: {shell: bash}",),
        )
    script = word(where) if "/" in where or where.endswith(".sh") else "SCRIPT"
    return Cause(
        note=f"the output says '{what}': sh has run what may be written for bash",
        hints=(f"bash {script}   # in place of sh {script}; its first line: #!/bin/bash",),
    )


def _carriage_return(_: Failure, match: re.Match[str]) -> Cause:
    where = match["where"]
    return _line_ends("" if where == SCRIPT_FILE else where, "a command that ends with \\r")


def _line_ends(path: str, said: str) -> Cause:
    """A file of Windows' line ends; `path` is '' where it is not known which."""
    file = word(path or "FILE")
    return Cause(
        note=f"the output has {said}: lines end with CRLF, as on Windows",
        hints=(
            f"sed -i 's/\\r$//' {file}   # in the buildspec, before it runs",
            "*.sh text eol=lf   # in .gitattributes; then git add --renormalize .",
        ),
    )


RULES = (
    Rule(pattern=_CARRIAGE_RETURN, explain=_carriage_return),
    Rule(pattern=_SYNTAX, explain=_syntax),
    Rule(pattern=_NOT_FOUND, explain=_not_found),
    Rule(pattern=_NO_INTERPRETER, explain=_no_interpreter, statuses=(126, 127)),
    Rule(pattern=_NO_ENV, explain=_no_env, statuses=(127,)),
    Rule(pattern=_DENIED, explain=_denied, statuses=(126,)),
    Rule(pattern=_EXEC_FORMAT, explain=_exec_format),
)
"""A line that fits several means the first."""
