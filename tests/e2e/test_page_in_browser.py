"""The page of a build in a real browser: it can be read, used by keyboard, and trusted."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from localbuild.events.model import Event
from localbuild.page.document import PageContent, page_html
from localbuild.page.log import LogLimits
from localbuild.page.story import tell_story
from localbuild.terms import PhaseType, StatusType
from tests.conftest import missing
from tests.e2e.browser import Tab, find_browser, open_tab
from tests.unit.logs.samples import (
    build_ended,
    command_ended,
    command_started,
    failing_build,
    output,
    phase_ended,
    phase_started,
    started,
)
from tests.unit.page.samples import ARTIFACTS, CASES, COVERAGE, HOSTILE, hostile_build

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
COLOUR = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(15, 18, 22)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A tab for all tests of this file."""
    path = find_browser()
    if not path:
        missing("browser", "no Chromium is there: scripts/browser.sh")
    with open_tab(path, tmp_path_factory.mktemp("browser") / "profile") as tab:
        yield tab


@pytest.fixture
def tab(browser: Tab) -> Tab:
    """The tab, which remembers nothing of other tests."""
    browser.logged.clear()
    browser.requested.clear()
    browser.blocked.clear()
    browser.dialogs.clear()
    return browser


def write_page(path: Path, events: Iterable[Event], *, policy: bool = True) -> Path:
    """The page of a history; without its policy only escaping stands between it and the browser."""
    content = PageContent(story=tell_story(events, LogLimits()), log_path="there/build.log")
    text = page_html(content)
    path.write_bytes((text if policy else POLICY.sub("", text)).encode())
    return path


def long_build(lines: int) -> Iterator[Event]:
    """A build that prints many lines."""
    yield from (started(), phase_started(1, PhaseType.BUILD), command_started(1, 1, "make"))
    for start in range(0, lines, 100):
        text = "".join(
            f"\x1b[32mline\x1b[0m number {n} says so\n" for n in range(start, start + 100)
        )
        yield output(2 + start / lines, text.encode())
    yield from (command_ended(9, 1, "make", 2), phase_ended(9, PhaseType.BUILD, StatusType.FAILED))
    yield build_ended(10, StatusType.FAILED)


def count(tab: Tab, expected: str) -> None:
    """Wait for what the search says."""
    tab.wait_for(f"document.getElementById('count').textContent === {expected!r}")


def at_line(tab: Tab) -> str:
    """The line that the search has come to, if it is within the window."""
    rect = "document.querySelector('.now').getBoundingClientRect()"
    assert tab.ask(f"{rect}.top >= 0 && {rect}.bottom <= innerHeight")
    return str(tab.ask("document.querySelector('.now').id"))


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without its policy"])
def test_no_script_of_a_build_runs_and_nothing_is_asked_for(
    policy: bool, tab: Tab, tmp_path: Path
) -> None:
    for number, text in enumerate(HOSTILE):
        path = write_page(tmp_path / f"{number}.html", hostile_build(text), policy=policy)
        tab.requested.clear()
        tab.show(path)
        tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        tab.ask("document.querySelectorAll('a, input, button').forEach((each) => each.focus())")
        assert tab.ask("document.title").startswith("FAILED · ")
        assert tab.ask("location.href").partition("#")[0] == path.as_uri()
        assert tab.requested == [path.as_uri()]
    assert (tab.logged, tab.dialogs) == ([], [])


