"""What a past build's look for its cache came to: from its record and the entry of its key."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from localbuild.cli.cache_verbs.places import open_caches, open_other
from localbuild.cli.call import Call
from localbuild.errors import LocalbuildError, UsageError

if TYPE_CHECKING:
    from localbuild.cache.manifest import KeyPart
    from localbuild.events.caching import CacheRestored
    from localbuild.ports.store import ByteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What a look for a cache came to, or would: `build` is 0 for the next one.

    `store` is where the entry lies, `looked` where it was looked for, as far as that is known.
    """

    outcome: str
    build: int = 0
    key: str = ""
    matched_key: str = ""
    store: str = ""
    looked: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    parts: "tuple[KeyPart, ...]" = ()
    saved: str = ""
    """`yes`, or `no:` and why; '' for the next build."""


def recorded(call: Call) -> Reasons:
    """The reasons of the build that the call names. Raises UsageError."""
    from localbuild.cli.records.history import find_record, read_document

    record = find_record(call.argument("build"), call.world.cwd)
    document = read_document(record)
    cache = _mapping(_mapping(document.get("localbuild")).get("cache"))
    if not cache:
        raise UsageError(f"{record}: the record says nothing of a cache")
    number = document.get("buildNumber")
    outcome, key = str(cache.get("outcome") or "off"), str(cache.get("key") or "")
    event = _look(record)
    project_cache = _mapping(document.get("cache"))
    return Reasons(
        outcome=outcome,
        build=number if isinstance(number, int) else 0,
        key=key,
        matched_key=str(cache.get("matchedKey") or ""),
        store=event.store if event else "",
        looked=() if outcome == "off" else _places(project_cache),
        why=_why(cache.get("why"), event),
        parts=_parts(call, key, project_cache),
        saved="yes" if cache.get("saved") else f"no: {cache.get('reason') or 'it was not tried'}",
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _look(record: Path) -> "CacheRestored | None":
    """The event of the look; None where the record has none that can be read."""
    from localbuild.cli.records.history import read_history
    from localbuild.events.caching import CacheRestored

    with suppress(UsageError):
        for event in read_history(record, with_output=False):
            if isinstance(event, CacheRestored):
                return event
    return None


def _why(recorded_lines: object, event: "CacheRestored | None") -> tuple[str, ...]:
    lines = recorded_lines if isinstance(recorded_lines, list) else []
    failure = event.failure if event else ""
    told = [failure] if failure and failure not in lines else []
    return tuple(str(line) for line in (*told, *lines))


def _places(project_cache: Mapping[str, object]) -> tuple[str, ...]:
    """Source: API reference, ProjectCache/location: a bucket with its prefix; ours: a directory."""
    location = str(project_cache.get("location") or "")
    if not location or project_cache.get("type") != "S3":
        return ()
    return (location if location.startswith("/") else f"s3://{location}",)


def _parts(call: Call, key: str, project_cache: Mapping[str, object]) -> "tuple[KeyPart, ...]":
    """The parts of the key, from the entry that has it; () where that is gone or out of reach.

    Looked for in the cache as it is set now, then in the directory where the build looked. No
    bucket is asked only because a record names it.
    """
    from localbuild.cache.keys import Scope

    if not key:
        return ()
    namespace = str(project_cache.get("cacheNamespace") or "")
    try:
        with open_caches(call, to_read=False) as caches, ExitStack() as others:
            known = {store.url for store in caches.stores}
            looked = [p for p in _places(project_cache) if p.startswith("/") and p not in known]
            more = (others.enter_context(open_other(p, caches, to_read=False)) for p in looked)
            scope = Scope(project=caches.project, namespace=namespace).id
            each = (_parts_in(store, scope, key) for store in chain(caches.stores, more))
            return next((parts for parts in each if parts), ())
    except LocalbuildError as error:
        call.voice.detail(f"the parts of the key are not known: {error.message}")
        return ()


def _parts_in(store: "ByteStore", scope: str, key: str) -> "tuple[KeyPart, ...]":
    """Those of the newest entry; of all the others no more than the names are read."""
    from localbuild.cache.keys import manifest_name, manifests_prefix
    from localbuild.cache.manifest import decode_manifest

    leaf = manifest_name(scope, "", key).rpartition("/")[2]
    named = [each for each in store.list(manifests_prefix(scope)) if each.name.endswith(f"/{leaf}")]
    for each in sorted(named, key=lambda stored: -stored.modified_s):
        with suppress(ValueError):
            manifest = decode_manifest(store.read(each.name) or b"")
            if manifest.key == key:
                return manifest.parts
    return ()
