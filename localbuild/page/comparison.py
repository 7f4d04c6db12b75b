"""The comparison with the last build that succeeded, as a section of the page. Pure."""

from collections.abc import Iterator

from localbuild.events.result import BuildResult
from localbuild.logs.caching import print_seconds
from localbuild.page.differences import Change, compare_times, newly_failing
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, cut, facts, section

_WORTH_TELLING_S = 0.5
_WORTH_TELLING = 0.1
_NAME_LENGTH = 200


def comparison(before: BuildResult | None, now: BuildResult) -> Markup:
    """What differs from the earlier build; '' where there is none."""
    if before is None:
        return Markup("")
    rows = (_row(change) for change in compare_times(before, now))
    heads = ("", f"#{before.started.number}", f"#{now.started.number}", "difference")
    kinds = ("", "n", "n", "")
    names = (tag("th", n, scope="col", class_=k) for n, k in zip(heads, kinds, strict=True))
    inner = tag("table", tag("thead", tag("tr", joined(names))), tag("tbody", joined(rows)))
    return section(
        "comparison",
        f"Against build {before.started.number}, the last that succeeded",
        facts(_changed(before, now)),
        _failing(newly_failing(before.reports, now.reports)),
        tag("div", inner, class_="scroll"),
    )


def _changed(before: BuildResult, now: BuildResult) -> Iterator[tuple[str, str]]:
    """What is not the same as it was, and the caches in any case."""
    old, new = before.started, now.started
    pairs = (
        ("image", old.image, new.image),
        ("commit", old.resolved_source_version, new.resolved_source_version),
        ("buildspec", before.buildspec, now.buildspec),
    )
    for name, was, is_now in pairs:
        if was != is_now:
            yield name, joined((code(was or "none"), " → ", code(is_now or "none")))
    yield "cache", joined((_outcome(before), " → ", _outcome(now)))
    was_given = {v.name: v.value for v in old.environment_variables}
    is_given = {v.name: v.value for v in new.environment_variables}
    names = [n for n in {**was_given, **is_given} if was_given.get(n) != is_given.get(n)]
    yield "variables", ", ".join(names)


def _outcome(result: BuildResult) -> Markup:
    return badge(result.cache_restored.outcome if result.cache_restored else "off")


def _failing(names: tuple[str, ...]) -> Markup:
    if not names:
        return Markup("")
    rows = joined(tag("li", cut(name)) for name in names)
    return Markup(tag("h3", "tests that did not fail then") + tag("ul", rows))


def _row(change: Change) -> Markup:
    name = change.name.strip().split("\n")[0][:_NAME_LENGTH]
    kind = "command" if change.is_command else "phase"
    return tag(
        "tr",
        tag("th", name or "the whole build", scope="row"),
        tag("td", _time(change.before_s), class_="n"),
        tag("td", _time(change.now_s), class_="n"),
        tag("td", *_difference(change)),
        class_=kind,
    )


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else print_seconds(seconds)


def _difference(change: Change) -> Iterator[Markup]:
    difference = change.difference_s
    if difference is None:
        yield tag("span", "new" if change.before_s is None else "did not run", class_="warn")
        return
    sign = "+" if difference >= 0 else "−"
    large = max(_WORTH_TELLING_S, _WORTH_TELLING * (change.before_s or 0.0))
    tone = "faint" if abs(difference) < large else "slower" if difference > 0 else "faster"
    yield tag("span", f"{sign}{print_seconds(abs(difference))}", class_=tone)
