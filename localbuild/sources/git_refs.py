"""Which commit a source version means, by what a repository says of its references. Pure.

Source: User Guide, source version sample; API reference, StartBuild sourceVersion.
"""

import re
from dataclasses import dataclass

_EXACT = re.compile(r"(?P<ref>refs/.+)\^\{(?P<commit>[0-9a-f]{40}([0-9a-f]{24})?)\}")
_PULL_REQUEST = re.compile(r"pr/(?P<number>[0-9]{1,10})")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_IMPOSSIBLE = re.compile(r"^-|^/|/$|//|\.\.|@\{|\.lock$|[\x00-\x20\x7f~^:?*\[\\]")
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_MERGE_REQUEST = "refs/merge-requests/{}/head"
_PULL = {"GITLAB": _MERGE_REQUEST, "GITLAB_SELF_MANAGED": _MERGE_REQUEST}
_FULL_DEPTH = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedVersion:
    """What to look for: `refs`, the first that exists counts, and `commit`, which may be short."""

    refs: tuple[str, ...] = ()
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """References of a repository, and the one that its HEAD stands for ('' for none)."""

    refs: frozenset[str] = frozenset()
    head: str = ""


def read_version(version: str, type: str) -> WantedVersion | None:
    """What a source version means; None for what can be no version. '' is the repository's HEAD."""
    if not version:
        return WantedVersion(refs=("HEAD",))
    if found := _EXACT.fullmatch(version):
        wanted = WantedVersion(refs=(found["ref"],), commit=found["commit"])
        return None if _IMPOSSIBLE.search(found["ref"]) else wanted
    if _IMPOSSIBLE.search(version):
        return None
    if found := _PULL_REQUEST.fullmatch(version):
        pull = _PULL.get(type, "refs/pull/{}/head").format(found["number"])
        return WantedVersion(refs=(pull, _HEADS + version))
    if version.startswith("refs/"):
        return WantedVersion(refs=(version,))
    commit = version if _COMMIT.fullmatch(version) else ""
    return WantedVersion(refs=(_HEADS + version, _TAGS + version), commit=commit)


def parse_remote(listing: str) -> Remote:
    """What `git ls-remote --symref` printed."""
    refs: set[str] = set()
    head = ""
    for line in listing.splitlines():
        value, _, name = line.partition("\t")
        if value.startswith("ref: ") and name == "HEAD":
            head = value.removeprefix("ref: ")
        elif name:
            refs.add(name)
    return Remote(refs=frozenset(refs), head=head)


def choose_ref(wanted: WantedVersion, remote: Remote) -> str:
    """The first reference that exists, '' for none; of HEAD the branch that it stands for."""
    found = next((ref for ref in wanted.refs if ref in remote.refs), "")
    return remote.head if found == "HEAD" and remote.head in remote.refs else found


def refspec(ref: str) -> str:
    """How a reference is fetched: to where `local_name` says."""
    return f"+{ref}:{local_name(ref)}"


def all_refspecs(ref: str) -> tuple[str, ...]:
    """What a whole clone has, and `ref`."""
    usual = (f"+{_HEADS}*:refs/remotes/origin/*", f"+{_TAGS}*:{_TAGS}*")
    return usual if not ref or ref.startswith((_HEADS, _TAGS)) else (*usual, refspec(ref))


def local_name(ref: str) -> str:
    """Where a reference is after its fetch: a branch where a clone has it."""
    if ref.startswith(_TAGS):
        return ref
    return f"refs/remotes/origin/{ref.removeprefix(_HEADS).removeprefix('refs/')}"


def depth_of(asked: int) -> int:
    """How many commits to fetch, 0 for all. Source: API reference, gitCloneDepth; the console
    offers 1, 5, 10, 25 and full, and the service takes all of what is deeper.
    """
    return asked if 0 < asked <= _FULL_DEPTH else 0
