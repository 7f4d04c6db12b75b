"""Who owns a container: this process, so that a later one can tell whether it still lives."""

import os
import socket
from pathlib import Path

BUILD_LABEL = "dev.localbuild.build"
OWNER_LABEL = "dev.localbuild.owner"
KEEP_LABEL = "dev.localbuild.keep"


def own_name() -> str:
    """`<world>/<pid>/<start time>`: unique over reboots, machines and pid namespaces."""
    return f"{_world()}/{os.getpid()}/{_start_time(os.getpid())}"


def is_alive(owner: str) -> bool | None:
    """Whether that process lives; None where we cannot see it from here."""
    world, _, rest = owner.rpartition("/")[0].rpartition("/")
    started = owner.rpartition("/")[2]
    if world != _world() or not rest.isdigit():
        return None
    found = _start_time(int(rest))
    return found != "" and found == started


def _world() -> str:
    """The pid numbers' home: this boot of this machine, in this pid namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _start_time(pid: int) -> str:
    """The process's start in clock ticks, '' where there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return _alive_without_proc(pid)
    return stat.rpartition(")")[2].split()[19]


def _alive_without_proc(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "?"
    return "?"
