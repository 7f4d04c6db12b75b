"""The Collector port: through our own kernel where the container lets us, else through tar."""

from collections.abc import Iterator, Sequence

from localbuild.artifacts.host_files import Check, Contents, HostTree, read_files
from localbuild.artifacts.select import select
from localbuild.artifacts.tar_files import TarFiles
from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import Container
from localbuild.ports.host_files import HostFiles


class ContainerCollector:
    """The files of one build's container. `check` raises where the build must not go on."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._through_tar: TarFiles | None = None

    def select(self, container: Container, selection: Selection) -> Selected:
        """Find what a selection names. Raises EngineError."""
        root = _open_root(container)
        if root is None:
            return self._tar(container).select(selection)
        with HostTree(root, self._check) as tree:
            return select(tree, selection)

    def read(self, container: Container, files: Sequence[FoundFile]) -> Iterator[Contents]:
        """The contents of files that `select` found; what has gone is left out."""
        root = _open_root(container)
        if root is None:
            return self._tar(container).read(files)
        return read_files(root, files, self._check)

    def _tar(self, container: Container) -> TarFiles:
        if self._through_tar is None:
            self._through_tar = TarFiles(container, self._check)
        return self._through_tar


def _open_root(container: Container) -> int | None:
    return container.open_root() if isinstance(container, HostFiles) else None
