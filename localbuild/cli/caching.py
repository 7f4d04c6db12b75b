"""What the settings say about the cache: where it is, of what type, and what a build may do.

Source: API reference, ProjectCache: type, location, modes, cacheNamespace.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localbuild.cli.call import Given
from localbuild.cli.process.paths import real_path, under
from localbuild.errors import UsageError
from localbuild.plan.cache import LOCAL_CUSTOM_CACHE, LOCAL_DOCKER_LAYER_CACHE, LOCAL_SOURCE_CACHE

OFF = "off"
S3, LOCAL, NO_CACHE = "S3", "LOCAL", "NO_CACHE"
TYPES = (S3, LOCAL, NO_CACHE)
MODES = (LOCAL_SOURCE_CACHE, LOCAL_DOCKER_LAYER_CACHE, LOCAL_CUSTOM_CACHE)
KEYS = ("type", "location", "modes", "cacheNamespace")
NAMESPACE = "cacheNamespace"

_S3_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCache:
    """The project's cache. `tiers` are absolute paths and `s3://` URLs, the first asked first.

    No tiers: the user's cache directory. `modes` belong to LOCAL alone.
    """

    type: str = S3
    tiers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()


def read_cache(value: object, base: Path) -> WantedCache:
    """`DIR`, `s3://bucket/prefix`, `off`, several of them, or a ProjectCache. Raises ValueError."""
    if isinstance(value, Mapping):
        return _read_project_cache(value)
    words = value if isinstance(value, list | tuple) else (value,)
    if OFF in words:
        if len(words) > 1:
            raise ValueError(f"'{OFF}' stands alone")
        return WantedCache(type=NO_CACHE)
    tiers = tuple(_tier(word, base) for word in words)
    if not tiers or len(set(tiers)) < len(tiers):
        raise ValueError("a place is named twice" if tiers else "no place is named")
    return WantedCache(tiers=tiers)


def _tier(word: object, base: Path) -> str:
    if not isinstance(word, str) or not word or "\0" in word:
        raise ValueError(f"{word!r} is no place for a cache")
    if word.startswith("s3:"):
        return s3_url(word)
    if "://" in word:
        raise ValueError(f"'{word}' is neither a directory nor s3://BUCKET/PREFIX")
    return str(real_path(under(base, word)))


def s3_url(text: str) -> str:
    """A bucket with a prefix, as one URL without a slash at its end. Raises ValueError."""
    if not _S3_URL.fullmatch(text):
        raise ValueError(f"'{text}' is no bucket: write s3://BUCKET/PREFIX")
    return text.rstrip("/")


def _read_project_cache(found: Mapping[str, object]) -> WantedCache:
    for key in found:
        if key not in KEYS:
            raise ValueError(f"unknown key '{key}'{_guess(key, KEYS)}")
    kind = _one_of(found.get("type", S3), TYPES, "type")
    modes = found.get("modes", [])
    names = modes if isinstance(modes, list | tuple) else (modes,)
    return WantedCache(
        type=kind,
        tiers=_location(found.get("location", "")) if kind == S3 else (),
        modes=tuple(_one_of(name, MODES, "mode") for name in names) if kind == LOCAL else (),
    )


def _location(value: object) -> tuple[str, ...]:
    """Source: API reference, ProjectCache/location: the S3 bucket name and prefix."""
    if not isinstance(value, str):
        raise ValueError(f"location: {value!r} is no text")
    return (s3_url(f"s3://{value.removeprefix('s3://')}"),) if value else ()


def _one_of(value: object, allowed: tuple[str, ...], what: str) -> str:
    if value not in allowed:
        raise ValueError(f"'{value}' is no {what} of a cache{_guess(str(value), allowed)}")
    return str(value)


def _guess(word: str, allowed: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(allowed)}"


def refuse_idle(kind: str, switched_by: str, asked: Sequence[str]) -> None:
    """Raises UsageError where a cache that is none, or is never missed, must not fail.

    `kind`: its type. `switched_by`: who set it. `asked`: who wants a fault or a miss to count.
    """
    if kind == S3 or not asked:
        return
    why = "switches it off" if kind == NO_CACHE else "makes it LOCAL, which has no entries to miss"
    needs = "need" if len(asked) > 1 else "needs"
    raise UsageError(
        f"{' and '.join(asked)} {needs} a cache, and {switched_by} {why}",
        hints=("localbuild run --cache DIR",),
    )


def read_override(text: str) -> dict[str, object]:
    """The AWS CLI's shorthand of a ProjectCache: `type=S3,location=bucket/prefix`,
    `type=LOCAL,modes=LOCAL_CUSTOM_CACHE,LOCAL_SOURCE_CACHE`, with or without `[` `]`.

    Raises ValueError.
    """
    found: dict[str, object] = {}
    modes: list[str] = []
    for part in text.replace("[", "").replace("]", "").split(","):
        key, sign, value = part.partition("=")
        if sign and key != "modes":
            found[key] = value
        elif sign or modes:
            modes.append(value if sign else part)
        else:
            raise ValueError(f"'{part}' is no key with a value")
    return {**found, "modes": modes} if modes else found


def with_namespace(values: Mapping[str, Given]) -> Mapping[str, Given]:
    """A layer's settings; a ProjectCache's namespace is the layer's, unless it names one itself."""
    cache = values.get("cache")
    if cache is None or not isinstance(cache.value, Mapping) or NAMESPACE not in cache.value:
        return values
    namespace = Given(value=cache.value[NAMESPACE], origin=cache.origin)
    return {"cache_namespace": namespace, **values}
