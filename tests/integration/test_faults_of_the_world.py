"""The engine goes away, the disk fills up: each has its own message and exit code."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.integration.builds import Build, project, run, spec
from tests.integration.private_engine import private_engine

pytestmark = pytest.mark.docker


@contextmanager
def tiny_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system that fills up quickly."""
    if os.getuid() != 0:
        missing("docker", "a small file system needs root")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_engine_that_goes_away_is_not_the_builds_fault(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = project(tmp_path / "lost", spec("echo begun", "sleep 600", "echo never"))
    with (
        private_engine() as engine,
        Build(folder, "--network", "none", env={"DOCKER_HOST": engine.url}) as build,
    ):
        build.wait_for("Running command sleep 600")
        engine.send(number)
        ended = build.end()
    assert ended.code == 4
    assert "lost the connection to the engine" in ended.stderr
    assert ended.document["buildStatus"] == "FAULT"
    assert ended.context("BUILD")[0] == "ENGINE_CONNECTION_LOST"
    assert "Traceback" not in ended.stderr


def test_a_full_disk_under_the_record_does_not_end_the_build_silently(tmp_path: Path) -> None:
    folder = project(tmp_path / "full", spec("head -c 3000000 /dev/zero | tr '\\0' x", "echo on"))
    with tiny_disk(tmp_path / "tiny", "1m") as tiny:
        ended = run(folder, "--record", str(tiny / "record"))
    assert ended.code == 5
    assert "No space left on device" in ended.stderr
    assert "build.log" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_record_that_cannot_begin_is_an_error(tmp_path: Path) -> None:
    folder = project(tmp_path / "begin", spec("true"))
    (folder / "file").write_text("")
    ended = run(folder, "--record", str(folder / "file" / "below"))
    assert ended.code in (2, 5)
    assert "hint:" in ended.stderr


def test_a_full_disk_in_the_container_fails_the_command(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "tiny", "64k") as tiny:
        command = "head -c 1000000 /dev/zero > /tiny/file"
        ended = run(project(tmp_path / "inside", spec(command)), "-V", f"{tiny}:/tiny")
    assert ended.code == 1
    assert "No space left on device" in ended.stdout


def test_a_command_that_cannot_be_written_is_never_run_in_part(tmp_path: Path) -> None:
    long = "echo whole " + "x" * 100_000
    with tiny_disk(tmp_path / "tiny", "1m") as tiny:
        fill = "head -c 2000000 /dev/zero > /codebuild/output/tmp/fill 2>/dev/null; true"
        folder = project(tmp_path / "written", spec(fill, long))
        for name in ("env.sh", "dir.txt"):
            (tiny / name).touch()
        ended = run(folder, "-V", f"{tiny}:/codebuild/output/tmp")
    assert ended.code != 0
    assert "whole" not in ended.stdout.replace(long, "")


def test_a_source_that_cannot_be_unpacked_is_said(tmp_path: Path) -> None:
    folder = project(tmp_path / "no-tar", spec("true"))
    with tiny_disk(tmp_path / "tiny", "64k") as tiny:
        (folder / "big").write_bytes(os.urandom(200_000))
        source = _source_directory(folder)
        ended = run(folder, "-V", f"{tiny}:{source}")
    assert ended.code in (4, 5)
    assert "the source could not be unpacked" in ended.stderr
    assert ended.phases["DOWNLOAD_SOURCE"] in ("FAULT", "FAILED")


def _source_directory(folder: Path) -> str:
    from localbuild.plan.compile import source_directory

    return source_directory(folder.name)
