"""Settings become a request for a build: the command line's last step before the plan."""

import re
from dataclasses import dataclass, replace

from localbuild.cli.buildspecs import BuildspecChoice
from localbuild.cli.caching import LOCAL, NO_CACHE, S3, refuse_idle
from localbuild.cli.settings import Settings
from localbuild.cli.windows import refuse_windows_host
from localbuild.plan.cache import CacheMode, CachePlan, CacheSave
from localbuild.plan.compile import BuildRequest
from localbuild.plan.compute import COMPUTE_TYPES, Capacity, limits_within
from localbuild.plan.images import resolve_image
from localbuild.plan.model import EnvironmentPlan, PlannedMount, SourcePlan
from localbuild.project.model import Project, ProjectVariable

_NAME_LENGTH = 150
_NO_NAME = "localbuild"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a request needs beside the settings: the source's facts, the user, the machine.

    `name` is the source's, for a project without one. `from_fork`: the source is a pull request of
    somebody else's repository.
    """

    source: SourcePlan
    name: str
    initiator: str = ""
    machine: Capacity = Capacity()
    cache_directory: str = ""
    from_fork: bool = False


def make_request(
    settings: Settings,
    around: Circumstances,
    choice: BuildspecChoice,
    variables: tuple[tuple[str, str], ...],
    references: tuple[ProjectVariable, ...] = (),
) -> BuildRequest:
    """The request. `variables` are the command line's; `references` lie with AWS.

    Raises UsageError for settings that contradict each other.
    """
    refuse_windows_host(settings)
    defined = settings.definition.project if settings.definition else Project(name="")
    project = replace(
        defined,
        name=settings.project_name or name_from(around.name),
        image=settings.image,
        compute_type=settings.compute_type,
        privileged_mode=settings.privileged,
        environment_variables=settings.project_variables + references,
        buildspec=settings.buildspec,
        artifacts=settings.artifacts_override or defined.artifacts,
        secondary_artifacts=defined.secondary_artifacts
        if settings.secondary_artifacts_override is None
        else settings.secondary_artifacts_override,
    )
    return BuildRequest(
        project=project,
        environment=_environment(settings, around.machine),
        source=replace(around.source, mode=settings.source_mode),
        buildspec_file=choice.file,
        buildspec_path=choice.path,
        variables=variables,
        skip=settings.skip,
        until=settings.until,
        cache=_cache(settings, around),
        cache_origin=settings.origin("cache"),
        runtimes=settings.runtimes,
        region=settings.region,
        initiator=around.initiator,
        timeout_s=settings.timeout,
        debug_session=settings.debug_session,
    )


def name_from(location: str) -> str:
    """A project name for a folder. Source: API reference, Project/name: 2 to 150 characters."""
    base = location.rstrip("/").rsplit("/", 1)[-1]
    cleaned = re.sub(r"[^A-Za-z0-9_-]+", "-", base).lstrip("-_").rstrip("-")[:_NAME_LENGTH]
    if not cleaned:
        return _NO_NAME
    return cleaned if len(cleaned) > 1 else f"{cleaned}-{_NO_NAME}"


def limit_notes(settings: Settings, machine: Capacity) -> tuple[str, ...]:
    """What to tell of a compute type that is larger than the machine."""
    wanted = COMPUTE_TYPES.get(settings.compute_type, Capacity())
    found = limits_within(wanted, machine)
    if found == wanted:
        return ()
    has = f"{machine.cpus:.0f} CPUs, {machine.memory_bytes / 1024**3:.0f} GiB"
    asks = f"{wanted.cpus:.0f} CPUs, {wanted.memory_bytes / 1024**3:.0f} GiB"
    limits = {"CPUs": found.cpus, "memory": found.memory_bytes}
    unset = [f"of {what} " for what, limit in limits.items() if not limit]
    which = unset[0] if len(unset) == 1 else ""
    larger = f"{settings.compute_type} ({asks}) is larger than this machine ({has})"
    return (f"{larger}: no limit {which}set",)


def fork_note(settings: Settings, around: Circumstances) -> str:
    """What to tell of a build that may not write its cache, '' where there is nothing to tell."""
    if settings.cache_mode or not around.from_fork or settings.cache.type == NO_CACHE:
        return ""
    how = "only read (--cache-mode rw writes it, too)"
    if settings.cache.type == LOCAL:
        how = "not used (--cache-mode rw uses it)"
    return f"a pull request from a fork: the cache is {how}"


def _cache(settings: Settings, around: Circumstances) -> CachePlan:
    wanted = settings.cache
    asked = {
        "fail_on_cache_miss": settings.fail_on_cache_miss,
        "cache_required": settings.cache_required,
    }
    setters = [settings.setter(name) for name, is_asked in asked.items() if is_asked]
    refuse_idle(wanted.type, settings.setter("cache"), setters)
    default = CacheMode.READ_ONLY if around.from_fork else CacheMode.READ_WRITE
    return CachePlan(
        type=wanted.type,
        tiers=(wanted.tiers or (around.cache_directory,)) if wanted.type == S3 else (),
        modes=wanted.modes,
        namespace=settings.cache_namespace,
        mode=CacheMode(settings.cache_mode or default),
        save=CacheSave(settings.cache_save),
        required=settings.cache_required,
        fail_on_miss=settings.fail_on_cache_miss,
    )


def _mounts(settings: Settings) -> tuple[PlannedMount, ...]:
    """The volumes; those at a mount point of the project's stand for that file system."""
    systems = settings.definition.project.file_systems if settings.definition else ()
    found = {system.mount_point.rstrip("/"): system.identifier for system in systems}
    return tuple(
        replace(m, file_system=found.get(m.target.rstrip("/"), "")) for m in settings.volume
    )


def _environment(settings: Settings, machine: Capacity) -> EnvironmentPlan:
    limits = limits_within(COMPUTE_TYPES.get(settings.compute_type, Capacity()), machine)
    return EnvironmentPlan(
        image=settings.image,
        image_reference=resolve_image(settings.image, settings.images),
        platform=settings.platform,
        compute_type=settings.compute_type,
        cpus=settings.cpus or limits.cpus,
        memory_bytes=settings.memory or limits.memory_bytes,
        privileged=settings.privileged,
        network=settings.network,
        pull=settings.pull,
        mounts=_mounts(settings),
        ca_bundle=settings.ca_file is not None,
        stubs=settings.stub,
        aws_credentials=settings.aws_credentials,
    )
