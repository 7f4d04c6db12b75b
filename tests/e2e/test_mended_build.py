"""A build on a terminal that fails, is kept, mended in a shell and gone on with."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.samples_support import SAMPLES_DIR, foreign_files
from tests.e2e.terminals import Terminal
from tests.integration.builds import COMMAND, containers_of, wait_until
from tests.integration.kept import remove_containers, unique_project

pytestmark = pytest.mark.docker

SIZE = (30, 100)


class Desk:
    """A folder with the sample, and terminals to work on it."""

    def __init__(self, folder: Path, project: str) -> None:
        self.folder = folder
        self.project = project
        kept = ("PATH", "DOCKER_HOST", "TMPDIR")
        self.environ = {name: os.environ[name] for name in kept if name in os.environ}
        self.environ |= {"HOME": str(folder.parent), "USER": "me"}

    def open(self, *words: str) -> Terminal:
        """A terminal on which localbuild is called."""
        return Terminal([sys.executable, *COMMAND[1:], *words], self.folder, self.environ, SIZE)

    def run(self) -> Terminal:
        """A terminal on which the sample is built."""
        options = ("--cache", "off", "--network", "none", "--project-name", self.project)
        return self.open("run", *options)

    def document(self, number: int) -> dict[str, Any]:
        """build.json of a build."""
        path = self.folder / f".localbuild/builds/{number}/build.json"
        return dict(json.loads(path.read_text()))

    def containers(self, *, running: bool = False) -> list[str]:
        """The project's containers."""
        return containers_of(self.project, running=running)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLES_DIR / "mended-in-the-shell", folder)
    desk = Desk(folder, unique_project("mended"))
    yield desk
    remove_containers(desk.project)


def test_a_failed_build_is_mended_in_a_shell_and_goes_on(desk: Desk) -> None:
    with desk.run() as terminal:
        assert terminal.end() == 1
        assert "is kept until the next one of this project is, or for 7 days" in terminal.said
        assert "hint: localbuild shell 1 " in terminal.said
        assert "hint: localbuild retry 1 " in terminal.said
    (name,) = desk.containers()

    with desk.open("shell") as terminal:
        terminal.wait_for("buildspec.yml:21: BUILD 3 failed with exit status 2")
        terminal.wait_for("leave it with exit")
        terminal.type("echo at=$PWD=$LANGUAGE=$COUNT=")
        terminal.wait_for("/src/out=en=3=")
        terminal.type("stty size")
        terminal.wait_for("30 100")
        terminal.resize(41, 123)
        terminal.type("sleep 1; stty size")
        terminal.wait_for("41 123")
        terminal.type("mkdir ../settings; echo GREETING=Hello > ../settings/en.conf")
        terminal.type("exit 3")
        assert terminal.end() == 3
        assert terminal.settings == terminal.before
    assert desk.containers() == [name]
    assert desk.containers(running=True) == []

    with desk.open("retry") as terminal:
        assert terminal.end() == 0, terminal.said
        assert "the greeting is Hello" in terminal.said
        assert "Hello, Grace!" in terminal.said
        assert "resumed: from build 1, in its container" in terminal.said
        assert "SUCCEEDED" in terminal.said
    assert desk.containers() == []
    check_records(desk)


def check_records(desk: Desk) -> None:
    """What the records of the failed build and of the one that went on say."""
    first, second = desk.document(1), desk.document(2)
    assert (first["buildStatus"], second["buildStatus"]) == ("FAILED", "SUCCEEDED")
    assert second["localbuild"]["resumedFrom"] == {"buildNumber": 1, "id": first["id"]}
    assert second["localbuild"]["commands"] == {"planned": 5, "ran": 5, "failed": 0}
    skipped = {(s["phase"], s["number"], s["reason"]) for s in second["localbuild"]["skipped"]}
    assert skipped == {
        ("INSTALL", 1, "ran in build 1"),
        ("BUILD", 1, "ran in build 1"),
        ("BUILD", 2, "ran in build 1"),
    }
    assert second["exportedEnvironmentVariables"] == [{"name": "GREETED", "value": "3"}]
    assert foreign_files(desk.folder) == []


def test_keys_reach_the_program_and_not_localbuild(desk: Desk) -> None:
    with desk.run() as terminal:
        assert terminal.end() == 1
    with desk.open("shell") as terminal:
        terminal.wait_for("leave it with exit")
        terminal.type("trap 'echo cau''ght; over=1' INT")
        terminal.type("echo rea''dy; until [ $over ]; do sleep 0.1; done")
        terminal.wait_for("ready")
        terminal.press_until(b"\x03", "caught")
        terminal.type("PS1='at the pro''mpt'; (exit 6)")
        terminal.wait_for("at the prompt")
        terminal.press(b"\x04")
        assert terminal.end() == 6
        assert terminal.settings == terminal.before


def test_a_terminal_that_goes_away_takes_the_shell_along_and_the_container_stays(
    desk: Desk,
) -> None:
    with desk.run() as terminal:
        assert terminal.end() == 1
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with desk.open("shell") as terminal:
            terminal.wait_for("leave it with exit")
            terminal.type("echo in''side; sleep 300")
            terminal.wait_for("inside")
            terminal.signal(number)
            assert terminal.end() == code
            assert terminal.settings == terminal.before
        assert len(desk.containers()) == 1
    with desk.open("shell") as terminal:
        terminal.wait_for("leave it with exit")
        terminal.type("echo in''side; sleep 300")
        terminal.wait_for("inside")
        terminal.signal(signal.SIGKILL)
        terminal.end()
    wait_until(lambda: not desk.containers(running=True), "the dead man's switch", seconds=30)
    with desk.open("shell", "--", "echo still $COUNT") as terminal:
        assert terminal.end() == 0
        assert "still 3" in terminal.said


def test_the_next_kept_container_takes_the_place_of_the_last(desk: Desk) -> None:
    for _ in range(2):
        with desk.run() as terminal:
            assert terminal.end() == 1
    assert len(desk.containers()) == 1
    with desk.open("shell", "1") as terminal:
        assert terminal.end() == 2
        assert "error: the container of build 1 is gone" in terminal.said
