"""Our side of the driver of commands: its program text, requests, control lines, end of output.

The protocol is described in `driver.sh`. Tokens are fresh for each command and travel on stdin
only, so that nothing that a build prints can pass for an end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from secrets import token_hex

from localbuild.container.scripts import read_script
from localbuild.plan.script import STATE_DIR, quote

TOKEN_BYTES = 16
OUTPUT_PIPE = "/codebuild/readonly/output"


def driver_program() -> str:
    """The text of the driver, for `sh -c`."""
    text = read_script("driver.sh")
    return text.replace("@STATE@", STATE_DIR).replace("@OUTPUT@", OUTPUT_PIPE)


def encode_run(token: str, shell: str, user: str, script: str) -> bytes:
    """The request that runs a script; `user` '' is root."""
    body = script if script.endswith("\n") else script + "\n"
    head = f"run {token} {shell} {user}".rstrip()
    return f"{head}\n{body}{token}\n".encode("utf-8", "surrogateescape")


def setup_script(
    directories: Iterable[tuple[str, int]], files: Iterable[tuple[str, str, int]]
) -> str:
    """A script that makes directories (path, mode) and text files (path, text, mode).

    It is the first that runs: quicker than the engine's archive API, on any engine.
    """
    folders, texts = tuple(directories), tuple(files)
    lines = ["set -e"]
    if folders:
        lines.append(f"mkdir -p {' '.join(quote(path) for path, _ in folders)}")
    lines += _chmod(folders)
    for path, text, _ in texts:
        end = f"end-{token_hex(TOKEN_BYTES)}"
        body = text if text.endswith("\n") or not text else f"{text}\n"
        lines += [f"cat > {quote(path)} << '{end}'", f"{body}{end}"]
    lines += _chmod((path, mode) for path, _, mode in texts)
    return "\n".join(lines)


def _chmod(modes: Iterable[tuple[str, int]]) -> Iterator[str]:
    """One process for all neighbours of one mode."""
    for mode, group in groupby(modes, key=itemgetter(1)):
        yield f"chmod {mode:o} {' '.join(quote(path) for path, _ in group)}"


def encode_check(pid: str) -> bytes:
    """The request that asks whether a process lives."""
    return f"check {pid}\n".encode()


TERMINATE = b"terminate\n"
HELLO = b"hello\n"
"""Says that we live; sent as soon as the container has been started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control line, taken apart: `word` is ready, done, state or unwritten."""

    word: str
    values: tuple[str, ...] = ()


class ControlLines:
    """Control bytes in, whole control lines out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Control]:
        """The lines that this piece completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        words = [line.decode("ascii", "replace").split() for line in lines]
        return [Control(word=w[0], values=tuple(w[1:])) for w in words if w]


class OutputGate:
    """Finds the end of a command's output: lets bytes through until NUL + token."""

    def __init__(self) -> None:
        self._mark = b""
        self._held = b""
        self.ended = True

    def begin(self, token: str) -> None:
        """A command starts; what was held since the last one belongs to it."""
        self._mark = b"\0" + token.encode()
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        """The bytes of this piece that can be let through."""
        if self.ended:
            self._held += data
            return b""
        data = self._held + data
        end = data.find(self._mark)
        if end >= 0:
            self.ended = True
            self._held = data[end + len(self._mark) :]
            return data[:end]
        keep = self._possible_start(data)
        self._held = data[len(data) - keep :]
        return data[: len(data) - keep]

    def drain(self) -> bytes:
        """What is still held, at the end of everything."""
        held, self._held = self._held, b""
        return held

    def _possible_start(self, data: bytes) -> int:
        """How many of the last bytes may be the beginning of the mark."""
        at = data.rfind(b"\0", -len(self._mark))
        return len(data) - at if at >= 0 and self._mark.startswith(data[at:]) else 0
