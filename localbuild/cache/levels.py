"""Open directories on the way down through a tree, and what of a tree is never taken in."""

from localbuild.cache.check import MAX_DEPTH
from localbuild.cache.index import LINK, Entry
from localbuild.cache.patterns import CachePath

STAGING_PREFIX = b".localbuild-restore-"
RECORDS_NAME = b".localbuild"


class Level:
    """An open directory on the way down."""

    __slots__ = (
        "directories",
        "fd",
        "is_long",
        "names",
        "path",
        "paths",
        "prefix",
        "takes_all",
        "trusted",
    )

    def __init__(
        self, fd: int, path: bytes, trusted: bool, takes_all: bool, paths: tuple[CachePath, ...]
    ) -> None:
        self.fd = fd
        self.path = path
        self.prefix = path + b"/" if path and not path.endswith(b"/") else path
        self.is_long = len(path) > MAX_DEPTH
        self.trusted = trusted
        self.takes_all = takes_all
        self.paths = paths
        self.names: list[bytes] = []
        self.directories: list[bytes] = []

    def takes(self, path: bytes) -> bool:
        """Whether a file in it is wanted."""
        return self.takes_all or any(p.takes(path) for p in self.paths)


def is_below_link(base: bytes, entries: dict[bytes, Entry]) -> bool:
    """Whether a base is an entry that is a link, or lies below one: no restore could make it."""
    while base.strip(b"/"):
        found = entries.get(base)
        if found is not None and found.kind == LINK:
            return True
        base = base.rpartition(b"/")[0]
    return False


def is_left_out(name: bytes, at_source: bool) -> bool:
    """What is ours, and the source's own repository."""
    return name.startswith(STAGING_PREFIX) or (at_source and name in (RECORDS_NAME, b".git"))
