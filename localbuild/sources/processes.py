"""The slice's door to processes: runs git so that the repository it reads cannot run anything.

A repository's own configuration may name commands (a file system monitor, hooks, transports). They
are switched off, no lock is taken, nothing is fetched, and no `GIT_*` variable of ours gets in.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWITCHED_OFF = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.directory=*"),
)
_SETTINGS = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAnswer:
    """What a git command printed; `problem` is '' where it succeeded, else one line.

    `status` is git's own, -1 where it did not run to its end.
    """

    output: bytes = b""
    problem: str = ""
    status: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git with the variables given (None: this process's own), each command in its time."""

    environment: Mapping[str, str] | None = None
    timeout_s: float = 120.0

    def ask(self, directory: bytes, arguments: Sequence[str], *, inside: bytes = b"") -> GitAnswer:
        """Run `git ARGUMENTS` in `directory`; a git that is missing or late is a problem.

        `inside`: the repository is not looked for in that directory and above it.
        """
        ours = os.environ if self.environment is None else self.environment
        program = shutil.which("git", path=ours.get("PATH", os.defpath))
        if program is None or not program.startswith("/"):
            return GitAnswer(problem="git is not installed")
        variables = {name: value for name, value in ours.items() if not name.startswith("GIT_")}
        variables |= _SETTINGS | {"GIT_CEILING_DIRECTORIES": os.fsdecode(inside)}
        return self._run((program, *_SWITCHED_OFF, *arguments), directory, variables)

    def _run(
        self, command: tuple[str, ...], directory: bytes, variables: Mapping[str, str]
    ) -> GitAnswer:
        try:
            done = subprocess.run(
                command,
                cwd=directory,
                env=variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return GitAnswer(problem=f"git gave no answer within {self.timeout_s:.0f} s")
        except OSError as error:
            return GitAnswer(problem=f"git did not start: {error.strerror}")
        if done.returncode == 0:
            return GitAnswer(output=done.stdout, status=0)
        words = done.stderr.decode(errors="backslashreplace").strip().splitlines()
        problem = words[0] if words else f"git ended with {done.returncode}"
        return GitAnswer(problem=problem, status=done.returncode)
