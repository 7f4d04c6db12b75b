"""Builds that use a cache, without an engine: a folder of the host is their container."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from localbuild.cache.keys import Scope, manifest_name, paths_version
from localbuild.cache.listener import Listener
from localbuild.cache.service import BuildCache
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.tiers import Tiers
from localbuild.cache.warm import WarmLayers
from localbuild.engines.scripted import ScriptedEngine
from localbuild.plan.cache import CacheAction, CachePlan
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.ports.cache import CacheContext, Restored, Saved
from localbuild.ports.engine import CommandEnd, CommandRequest, Container, EndKind, Interrupted
from localbuild.ports.store import ByteStore
from localbuild.run.deadline import SystemClock
from localbuild.sources.memory import MemorySource

SOURCE = "/src"
PATHS = ("deps/", "/opt/tools/**/*")
PROJECT = "faults"
SCOPE = Scope(project=PROJECT).id
IMAGE = "scripted:1"
Stores = Callable[[], Sequence[ByteStore]]
"""Opens the tiers: a build closes its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContainer:
    """Implements Container and HostFiles over a folder; nothing runs in it."""

    root: Path

    @property
    def id(self) -> str:
        return "folder"

    @property
    def left_out(self) -> tuple[str, ...]:
        return ()

    def keep(self) -> None:
        raise NotImplementedError

    def put_tree(
        self, directory: str, archive: Iterable[bytes], *, keep_existing: bool = False
    ) -> None:
        raise NotImplementedError

    def take_tree(self, paths: Sequence[str]) -> Iterator[bytes]:
        raise NotImplementedError

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> CommandEnd:
        return CommandEnd(kind=EndKind.EXITED, exit_status=0)

    def open_root(self) -> int | None:
        return os.open(self.root, os.O_PATH | os.O_DIRECTORY)

    def open_changes(self) -> int | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What the cache of one build came to; `warnings` are all of it, `details` are for `-v`."""

    restored: Restored
    saved: Saved
    warnings: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a buildspec says about its cache."""

    key: str = "key"
    fallback_keys: tuple[str, ...] = ()
    paths: tuple[str, ...] = PATHS
    action: CacheAction = CacheAction.BOTH

    @property
    def manifest(self) -> str:
        """The name of its entry in a store."""
        return manifest_name(SCOPE, paths_version(self.paths), self.key)

    @property
    def plan(self) -> BuildPlan:
        """The plan, as far as a cache looks at it."""
        return BuildPlan(
            project=PROJECT,
            version="0.2",
            buildspec="",
            buildspec_location="",
            environment=EnvironmentPlan(image=IMAGE, image_reference=IMAGE),
            source=SourcePlan(location="", directory=SOURCE),
            cache=CachePlan(
                declared=True,
                paths=self.paths,
                key=self.key,
                fallback_keys=self.fallback_keys,
                action=self.action,
            ),
        )

    def build(
        self,
        stores: Stores,
        container: Container,
        commands: Callable[[], None] = lambda: None,
        *,
        name: str = "build",
    ) -> Came:
        """One build: restore, commands, save. Only what the cache lets out is raised."""
        details: list[str] = []
        layers, listener = WarmLayers(None, lambda _: None), Listener(tell=details.append)
        cache = BuildCache(
            Tiers(stores()), layers, SystemClock(), "localbuild test", listener=listener
        )
        engine = ScriptedEngine()
        image = engine.find_image(IMAGE, "")
        assert image is not None
        context = CacheContext(plan=self.plan, build=name, variables={}, source=MemorySource({}))
        try:
            cache.prepare(context, image, engine)
            restored = cache.restore(container)
            commands()
            saved = cache.save(container)
            late = cache.finish()
        finally:
            cache.close()
        warnings = (*restored.warnings, *saved.warnings, *late)
        return Came(restored=restored, saved=saved, warnings=warnings, details=tuple(details))


def directory(root: Path) -> Stores:
    """A store in a directory, opened anew for each build."""
    return lambda: [DirectoryStore(root)]


def make_root(root: Path) -> Path:
    """A container's folder with an empty source and an `/opt`."""
    (root / SOURCE.strip("/")).mkdir(parents=True)
    (root / "opt").mkdir()
    return root
