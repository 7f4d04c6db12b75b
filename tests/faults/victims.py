"""What is ended or failed at any of its system calls: builds with a cache, in their own process."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import localbuild.cache
from localbuild.plan.cache import CacheAction
from tests.faults.rooms import Came, FolderContainer, Project, directory
from tests.faults.trees import fill

for _module in iter_modules(localbuild.cache.__path__):
    import_module(f"localbuild.cache.{_module.name}")  # not while calls are counted


def save(store: Path, root: Path) -> Came:
    """Save the tree that is there, with a key."""
    project = Project(action=CacheAction.SAVE)
    return project.build(directory(store), FolderContainer(root=root))


def save_again(store: Path, root: Path) -> Came:
    """Save the tree that is there in the place of an older entry without a key."""
    project = Project(key="", action=CacheAction.SAVE)
    return project.build(directory(store), FolderContainer(root=root))


def replace(store: Path, root: Path) -> Came:
    """Restore the entry without a key, change the tree, save it in the entry's place."""

    def commands() -> None:
        fill(root, 2)

    return Project(key="").build(directory(store), FolderContainer(root=root), commands)


def restore(store: Path, root: Path) -> Came:
    """Restore the entry with a key."""
    project = Project(action=CacheAction.RESTORE)
    return project.build(directory(store), FolderContainer(root=root))
