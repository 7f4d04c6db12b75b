"""`localbuild cache ls` and `localbuild cache show`."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import (
    Caches,
    cache_verb,
    choose_entry,
    everyone_option,
    open_caches,
)
from localbuild.cli.cache_verbs.plain import NO_KEY, entries_of, on_terminal
from localbuild.cli.call import read_call
from localbuild.errors import ExitCode
from localbuild.units import counted, print_age, print_bytes

if TYPE_CHECKING:
    from localbuild.cache.entries import Listed
    from localbuild.cache.layer_care import LayerFacts
    from localbuild.cache.manifest import Manifest
    from localbuild.ports.store import ByteStore

_HEAD = ("KEY", "SIZE", "STORED", "ALONE", "FILES", "AGE", "USED", "ID", "")


def cache_ls(ctx: click.Context) -> int:
    """List the entries of a cache, the newest first.

    SIZE is that of the files, STORED what the entry takes up, ALONE what of that no other entry
    shares. A warm entry lies in the engine as an image layer, too. With --all those of every
    project that keeps its cache there.
    """
    call = read_call(ctx)
    with open_caches(call) as caches:
        found = caches.entries()
        layers = _by_entry(_layers(caches))
        if call.flag("json"):
            call.voice.document(_objects(found, layers))
            return ExitCode.SUCCEEDED
        for store in caches.stores:
            mine = [entry for at, entry in found if at is store]
            call.voice.data(on_terminal(_listing(store, mine, layers, everyone=caches.everyone)))
    return ExitCode.SUCCEEDED


def cache_show(ctx: click.Context) -> int:
    """Show one entry of a cache: what it is made of, and why it has its key.

    KEY is a key, the beginning of one or of an id; of several entries the newest is shown, without
    KEY the newest of all.
    """
    call = read_call(ctx)
    with open_caches(call) as caches:
        found = caches.entries()
        entry = choose_entry([e for _, e in found], call.argument("key"))
        store = next(s for s, e in found if e is entry)
        if call.flag("json"):
            call.voice.document(_details(entry, store))
        else:
            call.voice.data(on_terminal(_lines(entry, store)))
    return ExitCode.SUCCEEDED


def _layers(caches: Caches) -> "tuple[LayerFacts, ...]":
    from localbuild.cli.cache_verbs.warm import find_layers

    return find_layers(caches)


def _by_entry(layers: "Iterable[LayerFacts]") -> set[tuple[str, str]]:
    return {(layer.entry, layer.content) for layer in layers}


def _is_warm(entry: "Listed", layers: set[tuple[str, str]]) -> bool:
    return entry.manifest is not None and (entry.name, entry.manifest.content) in layers


def _objects(
    found: "Iterable[tuple[ByteStore, Listed]]", layers: set[tuple[str, str]]
) -> list[dict[str, object]]:
    from localbuild.cache.entries import own_bytes
    from localbuild.cli.cache_verbs.wording import entry_object

    found = tuple(found)
    own = {s.url: own_bytes(e for at, e in found if at is s) for s, _ in found}
    return [
        {
            **entry_object(entry, store.url),
            "ownBytes": own[store.url][entry.name],
            "warm": _is_warm(entry, layers),
            "project": entry.manifest.builder.project if entry.manifest else None,
        }
        for store, entry in found
    ]


def _listing(
    store: "ByteStore", entries: "list[Listed]", layers: set[tuple[str, str]], *, everyone: bool
) -> Iterator[str]:
    from localbuild.cache.entries import own_bytes, stored_bytes
    from localbuild.cli.cache_verbs.wording import ID_DIGITS, shown_key, size_cells, table

    total = print_bytes(stored_bytes(entries))
    yield f"{store.url}: {entries_of(len(entries))}, {total}"
    if not entries:
        return
    own, now_s = own_bytes(entries), store.now()
    rows = []
    for entry in entries:
        manifest = entry.manifest
        project = f"{manifest.builder.project}: " if everyone and manifest else ""
        remark = f"damaged: {entry.problem}" if entry.problem else ""
        rows.append(
            (
                project + shown_key(entry),
                *size_cells(entry, own[entry.name], now_s),
                manifest.content[:ID_DIGITS] if manifest else "",
                "warm" if _is_warm(entry, layers) else remark,
            )
        )
    yield from table(_HEAD, rows)


def _details(entry: "Listed", store: "ByteStore") -> dict[str, object]:
    from localbuild.cli.cache_verbs.wording import entry_object, part_objects

    manifest = entry.manifest
    found = entry_object(entry, store.url)
    if manifest is None:
        return found
    builder = manifest.builder
    return {
        **found,
        "template": manifest.template,
        "parts": part_objects(manifest.parts),
        "newBytes": manifest.new_bytes,
        "segments": len(manifest.segments),
        "packs": len(manifest.packs),
        "builder": {
            "project": builder.project,
            "build": builder.build,
            "image": builder.image,
            "imageId": builder.image_id,
            "platform": builder.platform,
            "tool": builder.tool,
        },
    }


def _lines(entry: "Listed", store: "ByteStore") -> Iterator[str]:
    from localbuild.cli.cache_verbs.wording import fields

    now_s = store.now()
    rows = [
        ("key", entry.key or NO_KEY),
        ("store", store.url),
        ("age", print_age(now_s - entry.stored.modified_s)),
        ("used", f"{print_age(now_s - entry.used_s)} ago"),
    ]
    rows += [("problem", entry.problem)] if entry.problem else []
    rows += _manifest_rows(entry.manifest) if entry.manifest else []
    yield from fields(rows)


def _manifest_rows(manifest: "Manifest") -> Iterator[tuple[str, str]]:
    from localbuild.cli.cache_verbs.wording import part_rows

    builder = manifest.builder
    yield "id", manifest.content
    yield "files", f"{manifest.files:,}, {print_bytes(manifest.size_bytes)}"
    new = print_bytes(manifest.new_bytes)
    stored = print_bytes(manifest.stored_bytes)
    yield "stored", f"{stored} in {counted(len(manifest.objects), 'object')}; {new} were new"
    for path in manifest.paths:
        yield "path", path
    if manifest.template:
        yield "written", manifest.template
    yield from part_rows(manifest.parts)
    for name, value in (("build", builder.build), ("image", builder.image)):
        if value:
            yield name, value
    if builder.platform:
        yield "platform", builder.platform


LS = cache_verb("ls", cache_ls, everyone_option())
SHOW = cache_verb("show", cache_show, click.Argument(["key"], required=False, metavar="[KEY]"))
