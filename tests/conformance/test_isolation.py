"""Rows 207, 210 and 211: what a build leaves of the world around it."""

import hashlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localbuild.engines.docker.connection import connect
from tests.conformance.harness import Built, Called, build, read_record, spec, start, write_files
from tests.conformance.rows import row
from tests.conformance.test_ends import containers_of, wait_for
from tests.conftest import SMALL

VOLUME = re.compile(r"volumes/([0-9a-f]{64})/_data")
SHOW_VOLUME = "grep ' /conf-data ' /proc/self/mountinfo"


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """The engine's own API."""
    found = connect("", "").api
    yield found
    found.close()


@pytest.fixture(scope="module")
def with_volume(api: Any) -> Iterator[str]:
    """An image whose containers get a volume of their own each."""
    container = api.create_container(SMALL, ["true"])["Id"]
    api.commit(container, "conf-volume", "1", changes=["VOLUME /conf-data"])
    api.remove_container(container)
    yield "conf-volume:1"
    api.remove_image("conf-volume:1", force=True)


def picture(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file and folder with its mode, its time of change and a hash of its content."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        stat = path.lstat()
        data = str(path.readlink()).encode() if path.is_symlink() else b""
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        found[str(path.relative_to(folder))] = (stat.st_mode, stat.st_mtime_ns, digest)
    return found


@row(
    207,
    feature="the user's source",
    expectation="not changed by a build, unless it is mounted",
    decided="Ours: the service builds in a copy of its own.",
)
def test_row_207_source_unchanged(tmp_path: Path) -> None:
    source = tmp_path / "sample"
    damage = "echo more >> a.txt; rm -r sub; mkdir new; chmod 777 b.sh; touch -d 2001-01-01 link"
    write_files(source, {"a.txt": "a", "b.sh": "b", "sub/c.txt": "c"})
    write_files(source, {"buildspec.yml": spec(build=[damage, "ls sub"])})
    (source / "link").symlink_to("a.txt")
    before = picture(source)
    built = build(at=source, record=tmp_path / "record")
    assert built.context("BUILD")[1].endswith("command: ls sub. Reason: exit status 2")
    assert picture(source) == before
    mounted = build(spec(build=["echo more >> a.txt"]), "--source-mode", "mount", at=source)
    assert mounted.exit_code == 0
    assert (source / "a.txt").read_text() == "amore\n"


@row(
    210,
    feature="builds at the same time",
    expectation="two builds of one source do not meet: own numbers, containers and records",
    decided="Ours: builds of the service are apart by nature.",
)
def test_row_210_parallel_builds(tmp_path: Path) -> None:
    wait = "while [ $(ls /meet | wc -l) -lt 2 ]; do sleep 0.1; done"
    meet = f"touch here /meet/$CODEBUILD_BUILD_NUMBER; {wait}; ls; echo $CODEBUILD_BUILD_NUMBER"
    source = tmp_path / "sample"
    write_files(source, {"buildspec.yml": spec(build=[meet])})
    (tmp_path / "meet").mkdir()
    words = ("run", "-i", SMALL, "-V", f"{tmp_path / 'meet'}:/meet", "--timeout", "50s")
    logs = [tmp_path / f"log{n}" for n in range(2)]
    pair = [start(*words, cwd=source, log=log) for log in logs]
    assert [process.wait(timeout=60) for process in pair] == [0, 0], logs[0].read_text()
    records = [source / ".localbuild" / "builds" / number for number in ("1", "2")]
    both = [read_record(r, Called(exit_code=0, stdout="", stderr="")) for r in records]
    assert [built.said for built in both] == [
        ["buildspec.yml\nhere\n1\n"],
        ["buildspec.yml\nhere\n2\n"],
    ]
    assert both[0].document["id"] != both[1].document["id"]


@row(
    211,
    feature="what is left on the engine",
    expectation="no container and no volume, after success, failure, timeout and Ctrl-C",
    decided="Ours: nobody sees what the service leaves.",
)
def test_row_211_no_leftovers(with_volume: str, api: Any, tmp_path: Path) -> None:
    for last in ("true", "false", "kill -9 -1", "sleep 300"):
        text = spec(build=[SHOW_VOLUME, last])
        assert_clean(build(text, "--timeout", "8s", image=with_volume), api)
    write_files(tmp_path, {"buildspec.yml": spec(build=[SHOW_VOLUME, "echo begun; sleep 300"])})
    log = tmp_path / "log"
    process = start("run", "-i", with_volume, cwd=tmp_path, log=log)
    try:
        wait_for("begun", log)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    finally:
        process.kill()
    called = Called(exit_code=130, stdout="", stderr="")
    assert_clean(read_record(tmp_path / ".localbuild" / "builds" / "1", called), api)


def assert_clean(built: Built, api: Any) -> None:
    """Nothing of a build whose first command showed its volume is on the engine any more."""
    volume = VOLUME.findall(built.said[0])
    assert len(volume) == 1
    assert api.volumes(filters={"name": volume[0]})["Volumes"] in (None, [])
    assert containers_of(built.document["id"]) == []
