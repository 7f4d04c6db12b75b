"""Hostile links: to be written through, to bring in what is elsewhere, to lead in circles."""

from tests.trees.hostile_lines import (
    Cases,
    Hostile,
    Line,
    Outcome,
    a_directory,
    a_file,
    a_hard_link,
    a_link,
    refused,
    restored,
)

_IN = b"node_modules/"
_A = _IN + b"a"
_GOOD = b"node_modules/good"


def _long_chain() -> tuple[Line, ...]:
    """16 directories of 247 bytes, each with a short link to the next; behind the last of them a
    link whose resolved path is longer than PATH_MAX, and a climb that then is not resolved.

    Source: CVE-2025-4517.
    """
    name = b"d" * 247
    lines: list[Line] = []
    path = b"node_modules"
    short = b""
    for step in b"abcdefghijklmnop":
        letter = bytes([step])
        lines += [a_directory(path + b"/" + name), a_link(path + b"/" + letter, name)]
        path, short = path + b"/" + name, short + letter + b"/"
    steps = short + b"l" * 254
    lines.append(a_link(_IN + steps, b"../" * 16))
    lines.append(a_link(_IN + b"escape", steps + b"/../../../etc"))
    lines.append(a_file(_IN + b"escape/passwd"))
    return tuple(lines)


def _chain_in_real_directories() -> tuple[Line, ...]:
    """The same with every path written out: only the last file lies below a link."""
    lines: list[Line] = []
    path = b"node_modules"
    for _ in range(15):
        path += b"/" + b"d" * 247
        lines.append(a_directory(path))
    lines.append(a_link(path + b"/l", b"../" * 20 + b"etc"))
    lines.append(a_file(path + b"/l/passwd"))
    return tuple(lines)


def _steps(count: int) -> tuple[Line, ...]:
    """Links each to the next, the last one to /etc, and a file through the first."""
    links = [a_link(b"%b%03d" % (_A, n), b"a%03d" % (n + 1)) for n in range(count)]
    return (*links, a_link(b"%b%03d" % (_A, count), b"/etc"), a_file(_A + b"000/passwd"))


_THROUGH: Cases = {
    f"through a link {where}": refused(a_link(_A, target), a_file(_A + b"/passwd"))
    for where, target in {
        "to /etc": b"/etc",
        "to the root": b"/",
        "to where it is": b".",
        "to above": b"..",
        "far up": b"../../../../../etc",
        "to itself": b"a",
        "to nowhere": b"nowhere",
        "to a file": b"good",
        "within the base": b"b",
        "to another base": b"/root/.m2",
        "to the kernel": b"/proc/self/root/etc",
        "to a descriptor": b"/proc/self/fd/3",
        "with a slash": b"/etc/",
    }.items()
}

_HARD: Cases = {
    f"hard link {where}": refused(a_hard_link(_A, target))
    for where, target in {
        "to what is not in the list": b"node_modules/absent",
        "to /etc/passwd": b"/etc/passwd",
        "to /proc/self/exe": b"/proc/self/exe",
        "up": b"../good",
        "far up": b"../../../etc/passwd",
        "with a climb": b"node_modules/b/../good",
        "to nothing": b"",
        "to the root": b"/",
        "to here": b".",
        "to the base": b"node_modules",
        "to itself": _A,
        "relative to itself": b"good",
        "with a dot": b"node_modules/./good",
        "with two slashes": b"node_modules//good",
        "with a slash at the end": b"node_modules/good/",
        "with a slash at the beginning": b"/node_modules/good",
        "in other letters": b"NODE_MODULES/GOOD",
        "with a NUL": b"node_modules/good\0",
        "of 5,000 bytes": b"n/" * 2500,
    }.items()
}

