"""The words that start a program in a build's container as if it were one of its commands. Pure.

It gets the variables and the working directory of a state that was set aside, or of the last one,
and nothing of the engine's own. The build's shell reads the state: no other may know how to.
"""

from collections.abc import Sequence

from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE
from localbuild.plan.states import STATES_DIR

_EMPTY = 'exec env -i PATH="$PATH" "$@"'
_ENTER = f"""\
if [ -f "{STATES_DIR}/$1/env.sh" ]; then
  . "{STATES_DIR}/$1/env.sh"
  cd -- "$(cat "{STATES_DIR}/$1/dir.txt")"
else
  . {ENV_FILE}
  cd -- "$(cat {DIRECTORY_FILE})"
fi || cd /codebuild
if [ "$2" ]; then export TERM="$2"; fi
shift 2
if ! command -v "$1" > /dev/null; then
  printf 'localbuild: %s: no such program in the container\n' "$1" >&2
  exit 127
fi
exec "$@"
"""
_INTERACTIVE = """\
if ! [ -x "$HOME" ]; then
  HOME=$(getent passwd "$(id -u)" 2> /dev/null | cut -d : -f 6)
  export HOME="${HOME:-/}"
fi
if command -v bash > /dev/null; then exec bash; fi
export PS1='$PWD $ '
exec sh
"""


def enter_words(
    shell: str, state: str, words: Sequence[str], *, terminal: str | None
) -> tuple[str, ...]:
    """A whole program for the container. `terminal`: the kind of terminal it has, None for none.

    No words: a shell, which reads commands; one: a command line for the build's shell; more: a
    program with its arguments.
    """
    if not words:
        asked: Sequence[str] = (shell,) if terminal is None else ("sh", "-c", _INTERACTIVE)
    else:
        asked = (shell, "-c", words[0]) if len(words) == 1 else words
    own = (shell, "-c", _ENTER, "localbuild", state, terminal or "", *asked)
    return ("sh", "-c", _EMPTY, "sh", *own)
