"""What is known of this machine and its user."""

import os
from collections.abc import Mapping

from localbuild.plan.compute import Capacity


def user_name(environ: Mapping[str, str]) -> str:
    """Who starts a build; the user's number where nobody knows a name."""
    named = environ.get("USER") or environ.get("LOGNAME")
    if named:
        return named
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid())


def owner_name() -> str:
    """`uid:gid` of this process."""
    return f"{os.getuid()}:{os.getgid()}"


def machine_capacity() -> Capacity:
    """The CPUs and memory of this machine; zero where they are not told."""
    return Capacity(cpus=float(os.cpu_count() or 0), memory_bytes=_memory())


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
