"""What a user should know about a plan before it runs. Pure."""

from collections.abc import Iterable, Iterator

from localbuild.buildspec.model import Buildspec, RuntimeVersion
from localbuild.plan.cache import LOCAL_DOCKER_LAYER_CACHE, CachePlan
from localbuild.plan.environment import RESERVED_PREFIX
from localbuild.plan.model import EnvironmentPlan, Notice
from localbuild.plan.runtime_versions import PlannedRuntime
from localbuild.plan.script import is_shell_name

NOT_SELECTED = "LB601"
IMAGE_RUNTIMES = "image"
"""The value of the setting `runtimes` that leaves the image's versions as they are."""


def buildspec_notices(spec: Buildspec) -> Iterator[Notice]:
    """What a buildspec has that does not do what it seems to do."""
    for problem in spec.warnings:
        yield Notice(
            code=problem.code,
            message=problem.message,
            line=problem.place.line,
            hints=problem.hints,
        )
    env = spec.env
    for variable in (*env.variables, *env.parameter_store, *env.secrets_manager):
        if not is_shell_name(variable.name.value):
            yield Notice(
                code="LB210",
                message=f"'{variable.name}' is no name that a shell can have: it is not passed on",
                line=variable.name.place.line,
            )
        elif variable.name.value.startswith(RESERVED_PREFIX):
            yield Notice(
                code="LB207",
                message=f"{variable.name} begins with {RESERVED_PREFIX}, which is reserved",
                line=variable.name.place.line,
            )


def export_notices(spec: Buildspec, exported: tuple[str, ...]) -> Iterator[Notice]:
    """Which names of `exported-variables` are none of those that are exported."""
    kept = [name for name in spec.env.exported_variables if name.value not in exported]
    if kept:
        names = ", ".join(dict.fromkeys(name.value for name in kept))
        yield Notice(
            code="LB611",
            message=f"exported-variables: {names}: not exported: no secret and no AWS_ name is",
            line=kept[0].place.line,
        )


def runtimes_notices(spec: Buildspec, wanted: str) -> Iterator[Notice]:
    """That `runtime-versions` is passed over, where it is. `wanted`: the setting `runtimes`."""
    found = [runtime for phase in spec.phases for runtime in phase.runtime_versions]
    if wanted == IMAGE_RUNTIMES and found:
        yield Notice(
            code=NOT_SELECTED,
            message=f"{not_selected(found)} (--runtimes image)",
            line=found[0].name.place.line,
        )


def not_selected(runtimes: Iterable[PlannedRuntime | RuntimeVersion]) -> str:
    """What to say of runtimes that a build does not get."""
    named = ", ".join(f"{runtime.name} {runtime.version}" for runtime in runtimes)
    return f"runtime-versions: {named}: not selected; the build uses what its image has"


def local_cache_notices(
    spec: Buildspec, cache: CachePlan, environment: EnvironmentPlan, origin: str
) -> Iterator[Notice]:
    """What a local cache makes nothing of. `origin`: who set it, an option or `FILE:LINE`.

    Source: User Guide, local caching.
    """
    if cache.type != "LOCAL":
        return
    if spec.cache and spec.cache.key:
        yield Notice(
            code="LB602",
            message="the project's cache is LOCAL, which has no keys: key and fallback-keys are "
            "ignored",
            line=spec.cache.key.place.line,
        )
    if LOCAL_DOCKER_LAYER_CACHE in cache.modes and not environment.privileged:
        file, line = _place_of(origin)
        by = "" if line or not origin else f"{origin}: "
        yield Notice(
            code="LB603",
            message=f"{by}{LOCAL_DOCKER_LAYER_CACHE} needs a privileged build: no layers are kept",
            file=file,
            line=line,
            hints=("localbuild run --privileged",),
        )


def _place_of(origin: str) -> tuple[str, int]:
    """The file and the line of who set something; ('', 0) for an option or a variable."""
    file, _, line = origin.rpartition(":")
    return (file, int(line)) if line.isdecimal() else ("", 0)
