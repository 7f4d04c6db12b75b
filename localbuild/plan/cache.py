"""The plan of a build's cache: what the buildspec, the project and the command line say of it."""

from dataclasses import dataclass
from enum import StrEnum


class CacheAction(StrEnum):
    """The buildspec's `cache.action`; BOTH where it has none."""

    BOTH = "both"
    RESTORE = "restore"
    SAVE = "save"


class CacheMode(StrEnum):
    """What a build may do with its cache: read and write, read only, write only."""

    READ_WRITE = "rw"
    READ_ONLY = "ro"
    WRITE_ONLY = "wo"


class CacheSave(StrEnum):
    """When a cache is saved: every phase succeeded, INSTALL did, always."""

    SUCCESS = "success"
    INSTALL = "install"
    ALWAYS = "always"


LOCAL_SOURCE_CACHE = "LOCAL_SOURCE_CACHE"
LOCAL_DOCKER_LAYER_CACHE = "LOCAL_DOCKER_LAYER_CACHE"
LOCAL_CUSTOM_CACHE = "LOCAL_CUSTOM_CACHE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePlan:
    """The buildspec's `cache` and how the project and the command line want it done.

    `type` is the API's CacheType. `tiers` are the places of an S3 cache, the first asked first:
    absolute paths and `s3://` URLs. `paths`, `key` and `fallback_keys` are as written. `required`:
    a fault of the cache fails the build. `fail_on_miss`: so does a miss.
    """

    declared: bool = False
    type: str = "S3"
    tiers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    namespace: str = ""
    paths: tuple[str, ...] = ()
    key: str = ""
    fallback_keys: tuple[str, ...] = ()
    action: CacheAction = CacheAction.BOTH
    mode: CacheMode = CacheMode.READ_WRITE
    save: CacheSave = CacheSave.SUCCESS
    required: bool = False
    fail_on_miss: bool = False

    @property
    def location(self) -> str:
        """The API's `location`: the bucket with its prefix; without one the first directory."""
        buckets = [t.removeprefix("s3://") for t in self.tiers if t.startswith("s3://")]
        return next(iter(buckets or self.tiers), "")
