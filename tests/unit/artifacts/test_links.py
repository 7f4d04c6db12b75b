"""Links: what they lead to is taken within bounds, and nothing else is ever."""

import pytest

from localbuild.artifacts.links import text_within
from localbuild.artifacts.nodes import DIRECTORY
from localbuild.artifacts.select import NO_FILES, TOO_MANY, select
from localbuild.ports.collect import Selection
from tests.unit.artifacts.forest import FIFO, SOURCE, Forest, chosen, file, link, names

OUTSIDE = (
    "/etc/shadow",
    "../../../../etc/shadow",
    "../../../../../../../etc/shadow",
    "/codebuild/output/src1/src/../../../../etc/shadow",
    "up/etc/shadow",
    "/proc/self/environ",
    "/codebuild/output/tmp/env",
    ".localbuild/builds/1/build.log",
    "/codebuild/output/src1",
    "..",
    "/",
)


def hostile() -> Forest:
    forest = Forest("x", ".localbuild/builds/1/build.log").put("up", link("/"))
    for path in ("/etc/shadow", "/proc/self/environ", "/codebuild/output/tmp/env"):
        forest.put(path, file())
    return forest


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("keep", [False, True])
def test_a_link_out_of_the_source_is_skipped(target: str, keep: bool) -> None:
    forest = hostile().put("bad", link(target)).put("d/bad", link("../bad"))
    for patterns in (("**/*",), ("bad", "x"), ("bad/*", "bad/**/*", "d/bad/x", "x")):
        found = chosen(forest, *patterns, keep_links=keep)
        assert names(found) == ["x"]
        assert not any(f.path.startswith(("/etc", "/proc")) for f in found.files)
    assert "a link that leads out" in " ".join(chosen(forest, "bad", keep_links=keep).warnings)


@pytest.mark.parametrize("target", ["/", "/etc", "..", "../../.."])
def test_a_base_directory_by_a_link_out_of_the_source(target: str) -> None:
    forest = hostile().put("dist", link(target))
    for base in ("dist", f"{SOURCE}/dist", "dist/etc", "di*", "*/etc"):
        found = chosen(forest, "**/*", "shadow", base=base)
        assert found.files == ()
        assert found.failure.startswith("no matching base directory")


def test_a_link_in_the_place_of_the_source() -> None:
    forest = Forest().put("/codebuild/output/src1/src", link("/etc")).put("/etc/shadow", file())
    assert chosen(forest, "**/*").failure == "no matching base directory path found for ."
    assert chosen(forest, "shadow", base=SOURCE).files == ()


def test_what_links_within_the_source_lead_to_is_taken() -> None:
    forest = Forest("real/a", "real/b/c").put("l", link("real/a")).put("d/m", link("../real"))
    forest.put("n", link(f"{SOURCE}/real/b")).put("o", link("l"))
    found = chosen(forest, "**/*")
    assert names(found) == ["d/m/a", "d/m/b/c", "l", "n/c", "o", "real/a", "real/b/c"]
    assert {f.path for f in found.files} == {f"{SOURCE}/real/a", f"{SOURCE}/real/b/c"}
    assert not any(f.link for f in found.files)
    assert names(chosen(forest, "d/m/*")) == ["d/m/a"]
    assert names(chosen(forest, "*", base="d/m")) == ["a"]
    assert names(chosen(forest, "n")) == ["n/c"]


@pytest.mark.parametrize("target", ["nowhere", "self", "x/y", "../src/none"])
def test_links_that_lead_nowhere(target: str) -> None:
    found = chosen(Forest("x").put("self", link(target)), "*")
    assert names(found) == ["x"]
    assert found.warnings[0].startswith("self: skipped: a link that leads")


def test_circles_end() -> None:
    forest = Forest("a/x", "b/y").put("a/up", link("..")).put("a/b", link("../b"))
    forest.put("b/a", link("../a")).put("a/here", link("."))
    found = chosen(forest, "**/*")
    assert names(found) == ["a/b/y", "a/x", "b/a/x", "b/y"]
    assert "a/b/a, a/here, a/up, b/a/b, b/a/here and 1 more: skipped" in found.warnings[0]


