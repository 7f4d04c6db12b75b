"""Which files patterns name, what they are called in the output, and what the log says."""

import pytest

from localbuild.artifacts.nodes import DIRECTORY
from localbuild.artifacts.select import NO_FILES
from tests.unit.artifacts.forest import SOURCE, Forest, chosen, file, names

GUIDE = Forest(
    "my-build-1/my-file-1.txt",
    "my-build-2/my-file-2.txt",
    "my-build-2/my-subdirectory/my-file-3.txt",
)


def test_the_guides_first_example() -> None:
    found = chosen(GUIDE, "*/my-file-3.txt", base="my-build-2")
    assert names(found) == ["my-subdirectory/my-file-3.txt"]


def test_the_guides_second_example() -> None:
    found = chosen(GUIDE, "**/*", base="my-build*", discard=True)
    assert names(found) == ["my-file-1.txt", "my-file-2.txt", "my-file-3.txt"]
    assert found.warnings == ()


def test_what_the_log_says() -> None:
    found = chosen(Forest("dist/a", "dist/b", "dist/c"), "dist/*")
    assert found.lines == (
        "Expanding base directory path: .",
        "Assembling file list",
        "Expanding .",
        "Expanding file paths for base directory .",
        "Assembling file list",
        "Expanding dist/*",
        "Found 3 file(s)",
    )


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("**/*", [".env", "a.txt", "d/.hidden/x", "d/b.txt", "d/e/c.txt", "noext"]),
        ("*", [".env", "a.txt", "noext"]),
        ("**", [".env", "a.txt", "d/.hidden/x", "d/b.txt", "d/e/c.txt", "noext"]),
        ("d/*", ["d/b.txt"]),
        ("d/**/*", ["d/.hidden/x", "d/b.txt", "d/e/c.txt"]),
        ("d/**", ["d/.hidden/x", "d/b.txt", "d/e/c.txt"]),
        ("**/*.txt", ["a.txt", "d/b.txt", "d/e/c.txt"]),
        ("**.*", [".env", "a.txt"]),
        ("./a.txt", ["a.txt"]),
        ("d/../a.txt", ["a.txt"]),
        ("d//b.txt", ["d/b.txt"]),
        ("?.txt", ["a.txt"]),
        ("[ab].txt", ["a.txt"]),
        (f"{SOURCE}/d/*", ["d/b.txt"]),
        ("d", ["d/.hidden/x", "d/b.txt", "d/e/c.txt"]),
        ("d/", ["d/.hidden/x", "d/b.txt", "d/e/c.txt"]),
        (".", [".env", "a.txt", "d/.hidden/x", "d/b.txt", "d/e/c.txt", "noext"]),
    ],
)
def test_patterns(pattern: str, wanted: list[str]) -> None:
    forest = Forest(".env", "a.txt", "noext", "d/b.txt", "d/e/c.txt", "d/.hidden/x")
    assert names(chosen(forest, pattern)) == wanted


def test_a_folder_by_its_name_is_taken_and_told_of() -> None:
    found = chosen(Forest("dist/a"), "dist")
    assert names(found) == ["dist/a"]
    assert found.warnings == ("dist is a folder: write dist/**/* for its files",)


def test_a_missing_file_is_skipped_and_said() -> None:
    found = chosen(Forest("a"), "a", "b", "c/*")
    assert names(found) == ["a"]
    assert [x for x in found.lines if "Skipping" in x] == ["Skipping invalid file path b"]
    assert found.lines.index("Skipping invalid file path b") == found.lines.index("Expanding b") + 1
    assert found.failure == ""


@pytest.mark.parametrize("pattern", ["b", "c/*", "", " ", "$", "a/b", "\0"])
def test_nothing_matches(pattern: str) -> None:
    found = chosen(Forest("a"), pattern)
    assert (found.files, found.failure) == ((), NO_FILES)
    assert not any("Found" in line for line in found.lines)


def test_no_pattern_at_all() -> None:
    assert chosen(Forest("a")).failure == NO_FILES


@pytest.mark.parametrize("base", ["none", "none*", "a.txt", "/none", "../none", "d/none"])
def test_no_such_base_directory(base: str) -> None:
    found = chosen(Forest("a.txt", "d/x"), "**/*", base=base)
    assert found.failure == f"no matching base directory path found for {base}"
    assert (f"Skipping invalid file path {base}" in found.lines) is ("*" not in base)


@pytest.mark.parametrize("base", ["d", "./d", "d/", f"{SOURCE}/d", "d/e/..", "x/../d"])
def test_spellings_of_a_base_directory(base: str) -> None:
    assert names(chosen(Forest("d/e/x", "y"), "**/*", base=base)) == ["e/x"]


def test_base_directories_by_pattern() -> None:
    forest = Forest("a/Output/x", "b/Output/y", "b/Output/x", "c/z").put("b/empty", DIRECTORY)
    found = chosen(forest, "*", base="*/Output")
    assert names(found) == ["x", "y"]
    assert [f.path for f in found.files] == [f"{SOURCE}/b/Output/x", f"{SOURCE}/b/Output/y"]
    assert "Expanding file paths for base directory a/Output" in found.lines
    assert found.warnings == (
        "x: several files have this name in the output, the last one by its path is taken",
    )


