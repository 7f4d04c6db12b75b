"""`--project FILE[#NAME]` and `--parameter KEY=VALUE`: what is asked for, and reading it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localbuild.cli.process.paths import is_file, under
from localbuild.errors import UsageError
from localbuild.sources.places import GitRepository

if TYPE_CHECKING:
    from localbuild.project.definition import Definition

LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """A file that defines projects: its path, what people call it, and which project is meant."""

    path: Path
    shown: str
    name: str = ""

    @property
    def is_toml(self) -> bool:
        """Whether it is a `localbuild.toml`, which defines one project only."""
        return self.path.suffix == ".toml"


def read_project_file(value: object, base: Path) -> ProjectFile:
    """`FILE` or `FILE#NAME`; a `#` may also be a part of a file's name. Raises ValueError."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"{value!r} is no file")
    whole = under(base, value)
    file, sign, name = value.rpartition("#")
    if not sign or is_file(whole):
        return ProjectFile(path=whole, shown=value)
    if not file or not name:
        raise ValueError(f"'{value}' is not FILE#NAME")
    return ProjectFile(path=under(base, file), shown=file, name=name)


def read_parameters(value: object, _: Path) -> Mapping[str, str]:
    """`KEY=VALUE`, or several of them. Raises ValueError."""
    words = value if isinstance(value, list | tuple) else (value,)
    found: dict[str, str] = {}
    for word in words:
        name, sign, text = word.partition("=") if isinstance(word, str) else ("", "", "")
        if not name or not sign or "\0" in text:
            raise ValueError(f"'{name or word}' is not KEY=VALUE")
        found[name] = text
    return found


def load_definition(file: ProjectFile, parameters: Mapping[str, str], region: str) -> "Definition":
    """The project that was asked for. Raises UsageError."""
    from localbuild.project.choice import Wanted
    from localbuild.project.definition import read_definition

    try:
        with open(file.path, "rb") as stream:
            data = stream.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"--project {file.shown}: {error.strerror}") from None
    wanted = Wanted(file=file.shown, name=file.name, parameters=parameters, region=region)
    return read_definition(data, wanted)


def hidden_values(definition: "Definition") -> tuple[str, ...]:
    """What of a definition nobody may see: what it marks so, and credentials in sources' URLs."""
    project = definition.project
    locations = (source.location for source in (project.source, *project.secondary_sources))
    found = (secret for url in locations for secret in GitRepository(url=url).secrets)
    return (*definition.masked, *found)
