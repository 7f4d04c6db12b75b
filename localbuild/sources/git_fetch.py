"""Fetches a git repository into a folder: what the service's clone would have.

Source: User Guide, source version sample; API reference, gitCloneDepth and gitSubmodulesConfig.
"""

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localbuild.errors import SourceError
from localbuild.sources.git_refs import (
    Remote,
    WantedVersion,
    all_refspecs,
    choose_ref,
    depth_of,
    local_name,
    parse_remote,
    read_version,
    refspec,
)
from localbuild.sources.places import GitRepository
from localbuild.sources.processes import FetchingGit, GitAnswer

_REFERENCE = "reference not found"
_LABEL = re.compile(r"^(fatal|error|ERROR): ")
_FULL_HASHES = (40, 64)
_USER, _PASSWORD = "LOCALBUILD_GIT_USER", "LOCALBUILD_GIT_PASSWORD"
_HELPER = f"""!f() {{
  [ "$1" != get ] || printf 'username=%s\\npassword=%s\\n' "${_USER}" "${_PASSWORD}"
}}; f"""
"""Git asks it for credentials. It gives a URL that has them to its programs as an argument."""
_SIGN_IN = (
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "Permission denied",
    "Host key verification failed",
    "The requested URL returned error: 401",
    "The requested URL returned error: 403",
)
_ABSENT = (
    "does not appear to be a git repository",
    "epository not found",
    "not found",
    "does not exist",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitWish:
    """What to fetch: a version ('' for HEAD), how deep (0: all), and whether submodules come."""

    repository: GitRepository
    version: str = ""
    clone_depth: int = 0
    fetch_submodules: bool = False


def fetch_repository(
    wish: GitWish,
    into: Path,
    check: Callable[[], None],
    environment: Mapping[str, str] | None = None,
) -> str:
    """Check a version out into the empty folder `into`, and return its commit.

    HEAD is detached, as on the service. `check` raises where the work must end. Raises SourceError
    in the service's words, without what the caller knows: for which source.
    """
    settings, secrets = _signing_in(wish.repository)
    git = FetchingGit(check=check, environment=environment, settings=settings, secrets=secrets)
    return _Fetch(wish, into, git).run()


def _signing_in(
    repository: GitRepository,
) -> tuple[tuple[tuple[str, str], ...], Mapping[str, str]]:
    """The settings and variables by which git signs in as the URL says, and nobody sees how.

    Where it has a user alone, the password is for the user's own helpers to know.
    """
    _, base = repository.base
    user, password = repository.signs_in
    if not base:
        return (), {}
    if not password:
        return ((f"credential.{base}.username", user),), {}
    helper = f"credential.{base}.helper"
    return ((helper, ""), (helper, _HELPER)), {_USER: user, _PASSWORD: password}


class _Fetch:
    """One fetch on its way."""

    def __init__(self, wish: GitWish, into: Path, git: FetchingGit) -> None:
        self._wish = wish
        self._into = into
        self._git = git
        self._url = wish.repository.shown

    def run(self) -> str:
        wanted = read_version(self._wish.version, self._wish.repository.type)
        if wanted is None:
            raise SourceError(_REFERENCE)
        self._do("init", "--quiet", "--template=", ".")
        self._do("remote", "add", "origin", self._url)
        commit = self._bring(wanted, self._ask_remote())
        self._do("checkout", "--quiet", "--detach", commit, "--")
        if self._wish.fetch_submodules:
            self._do("submodule", "--quiet", "update", "--init", "--recursive")
        return commit

    def _ask_remote(self) -> Remote:
        answer = self._do("ls-remote", "--symref", "--", self._url)
        return parse_remote(answer.output.decode(errors="surrogateescape"))

    def _bring(self, wanted: WantedVersion, remote: Remote) -> str:
        """Fetch the version and what belongs to it; its commit. Raises SourceError."""
        ref = choose_ref(wanted, remote)
        if not ref and not wanted.commit:
            raise SourceError(_REFERENCE)
        shallow = self._bring_shallow(ref, wanted.commit)
        if shallow:
            return shallow
        specs = (refspec(ref),) if ref and wanted.commit else all_refspecs(ref)
        self._do("fetch", "--quiet", "--no-tags", *self._deepen(), "--", self._url, *specs)
        found = self._commit_of(wanted.commit or local_name(ref))
        return found or self._bring_commit(wanted.commit)

    def _bring_shallow(self, ref: str, commit: str) -> str:
        """The commit where it is within the depth that is wanted, else ''."""
        depth = depth_of(self._wish.clone_depth)
        if not depth or (not ref and len(commit) not in _FULL_HASHES):
            return ""
        what = refspec(ref) if ref else commit
        answer = self._ask(
            "fetch", "--quiet", "--no-tags", f"--depth={depth}", "--", self._url, what
        )
        if answer.problem and ref:
            raise self._explained(answer)
        return "" if answer.problem else self._commit_of(commit or local_name(ref))

    def _bring_commit(self, commit: str) -> str:
        """A commit that no branch and no tag leads to; some servers give it all the same."""
        if len(commit) in _FULL_HASHES:
            self._ask("fetch", "--quiet", "--no-tags", "--", self._url, commit)
        found = self._commit_of(commit)
        if not found:
            raise SourceError(_REFERENCE)
        return found

    def _deepen(self) -> tuple[str, ...]:
        """What a fetch of everything needs after one that was not deep enough."""
        return ("--unshallow",) if (self._into / ".git" / "shallow").exists() else ()

    def _commit_of(self, name: str) -> str:
        answer = self._ask(
            "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}"
        )
        return answer.output.decode().strip()

    def _do(self, *arguments: str) -> GitAnswer:
        answer = self._ask(*arguments)
        if answer.problem:
            raise self._explained(answer)
        return answer

    def _ask(self, *arguments: str) -> GitAnswer:
        return self._git.ask(os.fsencode(self._into), arguments)

    def _explained(self, answer: GitAnswer) -> SourceError:
        """The service's words for what git has said, and git's own without credentials."""
        with_credentials, without = self._wish.repository.base
        said = _LABEL.sub("", answer.problem)
        said = said.replace(with_credentials, without) if without else said
        if any(words in said for words in _SIGN_IN):
            said = f"authentication required: {said}"
        elif any(words in said for words in _ABSENT):
            said = f"repository not found: {said}"
        hints = () if answer.did_not_run else (f"git ls-remote {shlex.quote(self._url)}",)
        return SourceError(said, hints=hints)
