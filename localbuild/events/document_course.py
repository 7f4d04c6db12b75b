"""What build.json tells of a build's container, and of where its course began and ended. Pure."""

from localbuild.events.result import BuildResult


def course_facts(result: BuildResult) -> dict[str, object]:
    """`container` is null where there was none; `until` and `resumedFrom` where nobody asked."""
    started, kept = result.started, result.kept
    container = {
        "name": result.container,
        "kept": kept is not None,
        "leftOut": list(kept.left_out) if kept else [],
    }
    resumed = {"buildNumber": started.resumed_from, "id": started.resumed_build}
    return {
        "container": container if result.container else None,
        "until": started.until or None,
        "resumedFrom": resumed if started.resumed_from else None,
    }
