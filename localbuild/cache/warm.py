"""The warm layer of one build: chosen before its container, made after it.

It stands in for a restore where nothing of the container hides it: a mounted source or volume does,
and a link on the way to a cached path leads past it.
"""

from collections.abc import Callable
from dataclasses import replace

from localbuild.cache.layer_names import BARE_LABEL, CONTENT_LABEL, Parent, layer_reference
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.lookup import Found
from localbuild.cache.manifest import Manifest
from localbuild.cache.patterns import absolute
from localbuild.cache.stopping import stopping_pieces
from localbuild.cache.wanted import Wanted
from localbuild.container.said import Said
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import quote
from localbuild.ports.engine import CommandRequest, Container, EndKind, Engine, Image, Layers

Make = Callable[[LayerPlan], str]
"""Makes a layer, or begins to; what is to be said about it, '' for nothing."""

_MOST_BYTES = 1024 * 1024
_LOOK = """
for path in {paths}; do
  if [ -L "$path" ]; then echo other; elif [ -d "$path" ]; then
    echo "$(stat -c '%a %u %g %Y' "$path") $(ls -A "$path" | head -c 1 | wc -c)"
  elif [ -e "$path" ]; then echo other; else echo none; fi
done
"""


class WarmLayers:
    """What a build has to do with layers. `make` None: none are made; `touch` notes a use."""

    def __init__(self, make: Make | None, touch: Callable[[str], None]) -> None:
        self._make = make
        self._touch = touch
        self._possible = False
        self._base: Image | None = None
        self._used: tuple[str, Manifest] | None = None
        self._parents: tuple[Parent, ...] | None = None
        self._next: Manifest | None = None
        self._mounts: tuple[str, ...] = ()
        self._bare = False
        self._in_the_way = False

    @property
    def used(self) -> bool:
        """Whether the build's container begins with the files, and nothing of them is missing."""
        return self._used is not None and not self._in_the_way

    def choose(
        self, found: Found | None, wanted: Wanted, plan: BuildPlan, image: Image, engine: Engine
    ) -> Image:
        """The image that has the entry's files, or `image`. Raises EngineError."""
        self._base = image
        self._mounts = tuple(mount.target.rstrip("/") for mount in plan.environment.mounts)
        hidden = _is_hidden(wanted, plan) or _is_deep(wanted)
        self._possible = isinstance(engine, Layers) and not hidden
        if found is None or not self._possible:
            return image
        manifest = found.manifest
        reference = layer_reference(
            manifest.content, image.id, wanted.source_directory, wanted.expanded
        )
        layer = engine.find_image(reference, "")
        if layer is None or dict(layer.labels).get(CONTENT_LABEL) != manifest.content:
            return image
        self._used = (reference, manifest)
        self._bare = dict(layer.labels).get(BARE_LABEL) == "yes"
        self._touch(reference)
        return replace(layer, reference=image.reference)

    def make_way(self, wanted: Wanted, container: Container) -> tuple[str, ...]:
        """Let the source have its place where a directory met something else; what is to be said.

        The files must be restored then: as without a layer, what the source has stays. Raises
        EngineError.
        """
        met = container.left_out if self.used else ()
        paths = [path for path in met if not self._is_mounted(path)]
        if paths:
            self._in_the_way = True
            script = f"rm -rf -- {' '.join(map(quote, paths))}"
            container.run(CommandRequest(script=script), lambda _: None, wanted.interrupted)
            archive = stopping_pieces(wanted.source.open_archive(), wanted.interrupted)
            container.put_tree(wanted.source_directory, archive, keep_existing=True)
            met = container.left_out
        return tuple(f"source: {path} is left out: something else is in its place" for path in met)

    def _is_mounted(self, path: str) -> bool:
        """Whether something is mounted at a path, in it, or on the way to it."""
        return any(
            f"{path}/".startswith(f"{mount}/") or f"{mount}/".startswith(f"{path}/")
            for mount in self._mounts
        )

    def look_around(self, wanted: Wanted, container: Container) -> None:
        """See what the directories are like that cached paths lie in, before the build does."""
        if self._make is None or not self._possible:
            return
        paths = _parents_of(wanted)
        said = Said(_MOST_BYTES)
        script = _LOOK.format(paths=" ".join(map(quote, paths)))
        end = container.run(CommandRequest(script=script), said.take, wanted.interrupted)
        lines = said.data().decode("ascii", "replace").splitlines()
        if end.kind is not EndKind.EXITED or len(lines) != len(paths) or "other" in lines:
            return
        parents = tuple(map(_parent, paths, lines))
        if all((parent.uid, parent.gid) == (0, 0) for parent in parents):
            self._parents = parents  # what comes into somebody's directory is his; a layer's is not
        if self._used is None:
            own = {path.base.decode("utf-8", "surrogateescape") for path in wanted.paths}
            looked = zip(paths, lines, strict=True)
            self._bare = all(line.endswith((" 0", "none")) for path, line in looked if path in own)

    def note(self, manifest: Manifest) -> None:
        """That entry is what the next build will want."""
        self._next = manifest

    def finish(self, wanted: Wanted | None) -> tuple[str, ...]:
        """Make the layer that the next build will want, or begin to; what is to be said."""
        manifest = self._next
        if wanted is None or manifest is None or self._parents is None or self._base is None:
            return ()
        if self._make is None or (self._used and self._used[1].content == manifest.content):
            return ()
        below, old = self._used or ("", None)
        said = self._make(
            LayerPlan(
                manifest=manifest,
                base=self._base,
                source_directory=wanted.source_directory,
                paths=wanted.expanded,
                parents=self._parents,
                below=below,
                below_segments=old.segments if old else (),
                bare=self._bare,
            )
        )
        return (said,) if said else ()


def _is_hidden(wanted: Wanted, plan: BuildPlan) -> bool:
    """Whether something is mounted over a cached path, or into one."""
    if plan.source.mode == "mount" and wanted.lies_in_source:
        return True
    bases = [absolute(path.base, wanted.source_directory).rstrip("/") for path in wanted.paths]
    targets = [mount.target.rstrip("/") for mount in plan.environment.mounts]
    return any(
        f"{base}/".startswith(f"{target}/") or f"{target}/".startswith(f"{base}/")
        for base in bases
        for target in targets
    )


def _is_deep(wanted: Wanted) -> bool:
    """Whether files lie in directories of the image that nobody can name before they are found."""
    return any(
        path.base.startswith(b"/") and not path.takes_all and path.depth != 1
        for path in wanted.paths
    )


def _parents_of(wanted: Wanted) -> tuple[str, ...]:
    """The directories on the way to the cached files, the paths' own bases among them."""
    found: dict[str, None] = {}
    for path in wanted.paths:
        parts = absolute(path.base, wanted.source_directory).strip("/").split("/")
        found |= dict.fromkeys("/" + "/".join(parts[:n]) for n in range(1, len(parts) + 1))
    return tuple(sorted(found))


def _parent(path: str, line: str) -> Parent:
    if line == "none":
        return Parent(path, 0o755, 0, 0, 0)
    mode, uid, gid, mtime_s, *_ = line.split()
    return Parent(path, int(mode, 8), int(uid), int(gid), int(mtime_s))
