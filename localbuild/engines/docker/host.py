"""A container's files through our own kernel: its root, and what overlayfs keeps of its changes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any

from localbuild.engines.docker.pipe import SOURCE_PIPE, HostPipes

_OURS = "/codebuild/readonly"
"""Where our pipes are mounted: a directory of the container's own, on no other file system."""

_OVERLAY_SETTINGS = ("redirect_dir", "metacopy")
"""With them a directory of changes is not whole by itself."""

_DRIVERS = ("overlay2", "overlay")
"""The kernel's overlayfs, as Docker and as podman call it."""


class HostView:
    """Opens what is proven to be that container's, and is None for anything else.

    The proof of the root is the FIFO that we mounted into the container: no other has it. The
    proof of the changes is a file that we make in the root and find in them.
    """

    def __init__(self, api: Any, container: str, pipes: HostPipes) -> None:
        self._api = api
        self._container = container
        self._pipes = pipes

    def open_root(self) -> int | None:
        """The container's `/`; the numbers of its users must be ours, too."""
        with suppress(OSError), _opened(f"/proc/{self._pid}/root", os.O_PATH) as root:
            if self._is_ours(root) and _same_users(self._pid):
                return os.dup(root)
        return None

    def open_network(self) -> int | None:
        """The namespace of the container's network."""
        with suppress(OSError):
            network = os.open(f"/proc/{self._pid}/ns/net", os.O_RDONLY)
            root = self.open_root()
            if root is not None:
                os.close(root)
                return network
            os.close(network)
        return None

    def open_changes(self) -> int | None:
        """overlayfs' upper directory."""
        driver = self._inspected.get("GraphDriver") or {}
        path = (driver.get("Data") or {}).get("UpperDir", "")
        if driver.get("Name") not in _DRIVERS or not path or not _is_plain_overlay(self._pid):
            return None
        root = self.open_root()
        if root is None:
            return None
        try:
            with suppress(OSError), _opened(path, os.O_RDONLY) as changes:
                if _share_a_new_file(root, changes):
                    return os.dup(changes)
        finally:
            os.close(root)
        return None

    @cached_property
    def _inspected(self) -> dict[str, Any]:
        return dict(self._api.inspect_container(self._container))

    @property
    def _pid(self) -> int:
        return int(self._inspected["State"]["Pid"])

    def _is_ours(self, root: int) -> bool:
        source = open_below(root, SOURCE_PIPE)
        try:
            return self._pipes.is_source(os.fstat(source))
        finally:
            os.close(source)


@contextmanager
def _opened(path: str, flags: int) -> Iterator[int]:
    directory = os.open(path, flags | os.O_DIRECTORY)
    try:
        yield directory
    finally:
        os.close(directory)


def open_below(directory: int, path: str) -> int:
    """A path below an open directory (O_PATH), following no link. Raises OSError."""
    at = os.dup(directory)
    for part in path.strip("/").split("/"):
        try:
            below = os.open(part, os.O_PATH | os.O_NOFOLLOW, dir_fd=at)
        finally:
            os.close(at)
        at = below
    return at


def _same_users(pid: int) -> bool:
    ours, theirs = Path("/proc/self/ns/user").stat(), Path(f"/proc/{pid}/ns/user").stat()
    return (ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino)


def _is_plain_overlay(pid: int) -> bool:
    """Whether the root is an overlay of the kernel's, without the settings that point elsewhere."""
    parameters = Path("/sys/module/overlay/parameters")
    try:
        defaults = {s: (parameters / s).read_text().strip() for s in _OVERLAY_SETTINGS}
        mounts = Path(f"/proc/{pid}/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return False
    root = next((m for m in mounts if m.split(" ")[4] == "/"), "")
    kind, _, options = root.rpartition(" - ")[2].partition(" ")
    given = dict(o.partition("=")[::2] for o in options.rpartition(" ")[2].split(","))
    return kind == "overlay" and all(
        given.get(s, defaults[s]) in ("N", "off", "nofollow") for s in _OVERLAY_SETTINGS
    )


def _share_a_new_file(root: int, changes: int) -> bool:
    """Whether a file that appears in the one is in the other; it is gone again at once."""
    name = f".localbuild-{token_hex(16)}"
    directory = open_below(root, _OURS)
    try:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600, dir_fd=directory))
        try:
            os.close(open_below(changes, f"{_OURS}/{name}"))
        finally:
            os.unlink(name, dir_fd=directory)
    finally:
        os.close(directory)
    return True