def test_links_that_multiply_folders_end() -> None:
    """2^40 paths to one file."""
    forest = Forest("d40/x")
    for n in range(40):
        forest.put(f"d{n}/l", link(f"../d{n + 1}")).put(f"d{n}/m", link(f"../d{n + 1}"))
    selection = Selection(directory=SOURCE, files=("d0/**/*",))
    found = select(forest, selection, most_linked=1000)
    assert (found.files, found.failure) == ((), TOO_MANY)
    assert len(forest.listed) < 1200
    selection = Selection(directory=SOURCE, files=("d38/**/*",))
    assert names(select(forest, selection, most_linked=10)) == [
        "d38/l/l/x",
        "d38/l/m/x",
        "d38/m/l/x",
        "d38/m/m/x",
    ]


def test_special_files_are_skipped() -> None:
    found = chosen(Forest("x").put("p", FIFO).put("l", link("p")), "**/*")
    assert names(found) == ["x"]
    assert found.warnings == ("l, p: skipped: neither a file nor a folder",)
    assert chosen(Forest().put("p", FIFO), "p").failure == NO_FILES


# --- links that stay links ------------------------------------------------------------------------


def test_links_stay_links_where_that_is_asked_for() -> None:
    forest = Forest("lib/so.1", "lib/d/x").put("lib/so", link("so.1")).put("lib/e", link("d"))
    found = {f.name: f.link for f in chosen(forest, "**/*", base="lib", keep_links=True).files}
    assert found == {"so.1": "", "d/x": "", "so": "so.1", "e": "d"}


def test_links_cannot_multiply_base_directories() -> None:
    """Twelve folders with a link to each: more ways through them than anybody counts."""
    forest = Forest("0/a")
    for one in range(12):
        for other in range(12):
            forest.put(f"{one}/l{other}", link(f"../{other}"))
    for base in ("**/x", "**", "*/**/l*"):
        selection = Selection(directory=SOURCE, files=("*",), base_directory=base)
        assert select(forest, selection, most_linked=1000).failure == TOO_MANY


def test_a_link_that_would_lead_out_of_the_output_is_followed() -> None:
    forest = Forest("dist/a", "other/b").put("dist/l", link("../other/b"))
    forest.put("dist/m", link("../other")).put("dist/n", link("../dist/a"))
    forest.put("dist/o", link(f"{SOURCE}/dist/a"))
    found = chosen(forest, "**/*", base="dist", keep_links=True)
    assert {f.name: f.link for f in found.files} == {
        "a": "",
        "l": "",
        "m/b": "",
        "n": "a",
        "o": "a",
    }


def test_without_paths_no_link_is_kept() -> None:
    forest = Forest("d/a").put("d/l", link("a"))
    found = chosen(forest, "**/*", discard=True, keep_links=True)
    assert {f.name: f.link for f in found.files} == {"a": "", "l": ""}


def test_nothing_lies_below_a_link_that_is_kept() -> None:
    forest = Forest("one/real/x", "two/l/y").put("one/l", link("real"))
    found = chosen(forest, "**/*", base="*", keep_links=True)
    assert {f.name: f.link for f in found.files} == {"real/x": "", "l/y": ""}


@pytest.mark.parametrize(
    ("own", "text", "leads_to", "wanted"),
    [
        ("b/l", "x", "b/x", "x"),
        ("b/d/l", "../x", "b/x", "../x"),
        ("b/d/l", "../../b/x", "b/x", "../x"),
        ("b/l", "/b/d/x", "b/d/x", "d/x"),
        ("b/d/e/l", "/b/x", "b/x", "../../x"),
        ("b/l", "none", None, "none"),
        ("b/l", "../none", None, ""),
        ("b/l", "/none", None, ""),
        ("b/d/l", "/b/d", "b/d", "."),
    ],
)
def test_texts_of_links(own: str, text: str, leads_to: str | None, wanted: str) -> None:
    place = leads_to.encode() if leads_to is not None else None
    assert text_within(b"b", own.encode(), text.encode(), place) == wanted.encode()


def test_directories_are_no_files() -> None:
    assert chosen(Forest().put("d/e", DIRECTORY), "**/*").failure == NO_FILES
