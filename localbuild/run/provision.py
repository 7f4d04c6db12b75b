"""PROVISIONING: an engine, an image, and a container that is ready for commands."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from localbuild.container.helpers import helper_files
from localbuild.container.stubs import stub_files
from localbuild.errors import ImageUnavailableError, UsageError
from localbuild.plan.environment import (
    CA_FILE,
    HELPERS_DIR,
    STUBS_DIR,
    BuildIdentity,
    compose_environment,
    output_directory,
)
from localbuild.plan.images import image_hints, missing_image_message
from localbuild.plan.local_cache import DOCKER_DATA, OWN_DOCKER_DATA, local_mounts
from localbuild.plan.model import BuildPlan, EnvironmentPlan, PlannedMount, PlannedVariable
from localbuild.plan.script import (
    DIRECTORY_FILE,
    ENV_FILE,
    STATE_DIR,
    is_shell_name,
    state_file,
)
from localbuild.ports.engine import (
    ContainerSpec,
    Engine,
    FileToPut,
    Image,
    Mount,
    Privilege,
)
from localbuild.ports.kept import KEPT_OF_LABEL
from localbuild.run.services import Services
from localbuild.run.waiting import wait_for

BUILD_LABEL = "dev.localbuild.build"
_VARIABLE_LIMIT = 128 * 1024


def find_image(engine: Engine, wanted: EnvironmentPlan) -> Image | None:
    """The build's image where the engine has it, by either of its names."""
    found = engine.find_image(wanted.image, wanted.platform)
    return found or engine.find_image(wanted.image_reference, wanted.platform)


def provide_image(engine: Engine, wanted: EnvironmentPlan, check: Callable[[], None]) -> Image:
    """The build's image: from the engine, or pulled as `pull` says.

    Raises ImageUnavailableError with hints that can be pasted; and what `check` raises where the
    build must not go on, though the registry says nothing.
    """
    if wanted.pull != "always" and (found := find_image(engine, wanted)) is not None:
        return found
    message = missing_image_message(wanted.image, wanted.image_reference)
    other = engine.find_image(wanted.image_reference, "") if wanted.platform else None
    if other is not None:
        message = f"image {wanted.image} is on this engine for {other.platform} alone"
    hints = image_hints(wanted.image, wanted.image_reference)
    if wanted.pull == "never":
        raise ImageUnavailableError(f"{message} (--pull never)", hints=hints)

    def pull() -> Image:
        return engine.pull_image(wanted.image_reference, wanted.platform, lambda _: check())

    try:
        return wait_for(pull, check)
    except ImageUnavailableError as error:
        raise ImageUnavailableError(
            f"{message}: {error.message}", hints=(*error.hints, *hints)
        ) from error


def fit_to_engine(engine: Engine, wanted: EnvironmentPlan) -> tuple[EnvironmentPlan, str]:
    """The environment with no more CPUs than the engine has, and what to say about it.

    An engine refuses a container that asks for more.
    """
    if not wanted.cpus:
        return wanted, ""
    cpus = engine.facts().cpus
    if not cpus or wanted.cpus <= cpus:
        return wanted, ""
    said = f"--cpus {wanted.cpus:g}: the engine has {cpus}; the build gets all of them"
    return replace(wanted, cpus=float(cpus)), said


def container_name(plan: BuildPlan, identity: BuildIdentity) -> str:
    """What the engine calls a build's container."""
    return f"localbuild-{plan.project[:40]}-{identity.number}-{identity.uuid[:8]}"


def container_spec(
    plan: BuildPlan, identity: BuildIdentity, image: Image, services: Services
) -> ContainerSpec:
    """The container of one build of a plan."""
    wanted = plan.environment
    return ContainerSpec(
        name=container_name(plan, identity),
        image=image,
        hostname=identity.hostname,
        working_directory=plan.source.directory,
        labels=tuple(_labels(identity.id_in(plan.project), services.kept_of)),
        mounts=tuple(_mounts(plan)),
        network=wanted.network,
        privilege=Privilege.FULL if wanted.privileged else Privilege.NONE,
        cpus=wanted.cpus,
        memory_bytes=wanted.memory_bytes,
        platform=wanted.platform,
        directories=_directories(plan),
        memory_directories=memory_directories(plan),
        files=_files(plan, identity, image, services),
        keep=services.keep != "never",
    )


