"""Containers of the real engine with a cache: filled, restored, and looked at from both sides."""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from localbuild.cache.access import ContainerFiles
from localbuild.cache.base import NO_BASE
from localbuild.cache.keys import paths_version
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import Manifest
from localbuild.cache.patterns import CachePath
from localbuild.cache.restoring import RestoredFiles, choose_entries
from localbuild.cache.saving import SavedFiles
from localbuild.engines.docker.connection import connect
from localbuild.plan.environment import DEFAULT_PATH
from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE, STATE_DIR, state_file
from localbuild.ports.engine import Container, ContainerSpec, Engine, FileToPut, Image
from localbuild.ports.store import ByteStore
from tests.conftest import missing
from tests.contracts.engine_contract import run
from tests.trees.compare import Facts, describe
from tests.unit.cache.cupboard import SCOPE
from tests.unit.cache.workshop import parsed


def new_source() -> str:
    """A directory for a source that no other test has: so layers have names of their own."""
    return f"/codebuild/{uuid.uuid4().hex[:12]}"


def spec_of(image: Image, source: str) -> ContainerSpec:
    """A container as a build has it."""
    state = state_file({"PATH": DEFAULT_PATH, "PWD": "/", "HOME": "/root"}.items())
    return ContainerSpec(
        name=f"cached-{uuid.uuid4().hex[:12]}",
        image=image,
        labels=(("dev.localbuild.build", "contract"),),
        directories=(("/codebuild", 0o755), (STATE_DIR, 0o777), (source, 0o755)),
        files=(
            FileToPut(path=ENV_FILE, text=state, mode=0o666),
            FileToPut(path=DIRECTORY_FILE, text="/\n", mode=0o666),
        ),
    )


def find(engine: Engine, reference: str) -> Image:
    found = engine.find_image(reference, "")
    assert found is not None
    return found


@contextmanager
def opened(engine: Engine, image: Image, source: str) -> Iterator[Container]:
    """A container for the block; its root is open to us."""
    with engine.open_container(spec_of(image, source)) as container:
        yield container


def root_of(container: Container) -> Path:
    """The container's root, as this machine's root sees it."""
    connection = connect("", "")
    try:
        pid = connection.api.inspect_container(container.id)["State"]["Pid"]
    finally:
        connection.api.close()
    root = Path(f"/proc/{pid}/root")
    if not os.access(root, os.R_OK):
        missing("root", "files of containers are not open to us")
    return root


def facts(container: Container, place: str) -> dict[bytes, Facts]:
    """Everything below a directory of a container."""
    return describe(root_of(container) / place.lstrip("/"))


def told(container: Container, command: str) -> str:
    """What a command of a container prints."""
    end, said = run(container, command)
    assert end.exit_status == 0, said
    return said.decode("utf-8", "surrogateescape")


def kept(
    container: Container, source: str, paths: Sequence[str], store: ByteStore
) -> tuple[Manifest, SavedFiles]:
    """Save a container's files; the manifest of their entry."""
    files = ContainerFiles(container, source)
    try:
        saved = files.save(parsed_below(paths, source), NO_BASE, store, SCOPE)
    finally:
        files.close()
    index = saved.index
    manifest = Manifest(
        scope=SCOPE,
        version=paths_version(paths),
        key="k",
        paths=tuple(paths),
        created_s=store.now(),
        segments=saved.segments,
        packs=saved.packs,
        files=index.files,
        entries=len(index.entries),
        size_bytes=index.size_bytes,
    )
    return manifest, saved


def brought(
    container: Container, source: str, manifest: Manifest, store: ByteStore
) -> tuple[RestoredFiles, bool]:
    """Restore an entry into a container; whether its files were open to us."""
    index = load_index(store, manifest)
    entries, _ = choose_entries(index, parsed_below(manifest.paths, source))
    files = ContainerFiles(container, source)
    try:
        direct = files.is_direct
        return files.restore(entries, index, store, manifest.scope), direct
    finally:
        files.close()


def parsed_below(paths: Sequence[str], source: str) -> tuple[CachePath, ...]:
    """Cache paths; those that are relative are so to any source."""
    assert not any(path.startswith(source) for path in paths)
    return parsed(paths)