def test_the_policy_stops_a_script_that_somebody_puts_in(tab: Tab, tmp_path: Path) -> None:
    path = write_page(tmp_path / "page.html", failing_build())
    more = "<script>document.title = 'owned'</script><img src='http://127.0.0.1:9/x' onerror='1'>"
    path.write_text(path.read_text().replace("</main>", f"{more}</main>"))
    tab.show(path)
    assert tab.ask("document.title") == "FAILED · my-app #3"
    assert tab.requested == [path.as_uri(), *tab.blocked]
    assert all("Content Security Policy" in text for text in tab.logged)
    assert len(tab.logged) >= 2
    assert tab.blocked == ["http://127.0.0.1:9/x"]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "events", [failing_build(), hostile_build("x" * 3000)], ids=["usual", "odd"]
)
def test_a_page_fits_its_window(width: int, events: list[Event], tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", [*events, CASES, COVERAGE, ARTIFACTS]), width=width)
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert tab.ask("document.documentElement.scrollWidth") <= width
    parts = "[...document.querySelectorAll('h1, dd, .piece > div')]"
    assert tab.ask(f"{parts}.filter((part) => part.scrollWidth > innerWidth).length") == 0
    assert tab.logged == []


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_the_system_s_until_somebody_chooses(
    dark: bool, tab: Tab, tmp_path: Path
) -> None:
    tab.show(write_page(tmp_path / "page.html", failing_build()), dark=dark)
    assert tab.ask(COLOUR) == (DARK if dark else LIGHT)
    tab.ask("document.getElementById('theme-light').click()")
    assert tab.ask(COLOUR) == LIGHT
    tab.ask("document.getElementById('theme-dark').click()")
    assert tab.ask(COLOUR) == DARK
    assert tab.ask("localStorage.length + sessionStorage.length + document.cookie.length") == 0


def test_the_log_is_searched_by_keyboard(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", long_build(3000)))
    tab.press("/", text="/")
    assert tab.ask("document.activeElement.id") == "find"
    tab.type("NUMBER 29")
    count(tab, "111 lines")
    tab.press("Enter")
    count(tab, "1 of 111")
    first = at_line(tab)
    tab.press("Enter", shift=True)
    count(tab, "111 of 111")
    last = at_line(tab)
    assert int(last[1:]) - int(first[1:]) == 2999 - 29
    painted = tab.ask("[...CSS.highlights.get('found')].map((range) => range.toString())")
    assert painted == ["number 29"] * 111
    tab.press("Enter")
    assert at_line(tab) == first
    tab.press("Escape")
    count(tab, "")
    assert tab.ask("document.activeElement.id") != "find"
    assert tab.logged == []


def test_a_search_takes_a_text_as_it_is_unless_it_is_asked_for_a_pattern(
    tab: Tab, tmp_path: Path
) -> None:
    events: list[Event] = [started(), phase_started(0, PhaseType.BUILD)]
    events.append(output(1, b"a.c\nabc\n(\n"))
    tab.show(write_page(tmp_path / "page.html", events))
    tab.press("/", text="/")
    tab.type("a.c")
    count(tab, "1 line")
    tab.ask("document.getElementById('regex').click()")
    count(tab, "2 lines")
    tab.ask("document.getElementById('find').value = '('")
    tab.ask("document.getElementById('find').dispatchEvent(new Event('input'))")
    count(tab, "no such pattern")
    tab.ask("document.getElementById('regex').click()")
    count(tab, "1 line")


def test_a_link_to_a_line_opens_its_phase(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", long_build(1000)))
    tab.ask("document.getElementById('fold').click()")
    assert tab.ask("document.querySelectorAll('#log > details[open]').length") == 0
    tab.ask("location.hash = '#L500'")
    tab.wait_for("document.querySelector(':target').closest('details').open")
    assert tab.ask("document.querySelector(':target').id") == "L500"


def test_a_match_in_a_folded_phase_opens_it(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", long_build(1000)))
    tab.ask("document.getElementById('fold').click()")
    tab.press("/", text="/")
    tab.type("number 777")
    count(tab, "1 line")
    tab.press("Enter")
    assert at_line(tab) == "L780"


def test_a_log_of_a_hundred_thousand_lines_can_be_used(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", long_build(99_000)))
    tab.ask("location.hash = '#L60000'")
    tab.wait_for("document.querySelector(':target') !== null")
    place = "document.querySelector(':target').getBoundingClientRect().top"
    assert 0 <= tab.ask(place) <= tab.ask("innerHeight")
    tab.press("/", text="/")
    tab.type("number 98765 ")
    count(tab, "1 line")
    tab.press("Enter")
    assert at_line(tab) == "L98768"


def test_a_page_of_endless_words_is_laid_out(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", hostile_build("A" * 1_000_000)))
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert tab.ask("document.documentElement.scrollWidth") <= 1440
    assert "more characters" in tab.ask("document.getElementById('log').textContent")


def test_a_page_can_be_read_without_its_script(tab: Tab, tmp_path: Path) -> None:
    path = write_page(tmp_path / "page.html", failing_build())
    tab.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.show(path)
        assert tab.ask("document.getElementById('search').checkVisibility()") is False
        assert tab.ask("document.getElementById('L8').checkVisibility()") is True
        assert "FAIL cart.spec.js" in tab.ask("document.getElementById('log').innerText")
    finally:
        tab.send("Emulation.setScriptExecutionDisabled", value=False)


def test_times_and_wrapping_are_a_matter_of_style(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", failing_build()))
    time = "getComputedStyle(document.querySelector('[data-t]'), '::before').content"
    assert tab.ask(time) == "none"
    tab.ask("document.getElementById('times').click()")
    assert tab.ask(time) == '"03:04:05.200"'
    wraps = "getComputedStyle(document.getElementById('L1')).textWrapMode"
    assert tab.ask(wraps) == "wrap"
    tab.ask("document.getElementById('wrap').click()")
    assert tab.ask(wraps) == "nowrap"


def test_a_page_is_printed_light_and_without_its_tools(tab: Tab, tmp_path: Path) -> None:
    tab.show(write_page(tmp_path / "page.html", failing_build()), dark=True)
    tab.prefer(dark=True, media="print")
    assert tab.ask(COLOUR) == LIGHT
    assert tab.ask("document.querySelector('nav').checkVisibility()") is False
    assert tab.ask("document.querySelector('.tools').checkVisibility()") is False
    tab.prefer(dark=False)
