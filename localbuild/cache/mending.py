"""Throws out what is damaged, and the entries that cannot be restored without it."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from localbuild.cache.entries import list_entries
from localbuild.cache.keys import digest_of, scope_of
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import decode_manifest
from localbuild.ports.store import ByteStore, Fault, StoreError


def throw_out(stores: Sequence[ByteStore], damaged: str, manifest: str) -> None:
    """Remove the object `damaged`, which the entry `manifest` needs, where it is not as written.

    Where no store has it any more, all entries that need it go: nobody shall build upon them. An
    entry of good objects that make no sense goes alone. What a store does not tell now is left as
    it is. Never raises.
    """
    found = [] if damaged == manifest else [(store, is_good(store, damaged)) for store in stores]
    bad = [store for store, good in found if good is False]
    if not bad:
        for store in stores:
            _remove_broken(store, manifest)
    elif not any(good for _, good in found):
        for store in bad:
            _remove_users(store, damaged)


def is_good(store: ByteStore, name: str) -> bool | None:
    """Whether a store has an object as it was written; None where it does not answer.

    A bad one is removed. Never raises.
    """
    try:
        data = store.read(name)
    except StoreError as error:
        if error.fault is not Fault.CORRUPT:
            return None
        data = b""
    if data is not None and hashlib.sha256(data).hexdigest() == digest_of(name):
        return True
    with suppress(StoreError):
        store.remove(name)
    return False


def _remove_users(store: ByteStore, name: str) -> None:
    with suppress(StoreError):
        for entry in list_entries(store, scope_of(name)):
            if digest_of(name) in {each.digest for each in entry.objects}:
                store.remove(entry.name, entry.stored)


def _remove_broken(store: ByteStore, name: str) -> None:
    with suppress(StoreError):
        data = store.read(name)
        if data is not None and not _can_be_believed(store, data, name):
            store.remove(name)


def _can_be_believed(store: ByteStore, data: bytes, name: str) -> bool:
    """Whether that is the manifest of that name, with an index that a save of ours may write."""
    try:
        manifest = decode_manifest(data)
        load_index(store, manifest)
    except ValueError:
        return False
    except StoreError as error:
        return error.fault is not Fault.CORRUPT
    return manifest.name == name
