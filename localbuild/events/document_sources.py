"""The secondary sources of build.json.

Source: API reference, ProjectSource, ProjectSourceVersion.
"""

from localbuild.events.model import BuildStarted
from localbuild.events.project import BuildSource


def secondary_sources(started: BuildStarted) -> list[dict[str, object]]:
    """The API's `secondarySources`; the commit is ours, as the API has no field for it."""
    return [_source(source) for source in started.secondary_sources]


def secondary_source_versions(started: BuildStarted) -> list[dict[str, object]]:
    """The API's `secondarySourceVersions`: of those that were asked for in a version."""
    return [
        {"sourceIdentifier": source.identifier, "sourceVersion": source.version}
        for source in started.secondary_sources
        if source.version
    ]


def _source(source: BuildSource) -> dict[str, object]:
    found: dict[str, object] = {
        "sourceIdentifier": source.identifier,
        "type": source.type,
        "location": source.location,
    }
    if source.git_clone_depth:
        found["gitCloneDepth"] = source.git_clone_depth
    if source.fetch_submodules:
        found["gitSubmodulesConfig"] = {"fetchSubmodules": True}
    if source.resolved_version:
        found["resolvedSourceVersion"] = source.resolved_version
    return found
