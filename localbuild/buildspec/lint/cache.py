"""Rules about the cache: paths that take one file, keys that do nothing."""

from collections.abc import Iterator

from localbuild.buildspec.lint.commands import warning
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem


def lb401_path_without_pattern(buildspec: Buildspec) -> Iterator[Problem]:
    """A last part with a dot inside it is taken for a file, and nothing is said.

    Source: buildspec reference, cache/paths.
    """
    for path in buildspec.cache.paths if buildspec.cache else ():
        last = path.value.rstrip("/").rpartition("/")[2]
        if "*" in path.value or "." in last.lstrip("."):
            continue
        whole = f"{path.value.rstrip('/')}/**/*"
        message = f"'{path.value}' names one file, a directory needs '/**/*'"
        yield warning("LB401", message, path.place, f"write: - '{whole}'")


def lb402_fallback_without_key(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, cache/fallback-keys: ignored without a key."""
    cache = buildspec.cache
    if cache and cache.fallback_keys and cache.key is None:
        message = "fallback-keys are ignored because the cache has no key"
        yield warning("LB402", message, cache.fallback_keys[0].place)


def lb403_constant_key(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: Amazon S3 caching: a cache under a key is not updated once it is created."""
    key = buildspec.cache.key if buildspec.cache else None
    if key is not None and "$" not in key.value:
        message = f"the key '{key.value}' never changes: saved once, the cache is never updated"
        hint = "let it depend on something: npm-$(codebuild-hash-files package-lock.json)"
        yield warning("LB403", message, key.place, hint)
