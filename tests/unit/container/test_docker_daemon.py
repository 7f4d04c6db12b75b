"""The script that starts the image's Docker daemon, run here on images of straw."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from localbuild.container.docker_daemon import NO_ENTRY_POINT, daemon_script

ENTRY = """#!/bin/sh
{daemon} --storage-driver=overlay2 > {log} 2>&1 &
until docker info; do sleep 0.1; done
eval "$@"
"""
DOCKER = """#!/bin/sh
[ -f {state} ] || {{ echo "Cannot connect to the Docker daemon"; exit 1; }}
[ "$2" != --format ] || cat {state}
"""
WORKS = 'echo "API listen"; echo "${{1#*=}}" > {state}'
FAILS = 'echo "$*"; echo "failed to start daemon: {why}"; exit 1'
NO_OVERLAY = (
    "for word; do driver=${{word#--storage-driver=}}; done; "
    'if [ "$driver" = vfs ]; then echo vfs > {state}; exit; fi; '
    'echo "failed to start daemon: error initializing graphdriver: driver not supported"; exit 1'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Straw:
    """An image's programs in a folder of the test's own."""

    folder: Path

    def put(self, name: str, text: str) -> str:
        """A program; its path."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def run(self, *, start: bool = True, env: str = "", **places: str) -> tuple[int, str]:
        """The script's exit status and what it printed."""
        (self.folder / "env.sh").write_text(env)
        own = {
            "GROUPS": str(self.folder / "cgroup"),
            "DATA": str(self.folder / "data"),
            "OWN": str(self.folder / "own"),
            "ENTRY": str(self.folder / "entry"),
            "DAEMON": str(self.folder / "dockerd"),
            "LOG": str(self.folder / "docker.log"),
            "SAID": str(self.folder / "said.log"),
            "ENV_FILE": str(self.folder / "env.sh"),
            "PATH": f"{self.folder}:/usr/bin:/bin",
        }
        script = daemon_script(start=start, **own, **places)
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


def image(folder: Path, daemon: str, **words: str) -> Straw:
    """An image whose daemon is that line of shell."""
    straw = Straw(folder=folder)
    state = str(folder / "state")
    body = daemon.format(state=state, **words)
    program = straw.put("dockerd", f"#!/bin/sh\n{body}\n")
    straw.put("docker", DOCKER.format(state=state))
    straw.put("entry", ENTRY.format(daemon=program, log=folder / "docker.log"))
    return straw


def lines(path: Path) -> Sequence[str]:
    return path.read_text().splitlines()


def test_it_waits_until_the_daemon_answers(tmp_path: Path) -> None:
    straw = image(tmp_path, f"sleep 0.3; {WORKS}")
    assert straw.run() == (0, "overlay2\n")


def test_a_daemon_that_cannot_use_overlays_copies(tmp_path: Path) -> None:
    straw = image(tmp_path, NO_OVERLAY)
    assert straw.run() == (0, "vfs\n")


def test_a_daemon_that_fails_is_not_waited_for(tmp_path: Path) -> None:
    straw = image(tmp_path, FAILS, why="no iptables")
    (tmp_path / "entry").write_text((tmp_path / "entry").read_text().replace("until", "! until"))
    status, said = straw.run()
    assert status == 1
    assert said.splitlines()[-1] == "failed to start daemon: no iptables"


def test_what_both_attempts_said_is_told(tmp_path: Path) -> None:
    straw = image(tmp_path, FAILS, why="graphdriver: out of disks")
    status, said = straw.run()
    assert status == 1
    assert "--storage-driver=overlay2" in said
    assert said.splitlines()[-1] == "failed to start daemon: graphdriver: out of disks"
    assert "--storage-driver=vfs" in said


def test_an_image_without_an_entry_point(tmp_path: Path) -> None:
    straw = image(tmp_path, WORKS)
    (tmp_path / "entry").unlink()
    assert straw.run() == (NO_ENTRY_POINT, "")


def test_nothing_is_started_where_it_must_not(tmp_path: Path) -> None:
    straw = image(tmp_path, WORKS)
    assert straw.run(start=False) == (0, "")
    assert not (tmp_path / "state").exists()


def test_a_builds_own_variables_are_not_for_the_daemon(tmp_path: Path) -> None:
    straw = image(tmp_path, f'echo "$PATH $DOCKER_HOST $HTTPS_PROXY"; {WORKS}')
    env = "export PATH=/nowhere DOCKER_HOST=tcp://elsewhere HTTPS_PROXY=proxy\n"
    assert straw.run(env=env) == (0, "overlay2\n")
    assert lines(tmp_path / "docker.log")[0] == f"{tmp_path}:/usr/bin:/bin  proxy"


@pytest.mark.parametrize(
    ("own", "nested"), [("0::/\n", True), ("1:cpu:/a\n0::/\n", True), ("0::/system/c\n", False)]
)
def test_processes_leave_a_group_that_is_to_have_groups(
    own: str, nested: bool, tmp_path: Path
) -> None:
    """As the kernel wants it in version 2, in the container's own groups alone."""
    straw = image(tmp_path, WORKS)
    groups = tmp_path / "cgroup"
    groups.mkdir()
    (groups / "cgroup.controllers").write_text("cpu memory\n")
    (groups / "cgroup.procs").write_text("1\n22\n")
    (tmp_path / "self").write_text(own)
    assert straw.run(SELF=str(tmp_path / "self"))[0] == 0
    found = [(groups / name).exists() for name in ("init/cgroup.procs", "cgroup.subtree_control")]
    assert found == [nested, nested]
    if nested:  # what was written last: to the kernel every line is a write of its own
        assert lines(groups / "init" / "cgroup.procs") == ["22"]
        assert lines(groups / "cgroup.subtree_control") == ["+memory"]