LINKS: Cases = {
    **_THROUGH,
    **_HARD,
    "through a link, the file first": refused(a_file(_A + b"/passwd"), a_link(_A, b"/etc")),
    "through a link, a directory": refused(a_link(_A, b"/etc"), a_directory(_A + b"/d", 0o777)),
    "through a link, a link": refused(a_link(_A, b"/etc"), a_link(_A + b"/l", b"/")),
    "through a link, a hard link": refused(a_link(_A, b"/etc"), a_hard_link(_A + b"/h", _GOOD)),
    "through a link, far": refused(a_link(_A, b"/"), a_file(_A + b"/etc/cron.d/x")),
    "through a link, parents between": refused(
        a_link(_A, b"/"), a_directory(_A + b"/etc"), a_file(_A + b"/etc/passwd")
    ),
    "through a link that is the base": refused(
        a_link(b"node_modules", b"/etc"), a_file(b"node_modules/passwd")
    ),
    "through a link that is an absolute base": refused(
        a_link(b"/root/.m2", b"/etc"), a_file(b"/root/.m2/passwd")
    ),
    "through a link above the base": refused(a_link(b"/root", b"/etc"), a_file(b"/root/.m2/x")),
    "through a link in another's clothes": refused(
        a_directory(_A), a_link(_A + b"/b", b"../../.git"), a_file(_A + b"/b/hooks/pre-commit")
    ),
    "through two links": refused(
        a_link(_A, b"b"), a_link(_IN + b"b", b"/etc"), a_file(_A + b"/passwd")
    ),
    "through 40 links": refused(*_steps(40)),
    "through 300 links": refused(*_steps(300)),
    "through a loop": refused(a_link(_A, b"b"), a_link(_IN + b"b", b"a"), a_file(_A + b"/x")),
    "through links longer than PATH_MAX": refused(*_long_chain()),
    "through a link at the end of 15 long names": refused(*_chain_in_real_directories()),
    "hard link to a link": refused(a_link(_A, b"/etc/passwd"), a_hard_link(_IN + b"b", _A)),
    "hard link to a link to nowhere": refused(
        a_link(_A, b"../../x"), a_hard_link(_IN + b"b", _A), a_file(_IN + b"c")
    ),
    "hard link to a directory": refused(a_directory(_A), a_hard_link(_IN + b"b", _A)),
    "hard link to a hard link": refused(a_hard_link(_A, _GOOD), a_hard_link(_IN + b"b", _A)),
    "hard links in a circle": refused(a_hard_link(_A, _IN + b"b"), a_hard_link(_IN + b"b", _A)),
    "hard link through a link": refused(
        a_link(_A, b"/etc"), a_hard_link(_IN + b"b", _A + b"/passwd")
    ),
    "hard link through a link to a name in the list": refused(
        a_link(_A, b"."), a_hard_link(_IN + b"b", _A + b"/good")
    ),
    "link to nothing": refused(a_link(_A, b"")),
    "link of 4,096 bytes": refused(a_link(_A, b"t" * 4096)),
    "link of 1,000,000 bytes": refused(a_link(_A, b"../" * 333_333)),
    "link with a NUL": refused(a_link(_A, b"good\0/etc/passwd")),
    "link that is a NUL": refused(a_link(_A, b"\0")),
    "file with a target": refused(Line(_A, "f", 0o644, 0, b"/etc/passwd")),
    "sparse file with a target": refused(Line(_A, "s", 0o644, 0, b"good")),
    "directory with a target": refused(Line(_A, "d", 0o755, 0, b"/etc")),
    "link with a size": refused(Line(_A, "l", 0o777, 4, b"good")),
    "hard link with a size": refused(Line(_A, "h", 0o644, 6, _GOOD)),
    "hard link to a file that is skipped": Hostile(
        lines=(a_file(b"/etc/passwd"), a_hard_link(_A, b"/etc/passwd"), a_file(_GOOD)),
        outcome=Outcome.SKIPPED,
        skipped=(b"/etc/passwd",),
    ),
    "fine: links keep their text": restored(
        a_link(_A, b"/etc/passwd"),
        a_link(_IN + b"b", b"../../../../etc"),
        a_link(_IN + b"c", b"c"),
        a_link(_IN + b"d", b"\xff\n"),
        a_link(_IN + b"e", b"t" * 4095),
    ),
    "fine: a hard link": restored(a_hard_link(_IN + b"z", _GOOD)),
    "fine: a hard link to a later entry": restored(a_hard_link(_A, _IN + b"z"), a_file(_IN + b"z")),
    "fine: a hard link in another base": restored(
        a_hard_link(b"/root/.m2/z", b"/root/.m2/a"), a_file(b"/root/.m2/a")
    ),
    "fine: a link beside a name that it begins": restored(
        a_link(_A, b"/etc"), a_file(_A + b"b/passwd"), a_file(_A + b"-/x")
    ),
}
