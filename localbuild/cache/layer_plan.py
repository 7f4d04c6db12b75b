"""One layer to make, as a value."""

from dataclasses import dataclass

from localbuild.cache.layer_names import Parent, layer_reference
from localbuild.cache.manifest import Manifest, ObjectRef
from localbuild.ports.engine import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlan:
    """One layer to make: of which entry, on which image.

    `below` is the layer to stack upon, '' for none, and `below_segments` the index that it holds.
    `paths` are expanded. `bare`: the image has nothing where the cached files are, so that nothing
    of it comes to light where one of them is gone. `stores`: the URLs that the entry is from.
    """

    manifest: Manifest
    base: Image
    source_directory: str
    paths: tuple[str, ...]
    parents: tuple[Parent, ...] = ()
    below: str = ""
    below_segments: tuple[ObjectRef, ...] = ()
    bare: bool = False
    stores: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """The image's name."""
        return layer_reference(
            self.manifest.content, self.base.id, self.source_directory, self.paths
        )
