"""What a build's first event says of its project: variables and secondary sources."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable:
    """A variable of the project or of the command line, as the API's `EnvironmentVariable`."""

    name: str
    value: str
    type: str = "PLAINTEXT"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSource:
    """A secondary source: the API's `ProjectSource` and its `ProjectSourceVersion`.

    `resolved_version`: the commit, which the API does not tell of these; '' without git.
    """

    identifier: str
    type: str
    location: str
    version: str = ""
    resolved_version: str = ""
    git_clone_depth: int = 0
    fetch_submodules: bool = False
