"""What a user should know of an output beside CodeBuild's own words. Pure."""

from collections.abc import Sequence

from localbuild.events.outputs import PRIMARY
from localbuild.lines import one_line
from localbuild.plan.output_names import S3, is_one_file, uses_own_name
from localbuild.plan.outputs import ArtifactsPlan
from localbuild.ports.collect import FoundFile


def without_effect(found: ArtifactsPlan) -> tuple[str, ...]:
    """What the buildspec says of an output that does not count.

    Source: buildspec reference, artifacts/name and artifacts/enable-symlinks.
    """
    said = []
    if found.name and not uses_own_name(found):
        said.append("`name` does not count: only a project with overrideArtifactName lets it")
    if found.enable_symlinks and not is_one_file(found):
        said.append("`enable-symlinks` does not count: the output is a folder, no ZIP")
    return tuple(said)


def nothing_matches(found: ArtifactsPlan) -> str:
    """What was looked for where."""
    base = f"in base-directory {one_line(found.base_directory)}" if found.base_directory else ""
    patterns = ", ".join(f"'{one_line(text)}'" for text in found.files)
    return " ".join(filter(None, ("nothing was found", base, f"for {patterns}")))


def left_behind(outputs: Sequence[ArtifactsPlan]) -> str:
    """Outputs that come after one that failed; '' for none."""
    names = ", ".join(name_of(found) for found in outputs)
    return f"artifacts that are not handed out then: {names}" if names else ""


def name_of(found: ArtifactsPlan) -> str:
    """Its identifier; the primary one has a word of ours."""
    return found.identifier or PRIMARY


def in_one_place(
    found: ArtifactsPlan, files: Sequence[FoundFile], outputs: Sequence[ArtifactsPlan]
) -> tuple[str, ...]:
    """Files of the primary output that lie in the folder of another one, for each of those."""
    if found.identifier or found.type == S3:
        return ()
    names = {file.name.partition("/")[0]: file.name for file in reversed(files)}
    return tuple(
        f"{one_line(names[each.identifier])} lies in the folder of the secondary artifacts "
        f"'{each.identifier}': of two files with one name theirs is kept"
        for each in outputs
        if each.identifier in names and each.type != S3
    )
