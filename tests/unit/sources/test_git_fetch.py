"""Fetching real repositories, over file:// and HTTP."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from localbuild.errors import SourceError
from localbuild.sources.checkout import check_out, is_in_repository
from localbuild.sources.git_fetch import GitWish, fetch_repository
from localbuild.sources.places import GitRepository, read_place
from tests.git_remote.repositories import Repository, git_environment
from tests.git_remote.server import PASSWORD, USER, serve


class Scene:
    """A repository with a branch, a tag, a pull request and a commit that nothing leads to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.home.mkdir()
        self.origin = Repository(root / "served" / "app")
        self.first = self.origin.commit({"file": "1\n", ".gitignore": "out\n"})
        self.origin.git("tag", "-a", "v1", "-m", "the first")
        self.second = self.origin.commit({"file": "2\n"})
        self.origin.git("checkout", "--quiet", "-b", "side", "v1")
        self.side = self.origin.commit({"file": "side\n"})
        self.origin.git("update-ref", "refs/pull/7/head", self.side)
        self.origin.git("checkout", "--quiet", "main")
        self.third = self.origin.commit({"file": "3\n"})

    def fetch(self, url: str = "", version: str = "", **wish: int) -> "Fetched":
        """Fetch into a new folder."""
        into = self.root / f"tree-{len(list(self.root.iterdir()))}"
        into.mkdir()
        place = read_place(url or self.origin.url)
        assert isinstance(place, GitRepository)
        wanted = GitWish(repository=place, version=version, **wish)  # type: ignore[arg-type]
        commit = fetch_repository(wanted, into, lambda: None, git_environment(self.home))
        return Fetched(into, commit)


class Fetched:
    """A tree that was fetched."""

    def __init__(self, path: Path, commit: str) -> None:
        self.path = path
        self.commit = commit

    @property
    def file(self) -> str:
        """What `file` holds."""
        return (self.path / "file").read_text().strip()

    def git(self, *words: str) -> str:
        """What git says in it."""
        return Repository.git(_at(self.path), *words)

    def everything(self) -> bytes:
        """All bytes of all files, names too."""
        files = (path for path in self.path.rglob("*") if path.is_file())
        return b"".join(os.fsencode(path) + path.read_bytes() for path in files)


