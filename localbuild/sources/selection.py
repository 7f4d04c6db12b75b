"""Which files of a tree belong to a build: all but those that git ignores.

Tracked files count as they are on disk, uncommitted changes and ignored-but-tracked files too, and
so do untracked files that no ignore rule names. Where git does not know the tree, all files count.
With git, a directory exists where it holds a file that counts: git does not know empty ones.
"""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localbuild.sources.processes import Git

GIT_NAME = b".git"

LISTING = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
_NOT_IGNORED = 1
_EVERYTHING = "files that git ignores are copied too"
_ELSEWHERE = (
    "{} is a file that leads to a repository outside the source (a linked worktree or a submodule):"
    " git commands in the build will not find it; where the build needs git, run it from the main"
    " checkout or from a clone (git clone --recurse-submodules)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Chosen names by directory, `''` or `a/b/`. A name in `files` may turn out to be a directory:
    then it is a repository of its own, and its own git knows what belongs to it.
    """

    files: Mapping[bytes, Sequence[bytes]]
    directories: Mapping[bytes, Sequence[bytes]]

    def has(self, directory: bytes) -> bool:
        """Whether something was chosen below `directory`."""
        return directory in self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The files of one tree; `selection` None is everything. `note` is for the user, or ''."""

    selection: Selection | None = None
    note: str = ""


def parse_listing(listing: bytes) -> Selection:
    """What `git ls-files -z` printed, by directory; a path twice (a merge conflict) counts once."""
    files: dict[bytes, list[bytes]] = {b"": []}
    directories: dict[bytes, list[bytes]] = {}
    for path in dict.fromkeys(listing.split(b"\0")):
        path = path.rstrip(b"/")
        split = path.rfind(b"/") + 1
        parent = path[:split]
        if parent not in files:
            _add_directory(parent, files, directories)
        if path:
            files[parent].append(path[split:])
    return Selection(files=files, directories=directories)


def _add_directory(
    path: bytes, files: dict[bytes, list[bytes]], directories: dict[bytes, list[bytes]]
) -> None:
    while path not in files:
        files[path] = []
        split = path.rfind(b"/", 0, -1) + 1
        directories.setdefault(path[:split], []).append(path[split:-1])
        path = path[:split]


def choose_files(root: bytes, git: Git) -> Choice:
    """The files of the source: asks git, for the repository at `root` or the one around it."""
    if posixpath.lexists(posixpath.join(root, GIT_NAME)):
        return choose_nested(root, git)
    return Choice() if _is_outside(root, git) else _choose(root, git, b"")


def choose_nested(directory: bytes, git: Git) -> Choice:
    """The files of the repository at `directory`, by its own git; no `.git` there: everything."""
    if not posixpath.lexists(posixpath.join(directory, GIT_NAME)):
        return Choice()
    return _choose(directory, git, posixpath.dirname(posixpath.realpath(directory)))


def _choose(directory: bytes, git: Git, inside: bytes) -> Choice:
    answer = git.ask(directory, LISTING, inside=inside)
    if answer.problem:
        return Choice(note=f"git could not list the source ({answer.problem}): {_EVERYTHING}")
    return Choice(selection=parse_listing(answer.output))


def _is_outside(root: bytes, git: Git) -> bool:
    """Whether no repository is around `root`, or one that ignores all of it (a home directory)."""
    return git.ask(root, ("check-ignore", "--quiet", ".")).status != _NOT_IGNORED


def find_git_file_note(content: bytes, path: bytes) -> str:
    """A warning where the file at `path` is a `.git` file that leads out of the source.

    Git writes such files into linked worktrees and submodules. '' where the build finds the
    repository through it, as in the submodules of a repository that is copied as a whole.
    """
    directory, name = posixpath.split(path)
    word, _, rest = content.partition(b":")
    target = posixpath.join(directory, rest.strip())
    if name != GIT_NAME or word != b"gitdir" or _is_below(posixpath.normpath(target)):
        return ""
    return _ELSEWHERE.format(repr(path.decode(errors="surrogateescape")))


def _is_below(path: bytes) -> bool:
    return not path.startswith((b"/", b"../")) and path != b".."
