"""A process whose system calls are counted over all of its threads, and ended or failed at any.

The kernel hands each call to us before it is done (seccomp, user notification). `strace -e inject`
counts for every thread and every kind of call by itself, so it could not name the N-th of all.
"""

import array
import ctypes
import os
import pickle
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENOENT
from fcntl import ioctl
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

from tests.conftest import missing
from tests.faults.processes import processes

OPEN = 257
_HARMLESS = {
    "read": 0, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "ioctl": 16, "pread64": 17, "readv": 19, "access": 21, "select": 23, "sched_yield": 24,
    "mremap": 25, "madvise": 28, "dup": 32, "dup2": 33, "nanosleep": 35, "getpid": 39,
    "socket": 41, "connect": 42, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47,
    "getsockname": 51, "getpeername": 52, "setsockopt": 54, "getsockopt": 55, "clone": 56,
    "exit": 60, "wait4": 61, "uname": 63, "fcntl": 72, "flock": 73, "getcwd": 79,
    "readlink": 89, "gettimeofday": 96, "getuid": 102, "getgid": 104, "geteuid": 107,
    "getegid": 108, "getppid": 110, "sigaltstack": 131, "statfs": 137, "fstatfs": 138,
    "prctl": 157, "arch_prctl": 158, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
    "getdents64": 217, "set_tid_address": 218, "clock_gettime": 228, "clock_nanosleep": 230,
    "exit_group": 231, "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "ppoll": 271,
    "set_robust_list": 273, "epoll_create1": 291, "dup3": 292, "prlimit64": 302,
    "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "clone3": 435,
    "faccessat2": 439, "fgetxattr": 193, "flistxattr": 196, "tgkill": 234,
}  # fmt: skip
"""What changes no file. Every other call counts as one that does: none can be forgotten."""

READING = (0, 5, 17, 217, 262)
"""Calls that changes nothing and may fail all the same: read, fstat, pread64, getdents64, stat."""

_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_PROGRAM_LIMIT = 4096
_SECCOMP, _SET_FILTER, _NEW_LISTENER = 317, 1, 1 << 3
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_X86_64 = 0xC000003E
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_LOAD, _IF_EQUAL, _IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_NO_NEW_PRIVS = 38
_ACTIONS = Path("/proc/sys/kernel/seccomp/actions_avail")

GO_ON, KILL = 0, -1


class Call(NamedTuple):
    """One call: its number among all that count, from 1, and the kernel's number of its kind."""

    number: int
    kind: int


Judge = Callable[[Call], int]
"""GO_ON, KILL, or the error that the call fails with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended, and how many calls of it were counted. `code` is -9 for a kill."""

    code: int
    calls: int
    said: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Runs functions in processes of their own. `and_reads`: calls that only read count, too."""

    folder: Path
    and_reads: bool = False
    processes: ForkServerContext = field(default_factory=processes)

    def run(self, work: Callable[..., object], *args: object, judge: Judge) -> Ended:
        """Run `work(*args)`, which must be importable; each of its calls is judged."""
        _require_kernel()
        with socket.socket(socket.AF_UNIX) as door:
            path = str(self.folder / f"door-{os.urandom(4).hex()}")
            door.bind(path)
            door.listen(1)
            process = self.processes.Process(target=_begin, args=(path, self.and_reads, work, args))
            process.start()
            calls, answer = _supervise(door, process.sentinel, process.pid or 0, judge)
            Path(path).unlink()
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return Ended(code=code, calls=calls, said=pickle.loads(answer) if answer else None)

    def killed(self, after_s: float, work: Callable[..., object], *args: object) -> int:
        """Run `work(*args)` and kill it after a time; its exit code, -9 where it came to that."""
        process = self.processes.Process(target=work, args=args)
        process.start()
        process.join(after_s)
        process.kill()
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return code


def kill_at(number: int) -> Judge:
    """Kills at that call."""
    return lambda call: KILL if call.number >= number else GO_ON


def _require_kernel() -> None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        missing("faults", "system calls are counted on Linux on x86-64 only")
    if "user_notif" not in _ACTIONS.read_text().split():
        missing("faults", "this kernel tells nobody of system calls (seccomp, user_notif)")


# --- the process that is judged -------------------------------------------------------------------


def _begin(
    path: str, and_reads: bool, work: Callable[..., object], args: tuple[object, ...]
) -> None:
    """Hand ourselves over, then work."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
        listener = _install(and_reads)
        socket.send_fds(door, [b"x"], [listener])
        os.close(listener)
        door.sendall(pickle.dumps(work(*args)))


def _install(and_reads: bool) -> int:
    """From now on each call that counts waits for a verdict; the descriptor that tells of them."""
    program = array.array("Q", _program(and_reads))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    address, count = program.buffer_info()
    header = struct.pack("HxxxxxxQ", count, address)
    listener: int = libc.syscall(_SECCOMP, _SET_FILTER, _NEW_LISTENER, header)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _program(and_reads: bool) -> list[int]:
    """The filter: harmless calls go on at once; an `open` where it can only read."""
    harmless = [n for n in _HARMLESS.values() if not (and_reads and n in READING)]
    lines = [_line(_LOAD, 4), _line(_IF_EQUAL, _X86_64, 1, 0), _line(_RETURN, _ALLOW)]
    lines.append(_line(_LOAD, 0))
    for number in harmless:
        lines += [_line(_IF_EQUAL, number, 0, 1), _line(_RETURN, _ALLOW)]
    if not and_reads:
        lines += [_line(_IF_EQUAL, OPEN, 0, 3), _line(_LOAD, 32)]
        lines += [_line(_IF_SET, _WRITING_FLAGS, 1, 0), _line(_RETURN, _ALLOW)]
    lines.append(_line(_RETURN, _NOTIFY))
    return lines


def _line(code: int, value: int, then: int = 0, otherwise: int = 0) -> int:
    packed = struct.pack("HBBI", code, then, otherwise, value)
    return int.from_bytes(packed, sys.byteorder)


# --- the judge ------------------------------------------------------------------------------------


def _supervise(door: socket.socket, sentinel: int, pid: int, judge: Judge) -> tuple[int, bytes]:
    """Judge calls until the process ends; how many there were, and its answer."""
    if door.fileno() not in select.select([door.fileno(), sentinel], [], [])[0]:
        return 0, b""
    with door.accept()[0] as connection:
        _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
        try:
            calls = _judge_all(descriptors[0], sentinel, pid, judge)
        finally:
            os.close(descriptors[0])
        return calls, b"".join(iter(lambda: connection.recv(1 << 16), b""))


def _judge_all(listener: int, sentinel: int, pid: int, judge: Judge) -> int:
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(sentinel, select.POLLIN)
    number = 0
    while True:
        events = dict(poll.poll())
        if not events.get(listener, 0) & select.POLLIN:
            return number
        number += _judge_one(listener, pid, number + 1, judge)


def _judge_one(listener: int, pid: int, number: int, judge: Judge) -> bool:
    """Judge one call; False where it was gone before."""
    notice = bytearray(80)
    try:
        ioctl(listener, _RECEIVE, notice)
    except OSError as error:
        if error.errno != ENOENT:
            raise
        return False
    identity, kind = struct.unpack_from("QxxxxxxxxI", notice)
    verdict = judge(Call(number, kind))
    if verdict == KILL:
        os.kill(pid, signal.SIGKILL)
        return True
    flags = 0 if verdict else _CONTINUE
    with suppress(FileNotFoundError):
        ioctl(listener, _SEND, struct.pack("QqiI", identity, 0, -verdict, flags))
    return True