def _all_arguments() -> Iterator[bytes]:
    """What the process list shows."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield file.read_bytes()


def _showing(url: str) -> list[bytes]:
    """The arguments of processes that have the URL among them."""
    return [arguments for arguments in _all_arguments() if url.encode() in arguments]


def _await(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def _at(path: Path) -> Repository:
    repository = Repository.__new__(Repository)
    repository.path = path
    return repository


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_without_a_version_it_is_the_head(scene: Scene) -> None:
    found = scene.fetch()
    assert (found.commit, found.file) == (scene.third, "3")
    assert found.git("rev-parse", "HEAD") == scene.third
    assert found.git("status", "--porcelain") == ""
    assert found.git("branch", "--show-current") == ""  # detached, as on the service
    assert found.git("remote", "get-url", "origin") == scene.origin.url
    assert found.git("rev-list", "--count", "HEAD") == "3"
    assert found.git("tag") == "v1"


@pytest.mark.parametrize(
    ("version", "commit"),
    [
        ("side", "side"),
        ("v1", "first"),
        ("refs/heads/side", "side"),
        ("refs/tags/v1", "first"),
        ("refs/pull/7/head", "side"),
        ("pr/7", "side"),
    ],
)
@pytest.mark.parametrize("depth", [0, 1])
def test_a_version_is_checked_out(scene: Scene, version: str, commit: str, depth: int) -> None:
    found = scene.fetch(version=version, clone_depth=depth)
    assert found.commit == getattr(scene, commit) == found.git("rev-parse", "HEAD")


@pytest.mark.parametrize("length", [7, 40])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_commit_is_found_however_deep(scene: Scene, length: int, depth: int) -> None:
    found = scene.fetch(version=scene.first[:length], clone_depth=depth)
    assert (found.commit, found.file) == (scene.first, "1")


@pytest.mark.parametrize("depth", [0, 1])
def test_a_reference_and_a_commit(scene: Scene, depth: int) -> None:
    found = scene.fetch(version=f"refs/heads/main^{{{scene.second}}}", clone_depth=depth)
    assert (found.commit, found.file) == (scene.second, "2")
    assert found.git("tag") == ""  # no more than the reference was fetched


@pytest.mark.parametrize(("depth", "count"), [(1, "1"), (2, "2"), (0, "3"), (26, "3")])
def test_the_depth_is_that_of_the_history(scene: Scene, depth: int, count: str) -> None:
    assert scene.fetch(clone_depth=depth).git("rev-list", "--count", "HEAD") == count


@pytest.mark.parametrize(
    "version",
    ["none", "refs/heads/none", "pr/8", "0" * 40, "0000000", "--help", "-x", "a b", "main..side"],
)
@pytest.mark.parametrize("depth", [0, 1])
def test_what_is_not_there(scene: Scene, version: str, depth: int) -> None:
    with pytest.raises(SourceError, match=r"^reference not found"):
        scene.fetch(version=version, clone_depth=depth)


def test_no_repository(scene: Scene) -> None:
    with pytest.raises(SourceError, match=r"^repository not found: "):
        scene.fetch(f"file://{scene.root}/none")


def test_an_empty_repository_has_no_version(scene: Scene) -> None:
    empty = Repository(scene.root / "empty")
    with pytest.raises(SourceError, match=r"^reference not found"):
        scene.fetch(empty.url)


def test_without_git(scene: Scene, tmp_path: Path) -> None:
    wish = GitWish(repository=GitRepository(url=scene.origin.url))
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(SourceError, match="git is not installed") as caught:
        fetch_repository(wish, into, lambda: None, {"PATH": str(tmp_path)})
    assert caught.value.hints == ()


def test_no_hook_of_the_users_templates_runs(scene: Scene) -> None:
    hooks = scene.home / "hooks"
    hooks.mkdir()
    hook = hooks / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {scene.root}/ran\n")
    hook.chmod(0o755)
    (scene.home / "config").write_text(f"[core]\nhooksPath = {hooks}\n")
    environ = git_environment(scene.home) | {"GIT_CONFIG_GLOBAL": str(scene.home / "config")}
    into = scene.root / "into"
    into.mkdir()
    wish = GitWish(repository=GitRepository(url=scene.origin.url))
    fetch_repository(wish, into, lambda: None, environ)
    assert not (scene.root / "ran").exists()


class TestOverHttp:
    """A server with git's own backend."""

    def test_public(self, scene: Scene) -> None:
        with serve(scene.root / "served") as server:
            found = scene.fetch(server.url("app/.git"), "side", clone_depth=1)
            assert found.commit == scene.side

    @pytest.mark.parametrize(
        ("user", "password"), [("", ""), (USER, "wrong-password"), ("other", PASSWORD)]
    )
    def test_wrong_credentials(self, scene: Scene, user: str, password: str) -> None:
        with serve(scene.root / "served", private=True) as server:
            with pytest.raises(SourceError, match=r"^authentication required: ") as caught:
                scene.fetch(server.url("app/.git", user, password))
            assert password == "" or password not in caught.value.message
            assert caught.value.hints == (f"git ls-remote {server.url('app/.git')}",)

    def test_no_such_repository(self, scene: Scene) -> None:
        missing = pytest.raises(SourceError, match=r"^repository not found: ")
        with serve(scene.root / "served") as server, missing:
            scene.fetch(server.url("none"))

    def test_a_password_is_used_and_kept_nowhere(self, scene: Scene) -> None:
        with serve(scene.root / "served", private=True) as server:
            found = scene.fetch(server.url("app/.git", USER, PASSWORD))
            assert found.commit == scene.third
            assert PASSWORD.encode() not in found.everything()
            assert found.git("remote", "get-url", "origin") == server.url("app/.git")

    @pytest.mark.parametrize("user", [USER, ""])
    def test_no_process_is_given_a_password_as_an_argument(self, scene: Scene, user: str) -> None:
        class StopError(Exception):
            pass

        seen: list[bytes] = []

        def check() -> None:
            if server.held:
                seen.extend(_all_arguments())
                raise StopError

        with serve(scene.root / "served", hang=threading.Event()) as server:
            url = server.url("app/.git", user, PASSWORD)
            into = scene.root / "into"
            into.mkdir()
            with pytest.raises(StopError):
                fetch_repository(
                    GitWish(repository=GitRepository(url=url)),
                    into,
                    check,
                    git_environment(scene.home),
                )
            shown = server.url("app/.git").encode()
        assert any(shown in arguments for arguments in seen)
        assert not any(PASSWORD.encode() in arguments for arguments in seen)

    def test_a_password_is_decoded(self, scene: Scene) -> None:
        with serve(scene.root / "served", private=True) as server:
            encoded = PASSWORD.replace("-", "%2D")
            assert scene.fetch(server.url("app/.git", USER, encoded)).commit == scene.third

    def test_the_users_own_credentials_are_used(self, scene: Scene) -> None:
        with serve(scene.root / "served", private=True) as server:
            store = scene.home / "credentials"
            store.write_text(server.url("", USER, PASSWORD) + "\n")
            (scene.home / "config").write_text(f"[credential]\nhelper = store --file {store}\n")
            environ = git_environment(scene.home)
            environ["GIT_CONFIG_GLOBAL"] = str(scene.home / "config")
            into = scene.root / "into"
            into.mkdir()
            wish = GitWish(repository=GitRepository(url=server.url("app/.git")))
            assert fetch_repository(wish, into, lambda: None, environ) == scene.third

    def test_submodules_come_where_they_are_wanted(self, scene: Scene) -> None:
        lib = Repository(scene.root / "served" / "lib")
        lib.commit({"lib.txt": "of the library\n"})
        with serve(scene.root / "served", private=True) as server:
            entry = '[submodule "lib"]\npath = lib\nurl = ../../lib/.git\n'
            scene.origin.commit({".gitmodules": entry})
            scene.origin.git(
                *("update-index", "--add", "--cacheinfo"),
                f"160000,{lib.git('rev-parse', 'HEAD')},lib",
            )
            scene.origin.git("commit", "--quiet", "-m", "with the library")
            url = server.url("app/.git", USER, PASSWORD)
            without = scene.fetch(url)
            found = scene.fetch(url, fetch_submodules=True)
            assert not (without.path / "lib" / "lib.txt").exists()
            assert (found.path / "lib" / "lib.txt").read_text() == "of the library\n"
            assert PASSWORD.encode() not in found.everything()

    def test_git_ends_with_who_has_started_it(self, scene: Scene) -> None:
        program = (
            "import sys; from pathlib import Path; from localbuild.sources.git_fetch import *\n"
            "wish = GitWish(repository=GitRepository(url=sys.argv[1]))\n"
            "fetch_repository(wish, Path(sys.argv[2]), lambda: None)"
        )
        into = scene.root / "into"
        into.mkdir()
        with serve(scene.root / "served", hang=threading.Event()) as server:
            url = server.url("app/.git")
            words = [sys.executable, "-c", program, url, str(into)]
            with subprocess.Popen(words, env=git_environment(scene.home)) as started:
                _await(lambda: bool(server.held))
                assert any(b"git\0" in found for found in _showing(url))
                started.kill()
            _await(lambda: _showing(url) == [])

    def test_a_stop_ends_git_at_once(self, scene: Scene) -> None:
        class StopError(Exception):
            pass

        def check() -> None:
            if server.held:
                raise StopError

        with serve(scene.root / "served", hang=threading.Event()) as server:
            place = GitRepository(url=server.url("app/.git"))
            into = scene.root / "into"
            into.mkdir()
            with pytest.raises(StopError):
                fetch_repository(
                    GitWish(repository=place), into, check, git_environment(scene.home)
                )


