"""Which stores and which scope a `cache` verb is about, from the same settings as a build's."""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localbuild.cli.cache_verbs.missing import is_missing, tell_missing
from localbuild.cli.caching import NO_CACHE, S3, read_cache
from localbuild.cli.call import Call
from localbuild.cli.options.cache import cache_options
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Body, Option, Verb
from localbuild.cli.request import name_from
from localbuild.cli.settings import Settings
from localbuild.cli.source_words import find_source
from localbuild.cli.store_settings import store_settings
from localbuild.errors import UsageError
from localbuild.lines import plain

if TYPE_CHECKING:
    from localbuild.cache.entries import Listed
    from localbuild.ports.store import ByteStore

_GROUP = "Cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caches:
    """The stores of a project's cache, the first asked first, and the scope of its entries."""

    call: Call
    settings: Settings
    source: Path
    project: str
    scope: str
    stores: "tuple[ByteStore, ...]"

    @property
    def first(self) -> "ByteStore":
        """The store that verbs which write are about."""
        return self.stores[0]

    @property
    def everyone(self) -> bool:
        """Whether it is about every project that keeps its cache there: `--all`."""
        return self.call.flag("everyone")

    def scopes(self, store: "ByteStore") -> tuple[str, ...]:
        """The scopes that a verb is about. Raises StoreError."""
        from localbuild.cache.entries import list_scopes

        return list_scopes(store) if self.everyone else (self.scope,)

    def entries(self) -> "tuple[tuple[ByteStore, Listed], ...]":
        """All entries, store by store, the newest of a scope first. Raises StoreError."""
        from localbuild.cache.entries import list_entries

        return tuple(
            (store, entry)
            for store in self.stores
            for scope in self.scopes(store)
            for entry in list_entries(store, scope)
        )


@contextmanager
def open_caches(call: Call, *, to_read: bool = True) -> "Iterator[Caches]":
    """Open the stores of the project in the folder of the call. Raises UsageError, StoreError.

    `to_read`: a directory that holds no cache is worth a word.
    """
    from localbuild.cache.keys import Scope
    from localbuild.cli.layers import load_settings

    source = find_source("", call.world.cwd)
    settings = load_settings(call, source)
    project = settings.project_name or name_from(str(source))
    with ExitStack() as stack:
        stores = [_open(url, settings, stack) for url in _tiers(call, settings)]
        if to_read:
            tell_missing(call, stores, named=bool(settings.cache.tiers))
        yield Caches(
            call=call,
            settings=settings,
            source=source,
            project=project,
            scope=Scope(project=project, namespace=settings.cache_namespace).id,
            stores=tuple(stores),
        )


@contextmanager
def open_other(url: str, caches: Caches, *, to_read: bool) -> "Iterator[ByteStore]":
    """Open one more store, by its URL; `to_read` as above. Raises UsageError, StoreError."""
    try:
        (tier,) = read_cache(url, caches.call.world.cwd).tiers
    except ValueError as error:
        raise UsageError(str(error)) from None
    with ExitStack() as stack:
        store = _open(tier, caches.settings, stack)
        if to_read:
            tell_missing(caches.call, (store,), named=True)
        yield store


@contextmanager
def held(store: "ByteStore", *, make: bool) -> Iterator[None]:
    """Keep immediate removals away from a store for the block.

    Raises StoreError where one is at work and does not end in time. Without `make` nothing
    is put into a directory that is no store yet.
    """
    from localbuild.cache.lock import hold_shared
    from localbuild.ports.store import Fault, StoreError

    root = Path(store.url)
    if not store.url.startswith("/") or (is_missing(store.url) and not make):
        yield
        return
    with hold_shared(root) as found:
        if not found:
            raise StoreError(
                Fault.UNAVAILABLE, f"{plain(store.url)}: entries are being removed just now"
            )
        yield


