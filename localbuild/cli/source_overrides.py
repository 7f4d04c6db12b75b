"""`start-build`'s overrides of sources, as SOURCE and `-s` have them.

Source: API reference, StartBuild sourceLocationOverride, sourceTypeOverride,
secondarySourcesOverride, secondarySourcesVersionOverride.
"""

import re
from collections.abc import Iterator, Mapping

from localbuild.cli.call import Call, Given
from localbuild.cli.options.spread import (
    SECONDARY_SOURCES,
    SECONDARY_VERSIONS,
    json_items,
    parameter_of,
)
from localbuild.errors import UsageError

_WORD = re.compile(r"(?:^|,)(type|location|sourceIdentifier|sourceVersion)=")


PRIMARY = ("--source-location-override", "--source-type-override")


def source_word(call: Call) -> str:
    """SOURCE as it was given, else the override that stands for it, '' for neither."""
    if not _is_source(call):
        return call.argument("where")
    return _place(call.text("source_location_override"), call.text("source_type_override"))


def idle_overrides(call: Call) -> Iterator[str]:
    """What to say of overrides of the primary source that come to nothing."""
    for option in PRIMARY if not _is_source(call) else ():
        if call.text(parameter_of(option)):
            yield f"{option} is not used: SOURCE stands for it"


def _is_source(call: Call) -> bool:
    """Whether the overrides say what SOURCE is, in a command that has one."""
    free = "where" in call.arguments and not call.argument("where")
    return free and bool(call.text("source_location_override"))


def with_secondary_sources(given: dict[str, Given]) -> None:
    """Make `source` of both overrides; what `-s` says itself stays. Raises UsageError."""
    sources, versions = (_take(given, option) for option in (SECONDARY_SOURCES, SECONDARY_VERSIONS))
    ours = {name: _with_version(where, versions.pop(name, "")) for name, where in sources.items()}
    ours |= {name: f"#{version}" for name, version in versions.items()}
    before = given.get("source", Given(value=(), origin="start-build's overrides"))
    words = before.value if isinstance(before.value, tuple) else ()
    named = {str(word).partition(":")[0] for word in words}
    more = tuple(f"{name}:{where}" for name, where in ours.items() if name not in named)
    if more:
        given["source"] = Given(value=(*words, *more), origin=before.origin)


def _take(given: dict[str, Given], option: str) -> dict[str, str]:
    """The overrides' values by the sources' identifiers."""
    found = given.pop(parameter_of(option), None)
    values = found.value if found and isinstance(found.value, tuple) else ()
    items = (item for value in values for item in _items(option, str(value)))
    return dict(_read(option, item) for item in items)


def _with_version(where: str, version: str) -> str:
    if not version:
        return where
    return (
        f"{where}?versionId={version}"
        if where.startswith(("s3:", "arn:"))
        else f"{where}#{version}"
    )


def _place(location: str, type: str) -> str:
    """A source's location as we write it."""
    bare = type == "S3" and not location.startswith(("arn:", "s3:"))
    return f"s3://{location}" if bare else location


def _items(option: str, text: str) -> Iterator[Mapping[str, object]]:
    """A JSON object, a list of them, or the AWS CLI's shorthand."""
    if not text.startswith(("{", "[")):
        parts = _WORD.split(text)
        yield dict(zip(parts[1::2], parts[2::2], strict=True))
        return
    yield from json_items(option, text)


def _read(option: str, item: Mapping[str, object]) -> tuple[str, str]:
    """A source's identifier, and its place or its version."""
    identifier, version = item.get("sourceIdentifier"), item.get("sourceVersion")
    location, type = item.get("location"), item.get("type")
    if option == SECONDARY_VERSIONS and identifier and version:
        return str(identifier), str(version)
    if option == SECONDARY_SOURCES and identifier and location and type:
        return str(identifier), _place(str(location), str(type))
    example = "sourceIdentifier=ID,sourceVersion=REF"
    if option == SECONDARY_SOURCES:
        example = "type=GITHUB,location=URL,sourceIdentifier=ID"
    raise UsageError(f"{option}: this names no source", hints=(f"{option} {example}",))
