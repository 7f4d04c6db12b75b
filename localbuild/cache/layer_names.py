"""What a layer is called, what its labels say, and what it repeats of its image. Pure."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

REPOSITORY = "localbuild-cache"
SCOPE_LABEL = "dev.localbuild.cache.scope"
ENTRY_LABEL = "dev.localbuild.cache.entry"
KEY_LABEL = "dev.localbuild.cache.key"
CONTENT_LABEL = "dev.localbuild.cache.content"
BASE_LABEL = "dev.localbuild.cache.base"
SIZE_LABEL = "dev.localbuild.cache.bytes"
BARE_LABEL = "dev.localbuild.cache.bare"
STORES_LABEL = "dev.localbuild.cache.stores"


class Parent(NamedTuple):
    """A directory of the image that entries lie in: a layer must repeat what it is like."""

    path: str
    mode: int
    uid: int
    gid: int
    mtime_s: int


def layer_reference(content: str, base_id: str, source_directory: str, paths: Sequence[str]) -> str:
    """The name of the layer of that content on that image: the same for who looks and who makes.

    `paths` are expanded: of the same entry two builds may take different parts.
    """
    text = "\n".join(("2", content, base_id, source_directory, *sorted(paths)))
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{REPOSITORY}:{digest[:32]}"