def _open(url: str, settings: Settings, stack: ExitStack) -> "ByteStore":
    from localbuild.cache.stores.open import open_store

    store = open_store(url, store_settings(settings))
    stack.callback(store.close)
    return store


def _tiers(call: Call, settings: Settings) -> tuple[str, ...]:
    wanted = settings.cache
    if wanted.type == NO_CACHE:
        raise UsageError(f"the cache is off: set by {settings.origin('cache')}")
    if wanted.type != S3:
        raise UsageError(
            f"the project's cache is {wanted.type}, which has no entries",
            hints=("localbuild cache ls --cache DIR",),
        )
    return wanted.tiers or (str(call.world.user_cache_dir()),)


def only_first(caches: Caches) -> None:
    """Say that a verb leaves the lower tiers alone."""

    for url in (plain(store.url) for store in caches.stores[1:]):
        caches.call.voice.note(f"{url} is left as it is; --cache {url} is about it")


def named_entries(entries: "Sequence[Listed]", words: Sequence[str]) -> "tuple[Listed, ...]":
    """The entries that the words mean, in their order. Raises UsageError.

    '' is no word for the entry without a key: a script whose variable is empty means nothing.
    """
    from localbuild.cache.entries import find_entries

    names: set[str] = set()
    for word in words:
        if not word:
            raise empty_key(entries)
        found = find_entries(entries, word)
        if not found:
            raise unknown_key(word, [e.key for e in entries])
        names |= {e.name for e in found}
    return tuple(e for e in entries if e.name in names)


def empty_key(entries: "Sequence[Listed]") -> UsageError:
    """What to say of '': that the entry without a key goes by its id, and which that is."""
    from localbuild.cli.cache_verbs.wording import ID_DIGITS

    ids = [e.manifest.content[:ID_DIGITS] for e in entries if e.manifest and not e.key]
    told = f"; the one without a key goes by its id: {', '.join(ids)}" if ids else ""
    return UsageError(f"an empty KEY names no entry{told}", hints=("localbuild cache ls",))


def choose_entry(entries: "Sequence[Listed]", asked: str) -> "Listed":
    """The entry that is meant; of several the newest. Raises UsageError that guesses."""
    from localbuild.cache.entries import find_entries

    found = find_entries(entries, asked) if asked else tuple(entries)
    readable = [entry for entry in found if entry.manifest] or list(found)
    if not readable:
        raise unknown_key(asked, [e.key for e in entries])
    return max(readable, key=lambda e: (e.stored.modified_s, e.name))


def unknown_key(asked: str, keys: Sequence[str]) -> UsageError:
    """What to say of a key that no entry has."""

    if not keys:
        return UsageError("the cache has no entry of this project", hints=("localbuild run",))
    close = difflib.get_close_matches(asked, keys, n=1, cutoff=0.5)
    guess = f"; did you mean '{plain(close[0])}'?" if close and close[0] else ""
    return UsageError(
        f"no entry has the key '{plain(asked)}'{guess}", hints=("localbuild cache ls",)
    )


def cache_verb(
    name: str, body: Body, *params: click.Parameter, which: bool = True, epilog: str = ""
) -> Verb:
    """A verb with the options that say which cache; without `which` it has them already."""
    return Verb(
        name,
        body,
        params=[*params, *(_which_options() if which else ())],
        global_options=global_options(),
        epilog=epilog,
    )


def everyone_option() -> Option:
    """`--all`, whose value is `Caches.everyone`."""
    return plain_option("--all", "everyone", is_flag=True, help="Also those of other projects.")


def plain_option(*names: str, **attributes: Any) -> Option:
    """An option that no variable of the environment can set: it is asked for in words."""
    return Option(*names, from_environ=False, **attributes)


def _which_options() -> list[click.Parameter]:
    shared = [o for o in cache_options() if o.name in ("cache", "cache_namespace")]
    name = Option(
        "--project-name", metavar="NAME", group=_GROUP, help="Default: the folder's name."
    )
    return [*shared, name]
