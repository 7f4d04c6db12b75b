"""Makes sure that what a new entry takes over from another one stays there.

What was restored is needed as long as its entry is there. If that has gone while the build ran, its
objects may be condemned already, for longer than the grace; made young, they are spared.
"""

from concurrent.futures import ThreadPoolExecutor

from localbuild.cache.keys import object_name
from localbuild.cache.manifest import Manifest, decode_manifest
from localbuild.ports.store import ByteStore


def secure(store: ByteStore, base: Manifest | None, manifest: Manifest) -> bool:
    """Whether the objects that `manifest` shares with `base` are there to stay.

    False where one has gone: save without a base then. Called when all else is written, and just
    before the manifest is. Raises StoreError.
    """
    if base is None:
        return True
    taken = set(base.objects) & set(manifest.objects)
    if not taken or _is_there(store, base):
        return True
    names = [object_name(base.scope, each.digest) for each in taken]
    with ThreadPoolExecutor(store.parallel, "localbuild-secure") as pool:
        return all(pool.map(store.freshen, names))


def _is_there(store: ByteStore, base: Manifest) -> bool:
    data = store.read(base.name)
    try:
        return data is not None and decode_manifest(data).objects == base.objects
    except ValueError:
        return False
