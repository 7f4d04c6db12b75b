"""A LOCAL cache: which folders lie in the engine's volume instead, and where. Pure.

Source: User Guide, local caching; real logs of builds with LOCAL_CUSTOM_CACHE.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localbuild.plan.cache import LOCAL_CUSTOM_CACHE, LOCAL_DOCKER_LAYER_CACHE, CacheMode
from localbuild.plan.cache_paths import expand_path
from localbuild.plan.model import BuildPlan, PlannedMount

STORE = "/codebuild/local-cache/custom"
DOCKER_DATA = "/var/lib/docker"
OWN_DOCKER_DATA = "/codebuild/local-cache/docker"
"""For a build's own layers, where another build of the project has those that are kept."""

_GLOB = re.compile(r"[*?\[{]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFolder:
    """A cache path with its variables' values, and the folder in the store that stands for it.

    `target` is where the build looks for it. No `store`: it names no folder.
    """

    pattern: str
    path: str
    target: str
    store: str


def local_scope(project: str) -> str:
    """24 hex digits that belong to a project: the same as its caches in a store have."""
    name = project.encode("utf-8", "surrogateescape")
    return hashlib.sha256(b"7:project%d:%b" % (len(name), name)).hexdigest()[:24]


def uses_local_cache(plan: BuildPlan) -> bool:
    """Whether it has a LOCAL cache that it may change: such a volume cannot be only read."""
    return plan.cache.type == "LOCAL" and plan.cache.mode is not CacheMode.READ_ONLY


def local_mounts(plan: BuildPlan) -> tuple[PlannedMount, ...]:
    """The volumes of a build's LOCAL cache, by the modes that apply to it."""
    if not uses_local_cache(plan):
        return ()
    scope = local_scope(plan.project)
    volume = f"localbuild-cache-{scope}"
    mounts = []
    if LOCAL_CUSTOM_CACHE in plan.cache.modes and plan.cache.paths:
        mounts.append(PlannedMount(source=volume, target=f"{STORE}/{scope}"))
    if LOCAL_DOCKER_LAYER_CACHE in plan.cache.modes and plan.environment.privileged:
        mounts.append(PlannedMount(source=f"{volume}-docker", target=DOCKER_DATA))
    return tuple(mounts)


def local_folders(plan: BuildPlan, variables: Mapping[str, str]) -> Iterator[LocalFolder]:
    """The folders of a LOCAL_CUSTOM_CACHE, a path at a time, as the buildspec has them."""
    if not uses_local_cache(plan) or LOCAL_CUSTOM_CACHE not in plan.cache.modes:
        return
    for written in plan.cache.paths:
        yield _folder(expand_path(written, variables), plan)


def _folder(pattern: str, plan: BuildPlan) -> LocalFolder:
    path = re.sub(r"(/\*{1,2})+$", "", pattern).rstrip("/")
    target = posixpath.normpath(posixpath.join(plan.source.directory, path))
    inside = target.removeprefix(f"{plan.source.directory}/")
    name = (inside if inside != target else target).lstrip("/")
    store = f"{STORE}/{local_scope(plan.project)}/{name}"
    named = _names_folder(pattern, path) and _may_be_a_link(target, plan.source.directory)
    return LocalFolder(pattern=pattern, path=path, target=target, store=store if named else "")


def _names_folder(pattern: str, path: str) -> bool:
    """A last part with a dot inside it is taken for a file, unless a slash follows it."""
    last = path.rpartition("/")[2]
    return not _GLOB.search(path) and (pattern != path or "." not in last.lstrip("."))


def _may_be_a_link(target: str, source_directory: str) -> bool:
    """Neither the source itself, nor what it lies in, nor anything of ours."""
    ours = source_directory == target or source_directory.startswith(f"{target.rstrip('/')}/")
    below = target.startswith("/codebuild/") and not target.startswith(f"{source_directory}/")
    return not ours and not below