@pytest.mark.parametrize("url", ["file:///{}/lib", "ext::touch {}/ran", "/{}/lib"])
def test_a_submodule_reaches_no_file_of_this_machine(scene: Scene, url: str) -> None:
    lib = Repository(scene.root / "lib")
    commit = lib.commit({"secret": "of this machine\n"})
    url = url.format(scene.root)
    scene.origin.commit({".gitmodules": f'[submodule "lib"]\npath = lib\nurl = "{url}"\n'})
    scene.origin.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    scene.origin.git("commit", "--quiet", "-m", "with the library")
    with pytest.raises(SourceError, match="not allowed"):
        scene.fetch(fetch_submodules=True)
    assert not (scene.root / "ran").exists()


@pytest.mark.parametrize("url", ["ssh://me@host.invalid:2222{}", "me@host.invalid:{}"])
def test_over_ssh_nobody_is_asked(scene: Scene, url: str) -> None:
    """The user's own way to SSH is taken; there is no terminal that it could ask at."""
    way = scene.root / "way"
    way.write_text(
        "#!/bin/sh\n"
        'if (: < /dev/tty) 2> /dev/null; then echo "a terminal" >&2; exit 1; fi\n'
        'for word; do last=$word; done\nexec sh -c "$last"\n'
    )
    way.chmod(0o755)
    environ = git_environment(scene.home)
    environ |= {"GIT_SSH_COMMAND": str(way), "GIT_SSH_VARIANT": "ssh"}
    into = scene.root / "into"
    into.mkdir()
    place = read_place(url.format(scene.origin.path))
    assert isinstance(place, GitRepository)
    wish = GitWish(repository=place, version="side")
    assert fetch_repository(wish, into, lambda: None, environ) == scene.side


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("ssh: connect to host h port 22: Connection refused", "ssh: connect to host h port 22"),
        ("Warning: added h\ng@h: Permission denied (publickey).", "authentication required: g@h:"),
        ("Host key verification failed.", "authentication required: Host key verification failed"),
        ("", "Could not read from remote repository."),
    ],
)
def test_over_ssh_the_reason_is_the_line_above_gits_own(
    scene: Scene, said: str, message: str
) -> None:
    way = scene.root / "way"
    way.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    way.chmod(0o755)
    into = scene.root / "into"
    into.mkdir()
    environ = git_environment(scene.home) | {"GIT_SSH": str(way), "GIT_SSH_VARIANT": "ssh"}
    wish = GitWish(repository=GitRepository(url="ssh://g@h/app.git"))
    with pytest.raises(SourceError) as caught:
        fetch_repository(wish, into, lambda: None, environ)
    assert caught.value.message.startswith(message)