def test_directories_outside_of_the_source() -> None:
    forest = Forest("x").put("/tmp/out/a/b", file()).put("/tmp/out/c", file())
    assert names(chosen(forest, "**/*", base="/tmp/out")) == ["a/b", "c"]
    assert names(chosen(forest, "/tmp/out/*")) == ["tmp/out/c"]
    assert names(chosen(forest, "/tmp/out/**/*", discard=True)) == ["b", "c"]
    assert names(chosen(forest, "/tmp/out/c", "x")) == ["tmp/out/c", "x"]
    assert names(chosen(forest, "../../../../tmp/out/c")) == ["tmp/out/c"]
    assert chosen(forest, "/tmp/none", "x").lines[-2:] == ("Expanding x", "Found 1 file(s)")


def test_patterns_that_lead_out_of_the_base_directory() -> None:
    forest = Forest("lib/pkg.zip", "src/x", "lib/deep/y")
    assert names(chosen(forest, "../lib/pkg.zip", base="src")) == ["lib/pkg.zip"]
    assert names(chosen(forest, "../lib/**/*", "x", base="src")) == [
        "lib/deep/y",
        "lib/pkg.zip",
        "x",
    ]
    assert names(chosen(forest, f"{SOURCE}/lib/*", base="src")) == ["lib/pkg.zip"]


def test_localbuilds_own_is_not_handed_out() -> None:
    forest = Forest(".localbuild/builds/1/build.log", "x", "d/.localbuild/y", ".git/config")
    forest.put("/codebuild/output/tmp/env", file()).put("/proc/1/environ", file())
    assert names(chosen(forest, "**/*")) == [".git/config", "d/.localbuild/y", "x"]
    assert chosen(forest, ".localbuild/builds/1/build.log").failure == NO_FILES
    for path in ("/codebuild/output/tmp/env", "/proc/1/environ", "/proc/**/*"):
        assert chosen(forest, path).failure == NO_FILES
    for base in (".localbuild", "/proc", "/codebuild/output/tmp"):
        assert chosen(forest, "**/*", base=base).failure.startswith("no matching base")


def test_nobody_means_all_of_a_container() -> None:
    """As `$UNSET/**/*` would."""
    forest = Forest("x").put("/etc/shadow", file()).put("/one", file())
    assert names(chosen(forest, "/**/*", "/*", "/", "x")) == ["x"]
    assert chosen(forest, "**/*", base="/").failure == "no matching base directory path found for /"
    assert names(chosen(forest, "/one", "x")) == ["one", "x"]


@pytest.mark.parametrize(
    ("exclude", "wanted"),
    [
        (("**/.*",), [".d/x", "a", "b/a", "b/node_modules/m/n"]),
        (("**/.*/**/*",), [".e", "a", "b/.f", "b/a", "b/node_modules/m/n"]),
        (("**/node_modules/**/*",), [".d/x", ".e", "a", "b/.f", "b/a"]),
        (("b/**/*", "a"), [".d/x", ".e"]),
        (("*",), [".d/x", "b/.f", "b/a", "b/node_modules/m/n"]),
        ((f"{SOURCE}/b/**/*",), [".d/x", ".e", "a"]),
        (("./a", "", "../x"), [".d/x", ".e", "b/.f", "b/a", "b/node_modules/m/n"]),
    ],
)
def test_exclusions(exclude: tuple[str, ...], wanted: list[str]) -> None:
    forest = Forest("a", "b/a", ".d/x", ".e", "b/.f", "b/node_modules/m/n")
    assert names(chosen(forest, "**/*", exclude=exclude)) == wanted


def test_exclusions_are_relative_to_the_base_directory() -> None:
    forest = Forest("d/a", "d/e/a", "a")
    assert names(chosen(forest, "**/*", base="d", exclude=("a",))) == ["e/a"]
    assert names(chosen(forest, "d/**/*", exclude=("d/e/**/*",))) == ["d/a"]


def test_only_what_may_hold_wanted_files_is_looked_into() -> None:
    forest = Forest("dist/a", "node_modules/x/y", "dist/deep/z")
    chosen(forest, "dist/*", "*.zip")
    assert not any(b"node_modules" in path or b"deep" in path for path in forest.listed)
    chosen(forest, "**/*", exclude=("**/node_modules/**/*",))
    assert not any(b"node_modules" in path for path in forest.listed)


def test_discarded_paths_collide_the_same_way_every_time() -> None:
    """Whatever the order in which directories give their names."""
    paths = ["a/same", "b/same", "b/c/same", "z"]
    for order in (paths, paths[::-1]):
        found = chosen(Forest(*order), "**/*", discard=True)
        assert [f.path for f in found.files] == [f"{SOURCE}/b/same", f"{SOURCE}/z"]
        assert len(found.warnings) == 1
        assert found.warnings[0].startswith("same: several files")


def test_a_folder_wins_over_a_file_of_its_name() -> None:
    found = chosen(Forest("one/d", "two/d/x", "one/d2"), "**/*", base="*")
    assert names(found) == ["d/x", "d2"]
    assert found.warnings == ("d: left out: a folder has this name in the output, too",)


def test_facts_of_a_file() -> None:
    [found] = chosen(Forest().put("x", file(7, 0o755)), "x").files
    assert (found.size_bytes, found.mode, found.path, found.link) == (7, 0o755, f"{SOURCE}/x", "")


def test_what_is_told_fits_its_line() -> None:
    found = chosen(Forest("a\nb/x"), "a\nb", "c\x1b[2Jd")
    assert names(found) == ["a\nb/x"]
    assert not any("\n" in text or "\x1b" in text for text in (*found.lines, *found.warnings))
