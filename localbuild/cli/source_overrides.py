"""`start-build`'s overrides of secondary sources, as `-s` has them.

Source: API reference, StartBuild secondarySourcesOverride, secondarySourcesVersionOverride.
"""

import json
import re
from collections.abc import Iterator, Mapping

from localbuild.cli.call import Given
from localbuild.cli.spread import SECONDARY_SOURCES, SECONDARY_VERSIONS
from localbuild.errors import UsageError

_WORD = re.compile(r"(?:^|,)(type|location|sourceIdentifier|sourceVersion)=")


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
    found = given.pop(option.removeprefix("--").replace("-", "_"), None)
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


def _items(option: str, text: str) -> Iterator[Mapping[str, object]]:
    """A JSON object, a list of them, or the AWS CLI's shorthand."""
    if not text.startswith(("{", "[")):
        parts = _WORD.split(text)
        yield dict(zip(parts[1::2], parts[2::2], strict=True))
        return
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{option}: this is no JSON: {error}") from None
    for item in found if isinstance(found, list) else [found]:
        yield item if isinstance(item, dict) else {}


def _read(option: str, item: Mapping[str, object]) -> tuple[str, str]:
    """A source's identifier, and its place or its version."""
    identifier, version = item.get("sourceIdentifier"), item.get("sourceVersion")
    location, type = item.get("location"), item.get("type")
    if option == SECONDARY_VERSIONS and identifier and version:
        return str(identifier), str(version)
    if option == SECONDARY_SOURCES and identifier and location and type:
        scheme = "s3://" if type == "S3" and not str(location).startswith("arn:") else ""
        return str(identifier), f"{scheme}{location}"
    example = "sourceIdentifier=ID,sourceVersion=REF"
    if option == SECONDARY_SOURCES:
        example = "type=GITHUB,location=URL,sourceIdentifier=ID"
    raise UsageError(f"{option}: this names no source", hints=(f"{option} {example}",))
