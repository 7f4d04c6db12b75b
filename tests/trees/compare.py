"""What a tree is, and in what two trees differ: by descriptor, following no link."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path

UNREADABLE = "unreadable"
_SECOND_NS = 1_000_000_000
_SLACK_BYTES = 64 << 10
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "link",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
}
_KEPT = ("file", "directory", "link")


class Drop(Enum):
    """What may get lost on the way, because the documentation says so.

    SPECIAL_BITS are setuid, setgid and sticky of files, SPECIALS are FIFOs, sockets and devices:
    these must be lost. Of NANOSECONDS whole seconds must be kept, rounded down.
    """

    OWNER = auto()
    SPECIAL_BITS = auto()
    SPECIALS = auto()
    XATTRS = auto()
    NANOSECONDS = auto()


DOCUMENTED = frozenset({Drop.OWNER, Drop.SPECIAL_BITS, Drop.SPECIALS, Drop.XATTRS})
NOTHING: frozenset[Drop] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All about one name. `group` is the smallest path with the same inode.

    `size` is 0 for directories and links. `digest` is the SHA-256 of a file's content, UNREADABLE
    where we may not read. `allocated` are bytes on the disk, compared for sparse files alone.
    """

    kind: str
    mode: int
    size: int = 0
    mtime_ns: int = 0
    owner: tuple[int, int] = (0, 0)
    target: bytes = b""
    group: bytes = b""
    digest: str = ""
    allocated: int = field(default=0, compare=False)
    xattrs: tuple[tuple[str, bytes], ...] = ()

    @property
    def is_sparse(self) -> bool:
        """Whether it takes up less than it has."""
        return self.kind == "file" and self.allocated < self.size


def describe(folder: Path) -> dict[bytes, Facts]:
    """Everything below a folder by path, the folder itself as b''. Raises OSError."""
    root = os.open(folder, _FOLDER)
    try:
        found = dict(_walk(root, b""))
    finally:
        os.close(root)
    return _grouped(found)


def differences(
    before: dict[bytes, Facts], after: dict[bytes, Facts], drops: frozenset[Drop] = DOCUMENTED
) -> list[str]:
    """A line for each difference, in the paths' order; none for two trees that are the same."""
    if Drop.SPECIALS in drops:
        before = {path: facts for path, facts in before.items() if facts.kind in _KEPT}
    lines = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            lines.append(f"{path!r}: {'missing' if new is None else 'not there before'}")
        else:
            lines += [f"{path!r}: {text}" for text in _compare(old, new, drops)]
    return lines


# --- reading --------------------------------------------------------------------------------------

Found = tuple[Facts, tuple[int, int]]


def _walk(folder: int, path: bytes) -> Iterator[tuple[bytes, Found]]:
    yield path, _facts(folder, b".")
    prefix = path + b"/" if path else b""
    for name in sorted(map(os.fsencode, os.listdir(folder))):
        found = _facts(folder, name)
        if found[0].kind != "directory":
            yield prefix + name, found
            continue
        try:
            below = os.open(name, _FOLDER, dir_fd=folder)
        except PermissionError:
            yield prefix + name, (replace(found[0], digest=UNREADABLE), found[1])
            continue
        try:
            yield from _walk(below, prefix + name)
        finally:
            os.close(below)


def _facts(folder: int, name: bytes) -> Found:
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    kind = _KINDS[stat.S_IFMT(status.st_mode)]
    digest, xattrs = _read(folder, name, kind)
    facts = Facts(
        kind=kind,
        mode=stat.S_IMODE(status.st_mode),
        size=status.st_size if kind == "file" else 0,
        mtime_ns=status.st_mtime_ns,
        owner=(status.st_uid, status.st_gid),
        target=os.readlink(name, dir_fd=folder) if kind == "link" else b"",
        digest=digest,
        allocated=status.st_blocks * 512,
        xattrs=xattrs,
    )
    return facts, (status.st_dev, status.st_ino)


def _read(folder: int, name: bytes, kind: str) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The content's digest and the attributes, of files and directories."""
    if kind not in ("file", "directory"):
        return "", ()
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except PermissionError:
        return UNREADABLE, ()
    try:
        return _digest(descriptor) if kind == "file" else "", _xattrs(descriptor)
    finally:
        os.close(descriptor)


def _xattrs(descriptor: int) -> tuple[tuple[str, bytes], ...]:
    try:
        names = sorted(os.listxattr(descriptor))
    except OSError:  # the file system has none
        return ()
    return tuple((name, os.getxattr(descriptor, name)) for name in names)


def _digest(descriptor: int) -> str:
    digest = sha256()
    while data := os.read(descriptor, 1 << 20):
        digest.update(data)
    return digest.hexdigest()


def _grouped(found: dict[bytes, Found]) -> dict[bytes, Facts]:
    first: dict[tuple[int, int], bytes] = {}
    for path in sorted(found):
        first.setdefault(found[path][1], path)
    return {path: replace(facts, group=first[inode]) for path, (facts, inode) in found.items()}


# --- comparing ------------------------------------------------------------------------------------


def _compare(old: Facts, new: Facts, drops: frozenset[Drop]) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"was a {old.kind}, is a {new.kind}"
        return
    wanted = _arriving(old, new, drops)
    for name in (f.name for f in fields(Facts) if f.compare):
        was, is_now = getattr(wanted, name), getattr(new, name)
        if was != is_now:
            show = oct if name == "mode" else repr
            yield f"{name} should be {show(was)}, is {show(is_now)}"
    limit = old.allocated * 11 // 10 + _SLACK_BYTES
    if old.is_sparse and new.allocated > limit:
        yield f"{new.allocated} bytes are allocated instead of {old.allocated}"


def _arriving(old: Facts, new: Facts, drops: frozenset[Drop]) -> Facts:
    """What should be there; `new` is right in all that may be lost or not."""
    if Drop.OWNER in drops:
        old = replace(old, owner=new.owner)
    if Drop.XATTRS in drops:
        old = replace(old, xattrs=new.xattrs)
    if Drop.SPECIAL_BITS in drops and old.kind == "file":
        old = replace(old, mode=old.mode & 0o777)
    if Drop.NANOSECONDS in drops:
        old = replace(old, mtime_ns=old.mtime_ns // _SECOND_NS * _SECOND_NS)
    return old
