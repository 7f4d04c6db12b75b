"""Rules about `runtime-versions`: names that no image has, versions that today's images lack."""

import re
from collections.abc import Iterator

from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.lint.commands import note, warning
from localbuild.buildspec.model import Buildspec, RuntimeVersion
from localbuild.errors import Problem

NAMES = ("dotnet", "golang", "java", "nodejs", "php", "python", "ruby", "rust")
RETIRED = ("android", "docker")
ALIASES = {"node": "nodejs", "go": "golang", "corretto": "java", "jdk": "java", "openjdk": "java"}
OLDEST: dict[str, tuple[int, ...]] = {
    "dotnet": (6,),
    "golang": (1, 20),
    "nodejs": (18,),
    "php": (8, 1),
    "python": (3, 9),
    "ruby": (3, 1),
}
"""The oldest version that any maintained image has."""


def lb214_unknown_runtime(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: the runtimes.yml of CodeBuild's images; real logs: an unknown name is refused."""
    for runtime in _runtimes(buildspec):
        name = runtime.name.value
        if name in (*NAMES, *RETIRED):
            continue
        close = f"did you mean '{ALIASES[name]}'?" if name in ALIASES else did_you_mean(name, NAMES)
        message = f"no image of CodeBuild has a runtime named '{name}'"
        hints = (*filter(None, (close,)), f"there are: {', '.join(NAMES)}")
        yield warning("LB214", message, runtime.name.place, *hints)


def lb215_old_runtime(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: runtimes.yml of CodeBuild's images: what is not listed is downloaded or refused."""
    for runtime in _runtimes(buildspec):
        name, version = runtime.name.value, runtime.version.value
        if name in RETIRED:
            message = f"'{name}' is no runtime of today's standard images: they refuse it"
            yield note("LB215", message, runtime.name.place, "remove it")
        elif _is_old(name, version):
            message = f"{name} {version} is in none of the maintained images"
            oldest = ".".join(map(str, OLDEST[name])) if name in OLDEST else "corretto8, 11, 17, 21"
            hint = (
                f"an image downloads it in each build, or refuses it; they have {oldest} and later"
            )
            yield note("LB215", message, runtime.version.place, hint)


def lb319_latest_runtime(buildspec: Buildspec) -> Iterator[Problem]:
    """What `latest` is depends on the image, and changes with it."""
    for runtime in _runtimes(buildspec):
        if runtime.version.value == "latest":
            message = f"{runtime.name.value} 'latest' is another version with the next image"
            yield note("LB319", message, runtime.version.place, "name a version")


def _is_old(name: str, version: str) -> bool:
    if name == "java":
        return re.fullmatch(r"open\w+|corretto([0-79]|10|1[2-6])", version) is not None
    found = re.fullmatch(r"(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?", version)
    if name not in OLDEST or found is None:
        return False
    parts = [int(part) for part in found.groups() if part and part != "x"]
    oldest = OLDEST[name]
    return tuple(parts) < oldest[: len(parts)]


def _runtimes(buildspec: Buildspec) -> Iterator[RuntimeVersion]:
    for phase in buildspec.phases:
        for runtime in phase.runtime_versions:
            if "$" not in runtime.version.value and "{{" not in runtime.version.value:
                yield runtime
