"""Hostile names: that climb, that are absolute, empty, too long, too deep, or there twice."""

from tests.trees.hostile_lines import (
    Cases,
    Line,
    a_directory,
    a_file,
    a_hard_link,
    a_link,
    refused,
    restored,
    skipped,
)

_IN = b"node_modules/"
_LONG_NAME = b"n" * 255
_DOTS = {
    "climb at once": b"../x",
    "climb and nothing else": b"..",
    "climb out of the base": b"node_modules/../x",
    "climb out of the source": b"node_modules/../../x",
    "climb to /etc": b"node_modules/a/../../../../../etc/passwd",
    "climb within the base": b"node_modules/a/../b",
    "climb at the end": b"node_modules/..",
    "climb into a sibling": b"/root/.m2/../.ssh/authorized_keys",
    "climb from an absolute base": b"/root/.m2/..",
    "climb from the root": b"/../etc/passwd",
    "climb from the root, nothing else": b"/..",
    "climb deep": _IN + b"../" * 300 + b"etc/passwd",
    "dot": b".",
    "dot first": b"./node_modules/x",
    "dot in the middle": b"node_modules/./x",
    "dot at the end": b"node_modules/.",
    "dot after the root": b"/./root/.m2/x",
    "dot is all of an absolute path": b"/.",
}
_EMPTY = {
    "empty": b"",
    "root": b"/",
    "two slashes": b"//",
    "three slashes": b"///",
    "two slashes first": b"//etc/passwd",
    "two slashes before the base": b"//root/.m2/x",
    "two slashes in the middle": b"node_modules//x",
    "two slashes in an absolute path": b"/root/.m2//x",
    "slash at the end": b"node_modules/x/",
    "slash at the end of the base": b"node_modules/",
    "slash at the end of an absolute path": b"/root/.m2/x/",
}
_NUL = {
    "NUL in a name": b"node_modules/a\0b",
    "NUL and nothing else": b"\0",
    "NUL at the end": b"node_modules/x\0",
    "NUL cuts a suffix off": b"node_modules/x\0.txt",
    "NUL hides a climb": b"node_modules/x\0/../../../etc/passwd",
    "NUL in an absolute path": b"/root/.m2/\0x",
}
_LONG = {
    "a name of 256 bytes": _IN + b"n" * 256,
    "a name of 256 bytes in few characters": _IN + "\u20ac".encode() * 85 + b"n",
    "a name of 4,000 bytes": _IN + b"n" * 4000,
    "a name of 256 bytes on the way": _IN + b"n" * 256 + b"/x",
    "a path of 4,096 bytes": _IN + b"/".join([b"n" * 254] * 16) + b"n/nn",
    "a path of 4,097 bytes": _IN + b"/".join([b"n" * 254] * 16) + b"n/nnn",
    "a path of 1,000,000 bytes": _IN + b"/".join([_LONG_NAME] * 3906),
    "257 deep": _IN + b"/".join([b"d"] * 256),
    "2,000 deep": _IN + b"/".join([b"d"] * 2000),
    "200,000 deep": _IN + b"/".join([b"d"] * 200_000),
}


def _each_as_file_and_directory() -> Cases:
    found = {}
    for name, path in {**_DOTS, **_EMPTY, **_NUL, **_LONG}.items():
        found[f"name: {name}"] = refused(a_file(path))
    for name in ("climb out of the base", "climb at the end", "dot at the end", "empty"):
        path = {**_DOTS, **_EMPTY}[name]
        found[f"name of a directory: {name}"] = refused(a_directory(path, 0o777))
        found[f"name of a link: {name}"] = refused(a_link(path, b"/etc"))
        found[f"name of a hard link: {name}"] = refused(a_hard_link(path, b"node_modules/good"))
    return found


def _twice(*lines: Line) -> Cases:
    """The lines in both orders."""
    kinds = " ".join(line.kind for line in lines)
    return {
        f"twice: {kinds}": refused(*lines),
        f"twice, turned round: {kinds}": refused(*reversed(lines)),
    }


_A = _IN + b"a"
NAMES: Cases = {
    **_each_as_file_and_directory(),
    "twice: the same file": refused(a_file(_A), a_file(_A)),
    "twice: another mode": refused(a_file(_A), a_file(_A, 0o777)),
    "twice: the same directory": refused(a_directory(_A), a_directory(_A)),
    "twice: the same link": refused(a_link(_A, b"good"), a_link(_A, b"good")),
    "twice: a link to elsewhere": refused(a_link(_A, b"good"), a_link(_A, b"/etc/passwd")),
    "twice: three times": refused(a_file(_A), a_link(_A, b"/etc"), a_file(_A)),
    **_twice(a_link(_A, b"/etc/passwd"), a_file(_A)),
    **_twice(a_directory(_A), a_file(_A)),
    **_twice(a_link(_A, b"/etc"), a_directory(_A)),
    **_twice(a_hard_link(_A, b"node_modules/good"), a_file(_A)),
    **_twice(a_link(_A, b"/etc"), a_directory(_A), a_file(_A + b"/passwd")),
    "below a file": refused(a_file(_A), a_file(_A + b"/b")),
    "below a file, turned round": refused(a_file(_A + b"/b"), a_file(_A)),
    "below a file, a directory": refused(a_file(_A), a_directory(_A + b"/b")),
    "below a file, far": refused(a_file(_A), a_file(_A + b"/b/c/d")),
    "below a sparse file": refused(Line(_A, "s"), a_file(_A + b"/b")),
    "below a hard link": refused(a_hard_link(_A, b"node_modules/good"), a_file(_A + b"/b")),
    "below a file that is the base": refused(a_file(b"/root/.m2"), a_file(b"/root/.m2/x")),
    "below a file above the base": refused(a_file(b"/root"), a_file(b"/root/.m2/x")),
    "the base is a file": skipped(a_file(b"/root/.m2")),
    "the base is a link": skipped(a_link(b"/root/.m2", b"/etc")),
    "the base is a hard link": skipped(a_hard_link(b"/root/.m2", b"node_modules/good")),
    "fine: names that differ in case": restored(a_file(_IN + b"README"), a_file(_IN + b"readme")),
    "fine: names that differ in form": restored(
        a_file(_IN + "caf\u00e9".encode()), a_file(_IN + "cafe\u0301".encode())
    ),
    "fine: no text": restored(a_file(_IN + b"\xff\xfe\n\t \\")),
    "fine: dots that do not climb": restored(
        a_file(_IN + b"..."), a_file(_IN + b"..x"), a_file(_IN + b"x.."), a_file(_IN + b".x")
    ),
    "fine: the longest name": restored(a_file(_IN + _LONG_NAME)),
    "fine: 256 deep": restored(a_file(_IN + b"/".join([b"d"] * 255))),
    "fine: parents that are not there": restored(a_file(_IN + b"a/b/c/d")),
    "fine: children before parents": restored(
        a_file(_IN + b"a/b/c"), a_directory(_IN + b"a/b"), a_directory(_IN + b"a", 0o500)
    ),
    "fine: a layer's whiteouts are files": restored(
        a_file(_IN + b".wh.good"), a_file(_IN + b".wh..wh..opq"), a_directory(_IN + b".wh.d")
    ),
    "fine: an empty base": restored(a_directory(b"/root/.m2", 0o700)),
}
