"""What a save starts from, and what of it need not be read again. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from localbuild.cache.index import Entry, Index
from localbuild.cache.manifest import Manifest


class Known(NamedTuple):
    """What a scan may take over without reading it: entries, if nothing happened to them.

    `stamp_ns`: a file whose status changed at that time or later is read. `directories`: inodes by
    path; below a directory that is not the one that was restored everything is read, because
    moving a directory leaves no mark on what is in it.
    """

    entries: dict[bytes, Entry]
    stamp_ns: int
    directories: dict[bytes, int]


NOTHING_KNOWN = Known({}, 0, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The entry that a save starts from: what was restored, or the nearest one there is.

    `in_layer`: the container began with its files, so that only changes need looking at.
    """

    manifest: Manifest | None = None
    index: Index
    known: Known = NOTHING_KNOWN
    in_layer: bool = False


NO_BASE = Base(index=Index())
