"""Reads the index of an entry out of a store; what is not to be believed is damage."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from localbuild.cache.check import check_index
from localbuild.cache.damage import DamagedError
from localbuild.cache.fetching import read_object
from localbuild.cache.index import Index, Segment, apply_segments
from localbuild.cache.keys import object_name
from localbuild.cache.manifest import Manifest, ObjectRef
from localbuild.cache.segments import decode_segment
from localbuild.cache.uncollected import uncollected
from localbuild.ports.store import ByteStore

MOST_SEGMENTS = 48
"""More than any save makes: a list of thousands would be read for hours."""

_AT_ONCE = 12


def load_index(store: ByteStore, manifest: Manifest) -> Index:
    """The index of an entry. Raises StoreError; DamagedError where it is not to be believed."""
    count = len(manifest.segments)
    if len(set(manifest.segments)) < count or count > MOST_SEGMENTS:
        raise DamagedError(store, manifest.name, "it has more segments than an entry has")
    try:
        index = read_index(store, manifest.scope, manifest.segments)
        if index.size_bytes != manifest.size_bytes:
            raise ValueError("its files are not as large as its manifest says")
    except ValueError as error:
        raise DamagedError(store, manifest.name, str(error)) from None
    return index


@uncollected()
def read_index(store: ByteStore, scope: str, segments: Sequence[ObjectRef]) -> Index:
    """The index that segments make up.

    Raises StoreError, DamagedError of a segment, ValueError where they do not fit together.
    """
    index = apply_segments(_decoded(store, scope, segments))
    check_index(index)
    return index


def _decoded(store: ByteStore, scope: str, segments: Sequence[ObjectRef]) -> Iterator[Segment]:
    """All at once: a dozen of them, one after the other, are a dozen times the way to a server."""
    digests = [reference.digest for reference in segments]
    with ThreadPoolExecutor(min(store.parallel, _AT_ONCE), "localbuild-index") as pool:
        found = pool.map(lambda digest: read_object(store, scope, digest), digests)
        for digest, data in zip(digests, found, strict=True):
            try:
                yield decode_segment(data)
            except ValueError as error:
                raise DamagedError(store, object_name(scope, digest), str(error)) from None
