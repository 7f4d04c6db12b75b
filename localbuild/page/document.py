"""A build as one HTML page that needs no network, no other file, and no script to be read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from localbuild.events.result import BuildResult
from localbuild.page.assets import csp_hash, read_asset
from localbuild.page.colours import colour_rules
from localbuild.page.comparison import comparison
from localbuild.page.given import artifacts, cache, environment
from localbuild.page.head import failure, head, remarks
from localbuild.page.log_section import log_section
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import cut
from localbuild.page.reports import reports_section
from localbuild.page.story import Story
from localbuild.page.waterfall import waterfall

_LINKS = {
    "tests": "Tests",
    "time": "Time",
    "artifacts": "Artifacts",
    "comparison": "Comparison",
    "cache": "Cache",
    "environment": "Environment",
    "log": "Log",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """Everything that a page shows. `earlier`: a build to compare with.

    `log_path`: where the whole log lies, as people see it.
    """

    story: Story
    earlier: BuildResult | None = None
    log_path: str = "build.log"


def page_html(content: PageContent) -> str:
    """The page's text."""
    story = content.story
    style = read_asset("page.css") + colour_rules(story.log.colours)
    script = read_asset("page.js")
    started = story.result.started
    title = f"{story.result.status} · {cut(started.project)} #{started.number}"
    top = (
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="localbuild"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    sections = {name: part for name, part in _sections(content) if part}
    links = [tag("a", text, href=f"#{name}") for name, text in _LINKS.items() if name in sections]
    bar = tag("nav", *links, _theme(), aria_label="sections")
    main = tag("main", joined(sections.values(), "\n"))
    body = tag("body", bar, head(story), main, tag("script", Markup(script)))
    return f"<!DOCTYPE html>\n{tag('html', tag('head', joined(top)), body, lang='en')}\n"


def _policy(style: str, script: str) -> str:
    """Nothing but this very style and script; nothing is fetched, sent or embedded."""
    return (
        f"default-src 'none'; style-src {csp_hash(style)}; script-src {csp_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _sections(content: PageContent) -> Iterator[tuple[str, Markup]]:
    story, result = content.story, content.story.result
    yield "failure", failure(story)
    yield "warnings", remarks(result)
    yield "tests", reports_section(result.reports)
    yield "time", waterfall(story)
    yield "artifacts", artifacts(result)
    yield "comparison", comparison(content.earlier, result)
    yield "cache", cache(result)
    yield "environment", environment(result)
    yield "log", log_section(story, content.log_path)


def _theme() -> Markup:
    """A switch that works by style alone; nothing is remembered."""
    choices = (
        tag(
            "label",
            tag(
                "input",
                type="radio",
                name="theme",
                id=f"theme-{name}",
                checked=name == "auto",
                autocomplete="off",
            ),
            name,
        )
        for name in ("auto", "light", "dark")
    )
    return tag("fieldset", tag("legend", "colours"), *choices, class_="theme")
