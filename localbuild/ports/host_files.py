"""The port for a container's files, where this process shares its kernel."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class HostFiles(Protocol):
    """An ability of some containers: their files are open to this process, through the kernel.

    Descriptors are the caller's to close. Who uses them follows no link: a build may have made it.
    Names below `open_root` are as the container's processes see them.
    """

    def open_root(self) -> int | None:
        """The container's `/` (O_PATH); None where we may not, or where it is not this kernel's."""

    def open_changes(self) -> int | None:
        """What differs from the image, as overlayfs keeps it (whiteouts: devices 0:0), or None."""