def test_a_host_that_is_not_there_tells_no_password(scene: Scene) -> None:
    with pytest.raises(SourceError) as caught:
        scene.fetch("http://me:pw9@127.0.0.1:1/app.git")
    assert "127.0.0.1" in caught.value.message
    assert "pw9" not in caught.value.message


class TestCheckOut:
    """A version of a directory's own repository."""

    def check_out(self, scene: Scene, version: str, inside: str = "") -> Fetched:
        into = scene.root / "into"
        into.mkdir()
        path = scene.origin.path / inside
        tree, commit = check_out(path, version, into, lambda: None, git_environment(scene.home))
        return Fetched(tree, commit)

    @pytest.mark.parametrize("version", ["v1", "HEAD~2", "main~2", "side^"])
    def test_what_git_takes_for_a_commit(self, scene: Scene, version: str) -> None:
        (scene.origin.path / "file").write_text("changed\n")
        found = self.check_out(scene, version)
        assert (found.commit, found.file) == (scene.first, "1")
        assert (scene.origin.path / "file").read_text() == "changed\n"
        assert found.git("status", "--porcelain") == ""

    def test_a_commit_that_nothing_leads_to(self, scene: Scene) -> None:
        scene.origin.git("checkout", "--quiet", "--detach")
        lost = scene.origin.commit({"file": "lost\n"})
        scene.origin.git("checkout", "--quiet", "main")
        assert self.check_out(scene, lost).file == "lost"

    def test_a_folder_within_it(self, scene: Scene) -> None:
        scene.origin.commit({"sub/file": "of the folder\n"})
        assert self.check_out(scene, "HEAD", "sub").file == "of the folder"

    def test_a_folder_that_the_version_has_not(self, scene: Scene) -> None:
        scene.origin.commit({"sub/file": "of the folder\n"})
        with pytest.raises(SourceError, match="v1 has no folder sub/"):
            self.check_out(scene, "v1", "sub")

    @pytest.mark.parametrize("version", ["none", "--help", "v1:file"])
    def test_what_is_no_commit(self, scene: Scene, version: str) -> None:
        with pytest.raises(SourceError, match="reference not found"):
            self.check_out(scene, version)

    def test_without_git(self, scene: Scene, tmp_path: Path) -> None:
        nowhere = {"PATH": str(tmp_path / "nothing")}
        assert is_in_repository(scene.origin.path, nowhere)
        assert not is_in_repository(tmp_path, nowhere)
        with pytest.raises(SourceError, match="git is not installed"):
            check_out(scene.origin.path, "v1", tmp_path, lambda: None, nowhere)

    def test_it_stands_by_itself(self, scene: Scene) -> None:
        found = self.check_out(scene, "v1")
        shutil.rmtree(scene.origin.path)
        assert found.git("fsck", "--strict") == ""
        assert found.git("for-each-ref", "--format=%(refname)").split() == [
            "refs/remotes/origin/main",
            "refs/remotes/origin/side",
            "refs/tags/v1",
        ]
        assert found.git("rev-list", "--count", "origin/main") == "3"

    def test_of_a_shallow_clone_and_a_linked_worktree(self, scene: Scene) -> None:
        clone = Repository(scene.root / "clone")
        clone.git("fetch", "--quiet", "--depth=1", scene.origin.url, "main:other")
        clone.git("worktree", "add", "--quiet", "../linked", "other")
        into = scene.root / "into"
        into.mkdir()
        path = scene.root / "linked"
        tree, commit = check_out(path, "other", into, lambda: None, git_environment(scene.home))
        found = Fetched(tree, commit)
        assert (found.commit, found.file) == (scene.third, "3")
        assert found.git("rev-list", "--count", "HEAD") == "1"

    def test_of_a_repository_that_belongs_to_somebody_else(self, scene: Scene) -> None:
        """As in a CI's container; where we may give files away, git refuses to serve these."""
        with suppress(PermissionError):
            for path in (scene.origin.path, *scene.origin.path.rglob("*")):
                os.chown(path, 12345, 12345, follow_symlinks=False)
        assert self.check_out(scene, "v1").file == "1"

    def test_the_remote_is_the_directorys_own(self, scene: Scene) -> None:
        scene.origin.git("remote", "add", "origin", "https://me:secret-word@h.example/app.git")
        found = self.check_out(scene, "v1")
        assert found.git("remote", "get-url", "origin") == "https://h.example/app.git"
        assert b"secret-word" not in found.everything()
