"""Hostile kinds, modes, sizes and times: what no file of a cache is or has."""

from tests.trees.hostile_lines import (
    MTIME_NS,
    Cases,
    Hostile,
    Line,
    Outcome,
    a_directory,
    a_file,
    a_link,
    refused,
    restored,
)

_A = b"node_modules/a"
_KINDS = (
    "c",
    "b",
    "p",
    "x",
    "",
    "F",
    "D",
    "\0",
    "0",
    "5",
    "7",
    "w",
    "ff",
    "fd",
    "\u0192",
    "\ud800",
)
_MODES = (-1, -0o644, 0o10000, 0o100644, 0o104755, 0o120777, 0o20666, 1 << 31, 1 << 64, 10**30)
_SIZES = (-1, -(1 << 63), (1 << 50) + 1, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 10**30)
_TIMES = (1 << 95, -(1 << 95), 10**30, -(10**30))
_NEWEST_NS = 15_032_385_535 * 1_000_000_000
_OLDEST_NS = -(1 << 31) * 1_000_000_000


def _stripped(mode: int) -> Hostile:
    return Hostile(lines=(a_file(_A, mode),), outcome=Outcome.STRIPPED)


FACTS: Cases = {
    **{f"kind {kind!a}": refused(Line(_A, kind)) for kind in _KINDS},
    "kind c of the name of a device": refused(Line(b"node_modules/null", "c", 0o666)),
    **{f"mode {mode} of a file": refused(a_file(_A, mode)) for mode in _MODES},
    **{f"mode {mode} of a directory": refused(a_directory(_A, mode)) for mode in (-1, 0o40755)},
    **{f"mode {mode} of a link": refused(Line(_A, "l", mode, 0, b"x")) for mode in (-1, 0o120777)},
    **{f"mode {mode:04o} of a file": _stripped(mode) for mode in (0o4755, 0o2755, 0o6711, 0o1644)},
    **{f"size {size} of a file": refused(Line(_A, "f", 0o644, size)) for size in _SIZES},
    **{f"size {size} of a sparse file": refused(Line(_A, "s", 0o644, size)) for size in _SIZES},
    "size of a directory": refused(Line(_A, "d", 0o755, 4096)),
    **{
        f"time {time} of a {kind}": refused(Line(_A, kind, 0o755, 0, target, time))
        for time in _TIMES
        for kind, target in (("f", b""), ("d", b""), ("l", b"x"))
    },
    "fine: the modes of files": restored(a_file(_A, 0), a_file(_A + b"1", 0o777)),
    "fine: the modes of directories": restored(
        a_directory(_A, 0o500), a_directory(_A + b"1", 0o1777), a_directory(_A + b"2", 0o2755)
    ),
    "fine: the oldest time": restored(Line(_A, "f", 0o644, 0, b"", _OLDEST_NS)),
    "fine: the newest time of ext4": restored(Line(_A, "f", 0o644, 0, b"", _NEWEST_NS)),
    "fine: no bytes": restored(a_file(_A, size=0), Line(_A + b"1", "s")),
    "fine: a link's time": restored(a_link(_A, b"x")._replace(mtime_ns=MTIME_NS + 1)),
}
