"""States of a build that are set aside: its variables and working directory at some moment. Pure.

Each is a folder below `STATES_DIR` with the two files that the scripts share. Where these lie in
memory alone, the container's end takes them; then `KEPT_DIR` has what may lie on a disk of them.
"""

import re
from collections.abc import Iterable

from localbuild.plan.script import BEFORE_FILES, DIRECTORY_FILE, ENV_FILE, STATE_DIR
from localbuild.terms import PhaseType

STATES_DIR = f"{STATE_DIR}/states"
KEPT_DIR = "/codebuild/readonly/states"
_STALE = ("/var/run/docker.pid", "/var/run/docker/containerd/containerd.pid")
LAST = "last"
"""The state in which everything ended."""

FILES = ("env.sh", "dir.txt")
_NAMES = re.compile(rb"^(?:export|declare -x) ([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE)


def phase_state(phase: PhaseType) -> str:
    """The state that a phase begins with."""
    return str(phase)


def before_command(phase: PhaseType, list: str, number: int) -> str:
    """The state that a command began with which has failed."""
    return f"{phase}-{list}-{number}-before"


def after_command(phase: PhaseType, list: str, number: int) -> str:
    """The state that it has left."""
    return f"{phase}-{list}-{number}-after"


def copy_script(state: str) -> str:
    """Sets aside the state of now."""
    return _into(f"{STATES_DIR}/{state}", (ENV_FILE, DIRECTORY_FILE))


def failure_script(before: str, after: str) -> str:
    """Sets aside the states around a command that has just failed.

    One that left the shell early has changed nothing, and noted nothing.
    """
    env, directory = BEFORE_FILES
    noted = _into(f"{STATES_DIR}/{before}", BEFORE_FILES).strip()
    return (
        f"{copy_script(after)}"
        f"if [ -f {env} ] && [ -f {directory} ]; then\n{noted}\nrm -f {env} {directory}\n"
        f"else\n{copy_script(before)}fi\n"
    )


def restore_script(state: str) -> str:
    """Makes a state that of now; where there is none of that name, all stays as it ended."""
    return f"if [ -f {STATES_DIR}/{state}/env.sh ]; then\n{_back(state)}fi\n"


def revive_script() -> str:
    """What a container that was started again runs first: states that lay in memory are back.

    A Docker daemon of the build's own has been ended without a word, and would not begin again.
    """
    return (
        f"rm -f {' '.join(_STALE)}\n"
        f"[ ! -d {KEPT_DIR} ] || {{ mkdir -p {STATES_DIR} && cp -R {KEPT_DIR}/. {STATES_DIR}/; }}\n"
        f"if [ ! -f {ENV_FILE} ]; then\n{_back(LAST)}fi\n"
    )


def exported_names(text: bytes) -> tuple[str, ...]:
    """The names that a state file may export: a line within a value may look like one, too."""
    return tuple(dict.fromkeys(name.decode("ascii") for name in _NAMES.findall(text)))


def _back(state: str) -> str:
    """The files stay writable by every user that commands run as."""
    pairs = zip(FILES, (ENV_FILE, DIRECTORY_FILE), strict=True)
    copies = (f"cat {STATES_DIR}/{state}/{name} > {path}" for name, path in pairs)
    return f"{' && '.join(copies)} && chmod 666 {ENV_FILE} {DIRECTORY_FILE}\n"


def _into(folder: str, files: Iterable[str]) -> str:
    copies = (f"cat {path} > {folder}/{name}" for path, name in zip(files, FILES, strict=True))
    return f"mkdir -p {folder} && {' && '.join(copies)}\n"
