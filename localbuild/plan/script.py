"""How one command becomes a script, and how state gets from one script to the next.

CodeBuild's agent writes each command to `/codebuild/output/tmp/script.sh`, with three lines before
it that restore the state, so that a shell cites line 4 for a one-line command; the lines after it
save the state: all variables (`set -a` exports every assignment) and the working directory. A
command that leaves the shell early (`exit`, `exec`) skips these, and what it changed is lost.
Source: reference of CodeBuild's behaviour, 1.6.
"""

from collections.abc import Iterable

STATE_DIR = "/codebuild/output/tmp"
SCRIPT_FILE = f"{STATE_DIR}/script.sh"
ENV_FILE = f"{STATE_DIR}/env.sh"
DIRECTORY_FILE = f"{STATE_DIR}/dir.txt"
BEFORE_FILES = (f"{STATE_DIR}/before-env.sh", f"{STATE_DIR}/before-dir.txt")
STATE_LOST = 74
"""The status of a command whose variables the next one would not have: sysexits' EX_IOERR."""

_KEEPING = f"""\
set -a
. {ENV_FILE}
CODEBUILD_BUILD_SUCCEEDING={{succeeding}}
{{command}}

__localbuild_exit=$?
CODEBUILD_LAST_EXIT=${{{{__localbuild_exit-2}}}}
set +a
unset __localbuild_exit
{{before}}export -p >| {ENV_FILE} && pwd >| {DIRECTORY_FILE} || {{{{
  echo "localbuild: the variables could not be saved in {STATE_DIR}: is the disk full?"
  exit {STATE_LOST}
}}}}
exit $CODEBUILD_LAST_EXIT
"""

_BEFORE = f"""\
[ "$CODEBUILD_LAST_EXIT" = 0 ] || {{
  command -p cp -f {ENV_FILE} {BEFORE_FILES[0]}
  command -p cp -f {DIRECTORY_FILE} {BEFORE_FILES[1]}
}} 2> /dev/null || :
"""
"""A command may have changed the PATH, and may have functions with the names of programs."""

_TEXT = f"""\
. {ENV_FILE}
exec 2> /dev/null
cd "$(cat {DIRECTORY_FILE})"
cat << __localbuild_end_of_text
{{text}}
__localbuild_end_of_text
"""

_ISOLATED = f"""\
. {ENV_FILE}
export CODEBUILD_BUILD_SUCCEEDING={{succeeding}}
# version 0.1: nothing carries over
{{command}}
"""


def command_script(
    command: str, *, isolated: bool = False, succeeding: bool = True, recoverable: bool = False
) -> str:
    """The text of `script.sh` for a command; `isolated` (version 0.1) saves nothing.

    A command that ends in the middle must not take the next line with it and lose its status: the
    empty line takes up a backslash, and the status goes through a variable of its own, which stays
    unset after `&&`, `||` or `|` where the command failed; 2 is the shell's own for bad syntax.
    `>|` writes in spite of `set -C`.
    `succeeding` is what CODEBUILD_BUILD_SUCCEEDING says: 0 as soon as a command has failed.
    `recoverable`: where it fails, BEFORE_FILES hold what it began with.
    """
    template = _ISOLATED if isolated else _KEEPING
    return template.format(
        command=command.rstrip("\n"),
        succeeding=int(succeeding),
        before=_BEFORE if recoverable else "",
    )


def variables_script(names: Iterable[str], file: str = ENV_FILE) -> str:
    """A script that prints `=value` of each variable, ended by NUL; nothing for an unset one."""
    words = " ".join(f'"${{{name}+=}}${{{name}-}}"' for name in names)
    return f". {file}\nprintf '%s\\0' {words}\n"


def text_script(text: str) -> str:
    """A script that prints a text with its variables and commands expanded, as in double quotes.

    Its last line would end the text where it has the same words: no such text is a name.
    """
    return _TEXT.format(text=text)


def quote(value: str) -> str:
    """A value as one single-quoted word of the POSIX shell."""
    return "'" + value.replace("'", "'\\''") + "'"


def state_file(variables: Iterable[tuple[str, str]]) -> str:
    """The first state file: readable by every POSIX shell. Names must be shell names."""
    return "".join(f"export {name}={quote(value)}\n" for name, value in variables)


def is_shell_name(name: str) -> bool:
    """Whether a shell can have a variable of that name."""
    return name.isascii() and name.isidentifier()
