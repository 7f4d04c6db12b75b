"""What a build was given and what it left: environment, cache, artifacts, exports. Pure."""

from collections.abc import Iterator

from localbuild.events.caching import RESTORED, CacheRestored, CacheSaved
from localbuild.events.document_cache import project_cache
from localbuild.events.model import BuildStarted
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.result import BuildResult
from localbuild.logs.caching import print_seconds, worth_line
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, cut, facts, section, table
from localbuild.units import counted, print_bytes, print_duration


def artifacts(result: BuildResult) -> Markup:
    """What the build handed out, and where that is; '' where it is nothing."""
    if not result.artifacts:
        return Markup("")
    heads = ("artifact", "place", "files", "size")
    return section(
        "artifacts", "Artifacts", table(heads, map(_artifact, result.artifacts), numbers=[2, 3])
    )


def _artifact(found: ArtifactUploaded) -> tuple[str, ...]:
    kind = tag("span", " ZIP", class_="faint") if found.packaging == "ZIP" else ""
    place = joined((code(found.path), kind))
    return code(found.identifier), place, f"{found.files:,}", print_bytes(found.size_bytes)


def cache(result: BuildResult) -> Markup:
    """What became of the cache, and why."""
    restored, saved = result.cache_restored, result.cache_saved
    if restored is None and saved is None:
        return Markup("")
    pairs = [*_project_cache(result.started), *_restored(restored), *_saved(saved)]
    if worth := worth_line(result):
        pairs.append(("worth", worth))
    return section("cache", "Cache", facts(pairs))


def _project_cache(started: BuildStarted) -> Iterator[tuple[str, str]]:
    found = {key: value for key, value in project_cache(started).items() if value != "NO_CACHE"}
    for key, value in found.items():
        text = ", ".join(value) if isinstance(value, list) else str(value)
        yield f"project's {key}", text


def _restored(event: CacheRestored | None) -> Iterator[tuple[str, str]]:
    if event is None:
        return
    yield "outcome", badge(event.outcome)
    yield "key", code(event.key) if event.key else ""
    if event.matched_key != event.key:
        yield "used key", code(event.matched_key) if event.matched_key else ""
    yield "why", joined(tag("div", cut(line)) for line in event.why)
    yield "failure", event.failure
    if event.outcome in RESTORED:
        layer = ", from a warm layer" if event.layer else ""
        size = f"{print_bytes(event.size_bytes)}, {counted(event.files, 'file')}"
        yield "restored", f"{size} in {print_seconds(event.seconds)}{layer}"
    yield "store", code(event.store) if event.store else ""


def _saved(event: CacheSaved | None) -> Iterator[tuple[str, str]]:
    if event is None:
        return
    if not event.saved:
        yield "not saved", event.reason
        return
    size = f"{print_bytes(event.size_bytes)}, {counted(event.files, 'file')}"
    new = f"{print_bytes(event.new_bytes)} new"
    yield "saved", f"{size}, {new}, in {print_seconds(event.seconds)}"
    yield "saved in", code(event.store) if event.store else ""


def environment(result: BuildResult) -> Markup:
    """The environment as build.json has it, masked, and the variables that the build exports."""
    started = result.started
    parts = [facts(_environment(started))]
    given = started.environment_variables
    if given:
        rows = [(code(v.name), code(v.value), v.type) for v in given]
        parts.append(tag("h3", "variables of the project and the call"))
        parts.append(table(("name", "value", "type"), rows))
    if result.exported:
        exported = [(code(name), code(value)) for name, value in result.exported]
        parts.append(tag("h3", "exported variables"))
        parts.append(table(("name", "value"), exported))
    return section("environment", "Environment", *parts)


def _environment(started: BuildStarted) -> Iterator[tuple[str, str]]:
    yield "image", code(started.image)
    yield "type", started.environment_type
    yield "compute type", started.compute_type
    yield "privileged", "yes" if started.privileged else ""
    yield "time limit", print_duration(started.timeout_s)
    yield "source", joined((cut(started.source_type), " ", code(started.source)))
    yield "source version", code(started.source_version) if started.source_version else ""
    for source in started.secondary_sources:
        commit = f" at {source.resolved_version}" if source.resolved_version else ""
        yield f"source {source.identifier}", code(f"{source.location}{commit}")
    yield "ARN", code(started.arn)
    if started.auto_retry_limit:
        yield "automatic retry", f"{started.auto_retry_number} of {started.auto_retry_limit}"
