"""The lines about what a build hands out: where it is, and how much. Pure."""

from collections.abc import Iterator

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.outputs import PRIMARY, ArtifactUploaded
from localbuild.events.result import BuildResult
from localbuild.lines import one_line
from localbuild.logs.caching import cache_line, print_seconds
from localbuild.units import print_bytes


def side_line(event: CacheRestored | CacheSaved | ArtifactUploaded) -> str:
    """The line of what happens beside a build's commands."""
    return artifact_line(event) if isinstance(event, ArtifactUploaded) else cache_line(event)


def artifact_line(event: ArtifactUploaded) -> str:
    """`Artifacts: 3 files (1.2 MB) in .localbuild/builds/1/artifacts, 0.1 s`."""
    where = "in" if event.packaging == "NONE" else "as"
    text = f"{_name(event)}: {_size(event)} {where} {one_line(event.path)}"
    return f"{text}, {print_seconds(event.seconds)}"


def artifact_lines(result: BuildResult) -> Iterator[str]:
    """A line of a build's end for each of its outputs."""
    for found in result.artifacts:
        yield f"{_name(found).lower()}: {one_line(found.path)} ({_size(found)})"


def _name(event: ArtifactUploaded) -> str:
    return "Artifacts" if event.identifier == PRIMARY else f"Artifacts {one_line(event.identifier)}"


def _size(event: ArtifactUploaded) -> str:
    return f"{event.files:,} file{'' if event.files == 1 else 's'}, {print_bytes(event.size_bytes)}"
