"""Nothing is taken for a container's files that is not proven to be."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localbuild.engines.docker.host import HostView, open_below
from localbuild.engines.docker.pipe import HostPipes


class Inspected:
    """An engine's API that knows one container."""

    def __init__(self, pid: int, driver: dict[str, Any] | None = None) -> None:
        self.asked = 0
        self._found = {"State": {"Pid": pid}, "GraphDriver": driver}

    def inspect_container(self, container: str) -> dict[str, Any]:
        self.asked += 1
        return self._found


@pytest.fixture
def pipes(tmp_path: Path) -> Iterator[HostPipes]:
    folder = tmp_path / "pipes"
    folder.mkdir()
    pipes = HostPipes(folder)
    yield pipes
    pipes.abandon()


def overlay(path: Path) -> dict[str, Any]:
    return {"Name": "overlay2", "Data": {"UpperDir": str(path)}}


@pytest.mark.parametrize("pid", [0, -1, 2**30], ids=["none", "negative", "nobody"])
def test_a_process_that_is_not_there_has_no_root(pipes: HostPipes, pid: int) -> None:
    assert HostView(Inspected(pid), "c", pipes).open_root() is None


def test_a_process_without_our_pipe_is_not_the_containers(pipes: HostPipes, tmp_path: Path) -> None:
    api = Inspected(os.getpid(), overlay(tmp_path))
    view = HostView(api, "c", pipes)
    assert view.open_root() is None
    assert view.open_changes() is None
    assert api.asked == 1


def test_pipes_that_are_closed_prove_nothing(pipes: HostPipes) -> None:
    pipes.close()
    assert HostView(Inspected(os.getpid()), "c", pipes).open_root() is None


@pytest.mark.parametrize(
    "driver",
    [
        None,
        {},
        {"Name": "overlay2"},
        {"Name": "overlay", "Data": None},
        {"Name": "btrfs"},
        {"Name": "vfs", "Data": {"UpperDir": "/"}},
    ],
)
def test_other_drivers_keep_no_changes(pipes: HostPipes, driver: dict[str, Any] | None) -> None:
    assert HostView(Inspected(os.getpid(), driver), "c", pipes).open_changes() is None


def test_only_our_pipe_is_the_source(pipes: HostPipes, tmp_path: Path) -> None:
    other = tmp_path / "other"
    os.mkfifo(other)
    assert not pipes.is_source(other.stat())
    assert pipes.is_source((tmp_path / "pipes/source").stat())


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "dir/sub").mkdir(parents=True)
    (tmp_path / "dir/sub/f").write_text("it")
    (tmp_path / "link").symlink_to("dir")
    root = os.open(tmp_path, os.O_PATH)
    try:
        os.close(open_below(root, "/dir/sub/f"))
        with pytest.raises(NotADirectoryError):
            open_below(root, "/link/sub/f")
        with pytest.raises(FileNotFoundError):
            open_below(root, "/dir/absent/f")
    finally:
        os.close(root)
