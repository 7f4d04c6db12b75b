"""The slice's door to processes: runs git so that a repository cannot run anything.

A repository's own configuration may name commands (a file system monitor, hooks, transports). They
are switched off. `Git` reads: no lock is taken, nothing is fetched, and no `GIT_*` variable of ours
gets in. `FetchingGit` fetches with what the user's git is configured with, and asks nobody.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

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


_FETCHING = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "advice.detachedHead=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
_NEVER_ASK = {
    "LC_ALL": "C",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
}
_WAYS = (
    *("GIT_ASKPASS", "GIT_CONFIG", "GIT_HTTP_", "GIT_LFS_"),
    *("GIT_PROXY_", "GIT_SSH", "GIT_SSL_"),
)
_LEASH = """\
exec 3<&0
{ read -r _ <&3; kill -s TERM 0; } &
"$@" < /dev/null 3<&-
status=$?
kill -s KILL $!
exit $status"""
"""Ends a command and all that it has started when the other end of stdin goes away."""

_NO_GIT = "git is not installed"
_UNREAD = "fatal: Could not read from remote repository."
_LOOK_S = 0.1
_PATIENCE_S = 2.0
_SIGTERM, _SIGKILL = 15, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAnswer:
    """What a git command printed; `problem` is '' where it succeeded, else one line.

    `status` is git's own, -1 where it did not run to its end.
    """

    output: bytes = b""
    problem: str = ""
    status: int = -1

    @property
    def did_not_run(self) -> bool:
        """Whether it is no answer of git's: git is missing, or was too slow."""
        return self.status == -1


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
        program = _find_git(ours)
        if not program:
            return GitAnswer(problem=_NO_GIT)
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
        return _answer(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchingGit:
    """Runs git for as long as `check` lets it: `check` raises where the work must end.

    `settings` are pairs of a configuration's name and value that no process list shows; `secrets`
    are variables for what these start.
    """

    check: Callable[[], None]
    environment: Mapping[str, str] | None = None
    settings: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def ask(self, directory: bytes, arguments: Sequence[str]) -> GitAnswer:
        """Run `git ARGUMENTS` in `directory` to its end; what `check` raises ends it at once."""
        ours = os.environ if self.environment is None else self.environment
        program = _find_git(ours)
        if not program:
            return GitAnswer(problem=_NO_GIT)
        variables = {n: v for n, v in ours.items() if not n.startswith("GIT_") or _is_way(n)}
        command = ("/bin/sh", "-c", _LEASH, "git", program, *_FETCHING, *arguments)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=directory,
                    env=self._with_settings(variables) | _NEVER_ASK | dict(self.secrets),
                    stdin=subprocess.PIPE,  # ends with us, however we end
                    stdout=out,
                    stderr=err,
                    start_new_session=True,  # no terminal to ask at, and a group to end
                )
            except OSError as error:
                return GitAnswer(problem=f"git did not start: {error.strerror}")
            with process:
                self._wait(process)
            out.seek(0)
            err.seek(0)
            return _answer(process.returncode, out.read(), err.read())

    def _with_settings(self, variables: dict[str, str]) -> dict[str, str]:
        """Behind those that the user has set in the same way."""
        given = variables.get("GIT_CONFIG_COUNT", "")
        count = int(given) if given.isdigit() else 0
        for number, (name, value) in enumerate(self.settings, start=count):
            variables[f"GIT_CONFIG_KEY_{number}"] = name
            variables[f"GIT_CONFIG_VALUE_{number}"] = value
        return variables | {"GIT_CONFIG_COUNT": str(count + len(self.settings))}

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        try:
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_S)
                self.check()
        except BaseException:
            _end_group(process)
            raise


def _find_git(variables: Mapping[str, str]) -> str:
    found = shutil.which("git", path=variables.get("PATH", os.defpath)) or ""
    return found if found.startswith("/") else ""


def _is_way(name: str) -> bool:
    """Whether a variable of git's says how to reach and to sign in to a server."""
    return name.startswith(_WAYS)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of a git and of those that it has started."""
    for number in (_SIGTERM, _SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)


def _answer(status: int, output: bytes, errors: bytes) -> GitAnswer:
    if status == 0:
        return GitAnswer(output=output, status=0)
    words = errors.decode(errors="backslashreplace").strip().splitlines()
    return GitAnswer(problem=_first_problem(words) or f"git ended with {status}", status=status)


def _first_problem(lines: Sequence[str]) -> str:
    """The line that says what went wrong; advice and progress come before and after it.

    Over SSH that is the line above git's own, where ssh or the server says why.
    """
    wrong = (line for line in lines if line.startswith(("fatal: ", "error: ", "ERROR: ")))
    found = next(wrong, lines[0] if lines else "")
    above = lines[: lines.index(found)] if found == _UNREAD else ()
    return next((line for line in reversed(above) if line.strip()), found)