def _labels(build: str, kept_of: str) -> Iterator[tuple[str, str]]:
    yield BUILD_LABEL, build
    if kept_of:
        yield KEPT_OF_LABEL, kept_of


def _mounts(plan: BuildPlan) -> Iterator[Mount]:
    given = plan.environment.mounts
    kept = local_mounts(plan)
    for mount in (*given, *kept):
        yield Mount(source=mount.source, target=mount.target, read_only=mount.read_only)
    if plan.source.mode == "mount":
        yield Mount(source=plan.source.location, target=plan.source.directory)
    if plan.environment.privileged and not _are_at(given, DOCKER_DATA):
        place = OWN_DOCKER_DATA if _are_at(kept, DOCKER_DATA) else DOCKER_DATA
        yield Mount(source="", target=place)


def _are_at(mounts: Iterable[PlannedMount], target: str) -> bool:
    return any(mount.target.rstrip("/") == target for mount in mounts)


def _check_size(variable: PlannedVariable) -> None:
    """Linux starts no program with a longer one: every command would end with 126."""
    size = len(f"{variable.name}={variable.value}".encode("utf-8", "surrogateescape"))
    if size >= _VARIABLE_LIMIT:
        raise UsageError(
            f"variable {variable.name} has {size} bytes; a program is given at most "
            f"{_VARIABLE_LIMIT - 1}",
            hints=("put it in a file, and the file's name in the variable",),
        )


def _directories(plan: BuildPlan) -> tuple[tuple[str, int], ...]:
    """Writable state for any user that commands run as; the source is root's."""
    return (
        ("/codebuild", 0o755),
        ("/codebuild/readonly", 0o755),
        ("/codebuild/output", 0o755),
        (STATE_DIR, 0o777),
        ("/codebuild/user", 0o755),
        (HELPERS_DIR, 0o755),
        *([(STUBS_DIR, 0o755)] if plan.environment.stubs else []),
        *((path, 0o755) for path in _source_directories(plan)),
    )


def _source_directories(plan: BuildPlan) -> tuple[str, ...]:
    """The folders of all sources, and those above them up to ours."""
    found: dict[str, None] = {}
    for source in (plan.source, *plan.secondary_sources):
        path = output_directory(source.directory)
        found[path] = None
        for name in filter(None, source.directory.removeprefix(path).split("/")):
            path = f"{path}/{name}"
            found[path] = None
    return tuple(found)


def memory_directories(plan: BuildPlan) -> tuple[str, ...]:
    """Variables lie where no disk keeps them, unless the user has mounted something there."""
    mounted = any(mount.target.rstrip("/") == STATE_DIR for mount in plan.environment.mounts)
    hidden = plan.secrets or plan.environment.aws_credentials != "none"
    return (STATE_DIR,) if hidden and not mounted else ()


def _files(
    plan: BuildPlan, identity: BuildIdentity, image: Image, services: Services
) -> tuple[FileToPut, ...]:
    variables = compose_environment(plan, identity, image.variables)
    for variable in variables:
        _check_size(variable)
    state = state_file((v.name, v.value) for v in variables if is_shell_name(v.name))
    session = container_name(plan, identity) if plan.debug_session else ""
    files = [
        FileToPut(path=ENV_FILE, text=state, mode=0o666),
        FileToPut(path=DIRECTORY_FILE, text=f"{plan.source.directory}\n", mode=0o666),
        *(FileToPut(path=p, text=t, mode=m) for p, t, m in helper_files(session)),
        *(FileToPut(path=p, text=t, mode=m) for p, t, m in stub_files(plan.environment.stubs)),
    ]
    if plan.environment.ca_bundle:
        files.append(
            FileToPut(path=CA_FILE, text=services.ca_bundle.decode("utf-8", "surrogateescape"))
        )
    return tuple(files)
