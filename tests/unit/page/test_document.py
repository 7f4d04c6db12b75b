"""The page: one file, nothing of a build's in it but text, every link with its end."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given

from localbuild.events.model import Event, Failed, Warned
from localbuild.events.project import EnvironmentVariable
from localbuild.events.result import BuildResult
from localbuild.page.document import PageContent, page_html
from localbuild.page.log import LogLimits
from localbuild.page.story import tell_story
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.samples import (
    at,
    build_ended,
    command_ended,
    command_started,
    failing_build,
    output,
    phase_ended,
    phase_started,
    started,
)
from tests.unit.page.reading import Page
from tests.unit.page.samples import ARTIFACTS, CASES, COVERAGE, HOSTILE, hostile_build

ALL = LogLimits()


def page(*events: Event, limits: LogLimits = ALL, **more: object) -> Page:
    """The page of a history."""
    content = PageContent(story=tell_story(events, limits))
    return Page(page_html(replace(content, **more)))  # type: ignore[arg-type]


def result(*events: Event) -> BuildResult:
    """What a history came to."""
    return tell_story(events, ALL).result


def check_whole(found: Page) -> None:
    """One file that asks for nothing, whose links have ends, whose ids are told once."""
    ids = [e.attributes["id"] for e in found.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in found.elements:
        assert not {"src", "style", "srcset", "action"} & element.attributes.keys()
        assert not any(name.startswith("on") for name in element.attributes)
        target = element.attributes.get("href")
        assert target is None or (target or "")[1:] in ids
    names = {e.name for e in found.elements}
    assert not names & {
        "link",
        "iframe",
        "img",
        "object",
        "embed",
        "base",
        "form",
        "audio",
        "video",
    }
    assert len(found.all("script")) == len(found.all("style")) == 1
    assert "url(" not in found.all("style")[0].text
    assert "@import" not in found.all("style")[0].text


def test_a_failed_build_says_why_at_once() -> None:
    found = page(*failing_build())
    check_whole(found)
    told = found.by_id("failure")
    assert "buildspec.yml:6 BUILD 2 failed with exit status 1 after 1.5s" in told.text
    assert "FAIL cart.spec.js" in told.text
    assert "localbuild shell 3" in told.text
    (link,) = [e for e in told.inner for e in e.inner if e.name == "a"]
    assert found.log[int((link.attributes["href"] or "")[2:])] == "Running command set -e"
    assert found.all("title")[0].text == "FAILED · my-app #3"
    head = found.all("header")[0].text
    assert all(text in head for text in ("took 5.0s", "exit code 1", "2 of 3 planned", "an-image"))


def test_an_error_of_the_world_is_told_with_its_hints() -> None:
    failed = Failed(
        time=at(1),
        build=BUILD,
        message="no engine",
        exit_code=4,
        status_code="X",
        hints=("start it",),
    )
    told = page(started(), failed, build_ended(2, StatusType.FAULT)).by_id("failure").text
    assert "error: no engine" in told
    assert "hint: start it" in told


def test_a_good_build_has_no_failure() -> None:
    found = page(
        started(),
        phase_started(0, PhaseType.BUILD),
        phase_ended(1, PhaseType.BUILD),
        build_ended(1, StatusType.SUCCEEDED),
    )
    assert not [e for e in found.elements if e.attributes.get("id") == "failure"]
    check_whole(found)


def test_the_log_is_there_line_by_line() -> None:
    found = page(*failing_build())
    (number,) = [n for n, text in found.log.items() if text == "FAIL cart.spec.js"]
    line = found.by_id(f"L{number}")
    assert line.inner[0].attributes == {"href": f"#L{number}"}
    assert line.attributes["data-t"] == "03:04:08.000"


def test_a_log_that_is_cut_says_so_and_where_the_whole_is() -> None:
    events = (started(), phase_started(0, PhaseType.BUILD), output(1, b"x\n" * 1000))
    found = page(*events, limits=LogLimits(lines=50), log_path="there/build.log")
    check_whole(found)
    (gap,) = found.all("p", "gap")
    assert gap.text == "Lines 51 to 951 are not shown: there/build.log"
    assert set(found.log) == {*range(1, 51), *range(952, 1002)}
    assert "1,001 lines, of which 901 are not shown here" in found.by_id("log").text


@pytest.mark.parametrize("lines", [1, 6, 9, 30])
def test_a_cut_between_phases_is_told_once(lines: int) -> None:
    found = page(*failing_build(), limits=LogLimits(lines=lines))
    check_whole(found)
    assert len(found.all("p", "gap")) == (0 if lines == 30 else 1)


def test_time_has_a_row_for_each_step() -> None:
    table = page(*failing_build()).by_id("time")
    assert "npm ci" in table.text
    assert "not run: BUILD FAILED" in table.text
    assert "SUBMITTED" not in table.text


def test_tests_that_failed_come_with_message_and_place() -> None:
    found = page(*failing_build(), CASES, COVERAGE)
    check_whole(found)
    told = found.by_id("tests").text
    assert "1 passed, 1 failed" in told
    assert "cart adds up" in told
    assert "expected 3, got 4" in told
    assert "test/cart.spec.js:12" in told
    assert "87.5%" in told


def test_artifacts_and_environment_are_listed() -> None:
    variables = (EnvironmentVariable(name="STAGE", value="dev"),)
    found = page(replace(started(), environment_variables=variables), ARTIFACTS)
    assert "primaryout/app1,2003.0 MB" in found.by_id("artifacts").text
    assert "STAGEdevPLAINTEXT" in found.by_id("environment").text


def test_warnings_are_listed_with_their_places() -> None:
    warned = Warned(
        time=at(1), build=BUILD, message="odd", code="LB600", file="b.yml", line=3, hints=("do",)
    )
    found = page(started(), warned)
    assert "b.yml:3 odd [LB600]hint: do" in found.by_id("warnings").text
    assert "1 warning" in found.all("header")[0].text


def test_an_earlier_build_is_compared_with() -> None:
    before = (
        replace(started(), number=2, image="old-image"),
        phase_started(1, PhaseType.BUILD),
        command_started(1, 1, "npm ci"),
        command_ended(2.5, 1, "npm ci"),
        command_started(3, 2, "npm pack"),
        command_ended(4.5, 2, "npm pack"),
        phase_ended(5, PhaseType.BUILD),
        build_ended(9, StatusType.SUCCEEDED),
    )
    found = page(*failing_build(), CASES, earlier=result(*before))
    check_whole(found)
    told = found.by_id("comparison")
    rows = [[cell.text for cell in e.inner] for e in found.all("tr") if e.inner[0].name == "th"]
    assert ["the whole build", "9.0 s", "5.0 s", "−4.0 s"] in rows
    assert ["npm ci", "1.5 s", "1.5 s", "+0 ms"] in rows
    assert ["npm pack", "1.5 s", "–", "did not run"] in rows
    assert ["set -e", "–", "1.5 s", "new"] in rows
    assert "old-image → an-image" in told.text
    assert "unit: cart adds up" in told.text


@given(histories())
def test_any_history_is_a_page(events: tuple[Event, ...]) -> None:
    check_whole(page(*events, limits=LogLimits(lines=5), earlier=result(*events)))


def test_the_policy_lets_only_the_page_s_own_style_and_script_in() -> None:
    found = page(*failing_build())
    (policy,) = [
        e.attributes["content"] or ""
        for e in found.all("meta")
        if e.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    for name in ("style", "script"):
        digest = hashlib.sha256(found.all(name)[0].text.encode()).digest()
        assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"https?:|data:|\*", policy)


def test_nothing_of_a_hostile_build_is_more_than_text() -> None:
    harmless = page(*hostile_build("x"), earlier=result(*hostile_build("y")))
    names = {e.name for e in harmless.elements}
    for text in HOSTILE:
        earlier = result(*hostile_build(f"{text}2"))
        found = page(*hostile_build(text), earlier=earlier, log_path=text)
        check_whole(found)
        assert {e.name for e in found.elements} <= names


def test_no_text_makes_a_page_that_a_browser_cannot_lay_out() -> None:
    story = tell_story(hostile_build("A" * 1_000_000), ALL)
    text = page_html(PageContent(story=story, earlier=story.result))
    assert max(len(run) for run in re.findall("A+", text)) <= LogLimits().line
    assert len(text) < 500_000


def test_a_hostile_text_is_shown_as_it_is() -> None:
    text = "</script><script>alert(1)</script>"
    found = page(*hostile_build(text))
    assert found.log[1] == text
    assert text in found.all("header")[0].text
    assert found.by_id("tests").text.count(text) >= 5
