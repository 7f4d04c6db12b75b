"""What git says about a source: its commit, branch, remote, and whether it has changes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localbuild.sources.places import GitRepository
from localbuild.sources.processes import Git
from localbuild.sources.selection import LISTING

_STATUS = (
    *("status", "--porcelain=v2", "--branch", "-z", "--no-renames"),
    *("--untracked-files=normal", "--ignore-submodules=dirty", "--", "."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitFacts:
    """The repository around a source; `commit` is HEAD's, '' before the first one.

    `branch` is '' for a detached HEAD, `url` the remote's without credentials. `dirty`: files
    differ from the commit, or there are new ones. All empty where there is no repository.
    """

    is_repository: bool = False
    commit: str = ""
    branch: str = ""
    url: str = ""
    dirty: bool = False


def read_git_facts(path: Path, environment: Mapping[str, str] | None = None) -> GitFacts:
    """Ask git about the source at `path`. No git, no repository or no answer: empty facts."""
    git = Git(environment=environment)
    root = os.fsencode(path)
    settings = parse_settings(git.ask(root, ("config", "--null", "--list")).output)
    filters = {name for name in settings if name.startswith("filter.")}
    if any("=" in name for name in filters):
        return GitFacts()  # cannot be switched off with -c, and status would run them
    off = [word for name in sorted(filters) for word in ("-c", f"{name}=")]
    answer = git.ask(root, (*off, *_STATUS))
    if answer.problem:
        return GitFacts()
    return parse_facts(answer.output, settings)


def list_files(folder: Path, environment: Mapping[str, str] | None = None) -> list[str] | None:
    """The files below `folder` that git does not ignore, relative to it; None without git."""
    answer = Git(environment=environment).ask(os.fsencode(folder), LISTING)
    if answer.problem:
        return None
    return [os.fsdecode(path) for path in dict.fromkeys(answer.output.split(b"\0")) if path]


def parse_settings(listing: bytes) -> dict[str, str]:
    """`git config --null --list` by name; the last value of a name wins."""
    lines = (line.partition(b"\n") for line in listing.split(b"\0") if line)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in lines}


def parse_facts(status: bytes, settings: Mapping[str, str]) -> GitFacts:
    """Facts from `git status --porcelain=v2 --branch -z`."""
    lines = [os.fsdecode(line) for line in status.split(b"\0") if line]
    heads = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
    commit, branch = heads.get("branch.oid", ""), heads.get("branch.head", "")
    return GitFacts(
        is_repository=True,
        commit="" if commit == "(initial)" else commit,
        branch="" if branch == "(detached)" else branch,
        url=GitRepository(url=_find_url(branch, settings)).shown,
        dirty=any(not line.startswith("# ") for line in lines),
    )


def _find_url(branch: str, settings: Mapping[str, str]) -> str:
    """The URL of the branch's remote, else of `origin`, else of the first one."""
    remote = settings.get(f"branch.{branch}.remote", "origin")
    urls = [v for k, v in settings.items() if k.startswith("remote.") and k.endswith(".url")]
    return settings.get(f"remote.{remote}.url", urls[0] if urls else "")
