"""Cache paths: what each of CodeBuild's ways to write one takes in, against a slow model."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from localbuild.cache.patterns import (
    CachePath,
    is_gits,
    parse_path,
    path_below,
    takes_any,
)
from localbuild.plan.cache_paths import expand_path

SOURCE = "/codebuild/output/src1/src"
VARIABLES = {"HOME": "/home/u", "X": "y", "EMPTY": "", "N_1": "one"}

READ = [
    # text, base, glob, depth; the first are of the buildspec reference
    ("/root/.m2/**/*", b"/root/.m2", "", 0),
    ("node_modules/**/*", b"node_modules", "", 0),
    ("**/*", b"", "", 0),
    ("*", b"", "*", 1),
    ("my-subdirectory/*", b"my-subdirectory", "*", 1),
    ("my-subdirectory/**/*", b"my-subdirectory", "", 0),
    ("target/my-app.jar", b"target", "my-app.jar", 1),
    ("my-file.jar", b"", "my-file.jar", 1),
    # as they are met
    ("/root/.gradle/caches/**/*", b"/root/.gradle/caches", "", 0),
    ("/usr/local/lib/python3.*/site-packages/**/*", b"/usr/local/lib",
     "python3.*/site-packages/**/*", 0),
    ("**/node_modules/**/*", b"", "**/node_modules/**/*", 0),
    ("packages/*/node_modules/**/*", b"packages", "*/node_modules/**/*", 0),
    ("/go/pkg/mod/", b"/go/pkg/mod", "", 0),
    ("./.venv/**/*", b".venv", "", 0),
    (".venv/**", b".venv", "", 0),
    ("a/**/**", b"a", "", 0),
    ("a/b/", b"a/b", "", 0),
    ("a//b/./**/*", b"a/b", "", 0),
    ("a/.", b"a", "", 0),
    (".", b"", "", 0),
    ("./", b"", "", 0),
    ("/", b"/", "", 0),
    ("/**/*", b"/", "", 0),
    ("/etc/hosts", b"/etc", "hosts", 1),
    ("/*", b"/", "*", 1),
    ("a/*/b/*.log", b"a", "*/b/*.log", 3),
    ("a/[xy]/b", b"a", "[xy]/b", 2),
    ("with spaces/ü/**/*", "with spaces/ü".encode(), "", 0),
    ("\udcff/**/*", b"\xff", "", 0),
    (SOURCE, b"", "", 0),
    (SOURCE + "/", b"", "", 0),
    (SOURCE + "/a/**/*", b"a", "", 0),
    (SOURCE + "x/**/*", SOURCE.encode() + b"x", "", 0),
    ("/codebuild/**/*", b"/codebuild", "", 0),
]  # fmt: skip
NONE = [
    "",
    " ",
    "\t",
    "a\0b",
    "\0",
    "..",
    "../x",
    "a/..",
    "a/../b",
    "/..",
    "a/../**/*",
    SOURCE + "/..",
]


@pytest.mark.parametrize(("text", "base", "glob", "depth"), READ)
def test_a_path_is_taken_apart(text: str, base: bytes, glob: str, depth: int) -> None:
    found = parse_path(text, SOURCE)
    assert (found.base, found.glob, found.depth, found.text) == (base, glob, depth, text)
    assert found.takes_all == (not glob)


@pytest.mark.parametrize("text", NONE)
def test_a_path_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cache path"):
        parse_path(text, SOURCE)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("~", "/home/u"),
        ("~/.m2/**/*", "/home/u/.m2/**/*"),
        ("$HOME/.m2", "/home/u/.m2"),
        ("${HOME}/.m2", "/home/u/.m2"),
        ("a$X/b${X}c", "ay/byc"),
        ("${N_1}", "one"),
        ("$Xs/$EMPTY-$UNSET-", "/--"),
        ("~root/x", "~root/x"),
        ("a~/~", "a~/~"),
        ("$", "$"),
        ("$1 ${} ${X", "$1 ${} ${X"),
        ("$(id) `id`", "$(id) `id`"),
        ("$HOME$X", "/home/uy"),
    ],
)
def test_variables_are_replaced(text: str, expanded: str) -> None:
    assert expand_path(text, VARIABLES) == expanded


def test_a_home_that_is_not_said_is_roots() -> None:
    assert expand_path("~/.m2", {}) == "/root/.m2"


def test_what_variables_say_is_not_replaced_again() -> None:
    assert expand_path("$A/x", {"A": "$B", "B": "no"}) == "$B/x"


@pytest.mark.parametrize(
    ("text", "taken", "left"),
    [
        ("node_modules/**/*", [b"node_modules/a", b"node_modules/.bin/x", b"node_modules/a/b/c"],
         [b"node_modules", b"node_modules2/a", b"a/node_modules/b", b"/node_modules/a", b"x"]),
        ("*", [b"a", b".a", b"\xff\n"], [b"a/b", b"/a"]),
        ("*.log", [b"a.log", b".log", b"a b.log"], [b"a/b.log", b"a.log.1"]),
        ("**/*.log", [b"a.log", b"a/b.log", b".a/.b/c.log"], [b"a.txt", b"/a.log"]),
        ("**/node_modules/**/*", [b"node_modules/a", b"p/q/node_modules/.b/c"],
         [b"node_modules", b"p/node_modules2/a", b".git/hooks/x"]),
        ("a/*/c", [b"a/b/c", b"a/.b/c"], [b"a/c", b"a/b/b/c", b"a/b/c/d"]),
        ("a/?", [b"a/b", b"a/\xff"], [b"a/", b"a/bc", b"a/b/c"]),
        ("a/[!x]", [b"a/b"], [b"a/x", b"a/bb"]),
        ("/root/.m2/**/*", [b"/root/.m2/a"], [b"root/.m2/a", b"/root/.m2", b"/root/.m2x/a"]),
        ("/**/*", [b"/a", b"/a/b"], [b"a"]),
        ("**/*", [b"a", b".a/b"], [b"/a"]),
        ("target/app.jar", [b"target/app.jar"], [b"target/app.jar/x", b"app.jar", b"target"]),
    ],
)  # fmt: skip
def test_what_a_path_takes(text: str, taken: list[bytes], left: list[bytes]) -> None:
    path = parse_path(text, SOURCE)
    assert [p for p in taken + left if path.takes(p)] == taken
    assert [p for p in taken + left if takes_any([path], p)] == taken
    assert all(path.covers(p) for p in taken)


PARTS = st.sampled_from(["a", "b", ".a", "ab", "n\n", "*", "?", "**", "[ab]", "a*", "*b"])
NAMES = st.sampled_from([b"a", b"b", b".a", b"ab", b"aab", b"n\n", b"\xff", b"*", b"c"])


@given(st.lists(PARTS, min_size=1, max_size=4), st.lists(NAMES, min_size=1, max_size=5))
@example(["**", "a"], [b"a"])
@example(["a", "**", "b"], [b"a", b"b"])
def test_globs_take_what_a_slow_model_takes(parts: list[str], names: list[bytes]) -> None:
    path = parse_path("/".join(parts), SOURCE)
    tail = parts[-1] == "**"  # 'a/**' takes what 'a/**/*' takes
    wanted = _model([*parts, "*"] if tail else parts, names)
    assert path.takes(b"/".join(names)) == wanted


def _model(parts: list[str], names: list[bytes]) -> bool:
    """Part by part: `**` is any number of names, all else one."""
    if not parts:
        return not names
    if parts[0] == "**":
        return any(_model(parts[1:], names[at:]) for at in range(len(names) + 1))
    return bool(names) and _matches(parts[0], names[0]) and _model(parts[1:], names[1:])


def _matches(part: str, name: bytes) -> bool:
    words = {"*": ".*", "?": ".", "[": "[", "]": "]"}
    regex = "".join(words.get(letter, re.escape(letter)) for letter in part)
    return re.fullmatch(regex.encode(), name, re.DOTALL) is not None


@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=3), st.booleans())
@example([], [b"a"], True)
@example([b"a"], [], False)
def test_below_is_what_is_left_of_a_path(above: list[bytes], more: list[bytes], root: bool) -> None:
    slash = b"/" if root else b""
    base, path = slash + b"/".join(above), slash + b"/".join([*above, *more])
    assert path_below(base, path) == b"/".join(more)
    assert CachePath(text="", base=base).covers(path)
    assert path_below(base, b"" if root else b"/a") is None
    if above:
        assert path_below(base, base + b"x") is None


@pytest.mark.parametrize(
    ("path", "paths", "gits"),
    [
        (b".git", ["**/*"], True),
        (b".git/hooks/x", ["**/*", "/root/**/*"], True),
        (b".gitignore", ["**/*"], False),
        (b"a/.git/config", ["**/*"], False),
        (b"/root/.git/config", ["/root/**/*"], False),
        (b".git/lfs/x", [".git/lfs/**/*"], False),
        (b".git/x", [".github/**/*"], True),
    ],
)
def test_the_sources_repository_is_left_alone(path: bytes, paths: list[str], gits: bool) -> None:
    assert is_gits([parse_path(text, SOURCE) for text in paths], path) == gits
