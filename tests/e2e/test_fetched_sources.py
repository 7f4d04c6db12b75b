"""The sample of fetched sources: a git submodule over HTTP, a ZIP file out of S3."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from localbuild.ports.engine import Engine
from tests.conftest import SMALL
from tests.git_remote.repositories import OWN, Repository
from tests.git_remote.server import PASSWORD, USER, GitServer, serve
from tests.s3.servers import BUCKET, Server
from tests.unit.sources.zips import zip_of

SAMPLE = Path(__file__).parents[2] / "samples" / "fetched-sources"
GREETINGS = "Good morning, Ada.\nGood morning, Grace.\nGood morning, Mary.\n"


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The repositories of the sample: the library is a submodule of the application."""
    root = tmp_path / "served"
    shutil.copytree(SAMPLE / "lib", root / "lib")
    shutil.copytree(SAMPLE / "app", root / "app")
    library, app = Repository(root / "lib"), Repository(root / "app")
    commit = library.commit({})
    app.commit({".gitmodules": '[submodule "lib"]\npath = lib\nurl = ../lib\n'})
    app.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    app.git("commit", "--quiet", "-m", "Add the library")
    return root


@pytest.fixture
def git_server(served: Path) -> Iterator[GitServer]:
    with serve(served, private=True) as server:
        yield server


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in an empty folder."""
    folder.mkdir()
    return subprocess.run(
        _command(*words),
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "localbuild", "run", "--cache", "off", "-i", SMALL, *words]


def environment(folder: Path) -> Mapping[str, str]:
    """This process's variables, with folders and a git of the test's own."""
    own = {f"XDG_{kind}_HOME": str(folder.parent / kind) for kind in ("CONFIG", "STATE", "CACHE")}
    return {**os.environ, **own, **OWN}


def test_the_sample(
    tmp_path: Path, git_server: GitServer, moto_server: Server, docker_engine: Engine
) -> None:
    import boto3

    data = {path.name: path.read_bytes() for path in (SAMPLE / "data").iterdir()}
    client = boto3.client("s3", endpoint_url=moto_server.endpoint_url, region_name="us-east-1")
    client.put_object(Bucket=BUCKET, Key="sample/names.zip", Body=zip_of(data))
    client.close()
    done = run(
        tmp_path / "here",
        git_server.url("app", USER, PASSWORD),
        "--git-submodules",
        *("-s", f"names:s3://{BUCKET}/sample/names.zip"),
        *("--endpoint-url", moto_server.endpoint_url, "--region", "us-east-1"),
    )
    assert done.returncode == 0, done.stderr
    assert GREETINGS in done.stdout
    assert f"of {git_server.url('app')}\n" in done.stdout
    record = tmp_path / "here" / ".localbuild" / "builds" / "1"
    document = json.loads((record / "build.json").read_text())
    assert document["projectName"] == "app"
    assert document["localbuild"]["timings"]["fetch"] > 0
    assert list((tmp_path / "STATE" / "localbuild" / "sources").iterdir()) == []
    told = done.stdout + done.stderr + "".join(p.read_text() for p in record.iterdir())
    assert PASSWORD not in told


def test_what_the_sample_says_works_without_a_server(tmp_path: Path, docker_engine: Engine) -> None:
    """The block of commands in its README, in a shell, with this localbuild."""
    text = (SAMPLE / "README.md").read_text()
    block = text.split("```\n")[3].replace("samples/fetched-sources", str(SAMPLE))
    program = tmp_path / "bin" / "localbuild"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m localbuild "$@" --cache off\n')
    program.chmod(0o755)
    scene = tmp_path / "scene"
    environ = {**environment(scene), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-ec", block.replace("/tmp/scene", str(scene))],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert GREETINGS in done.stdout


def test_ctrl_c_while_a_source_is_fetched(tmp_path: Path, served: Path) -> None:
    """The server never answers; git and the build end, and the record says so."""
    here = tmp_path / "here"
    here.mkdir()
    with serve(served, hang=threading.Event()) as server:
        process = subprocess.Popen(
            _command(server.url("app")),
            cwd=here,
            env=environment(here),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _await(lambda: bool(server.held))
        process.send_signal(2)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    document = json.loads((here / ".localbuild/builds/latest/build.json").read_text())
    assert document["buildStatus"] == "STOPPED"
    phases = {phase["phaseType"]: phase.get("phaseStatus") for phase in document["phases"]}
    assert phases["DOWNLOAD_SOURCE"] == "STOPPED"
    assert list((tmp_path / "STATE" / "localbuild" / "sources").iterdir()) == []


def test_ctrl_c_while_a_bucket_says_nothing(tmp_path: Path) -> None:
    """The client of S3 waits longer, and is left to itself."""
    here = tmp_path / "here"
    here.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            _command("s3://bucket/app.zip", "--endpoint-url", url),
            cwd=here,
            env={**environment(here), "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        asked, _ = silent.accept()
        with asked:
            process.send_signal(2)
            _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "error: " not in said
    document = json.loads((here / ".localbuild/builds/latest/build.json").read_text())
    assert (document["buildStatus"], document["localbuild"]["exitCode"]) == ("STOPPED", 130)


def test_a_source_that_does_not_come_in_time(tmp_path: Path, served: Path) -> None:
    with serve(served, hang=threading.Event()) as server:
        done = run(tmp_path / "here", server.url("app"), "--timeout", "2s")
    assert done.returncode == 124, done.stderr
    record = tmp_path / "here/.localbuild/builds/latest/build.json"
    assert json.loads(record.read_text())["buildStatus"] == "FAILED"


def _await(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, for as long as a test may take."""
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_version_of_the_directory_that_one_works_in(
    tmp_path: Path, docker_engine: Engine
) -> None:
    app = Repository(tmp_path / "app")
    buildspec = "version: 0.2\nphases: {build: {commands: [cat file]}}\n"
    first = app.commit({"buildspec.yml": buildspec, "file": "as it was\n"})
    app.commit({"file": "as it is\n"})
    (app.path / "file").write_text("as it is becoming\n")
    for words, text in (((), "as it is becoming\n"), (("--source-version", first), "as it was\n")):
        done = run(tmp_path / f"here-{len(words)}", str(app.path), *words)
        assert done.returncode == 0, done.stderr
        assert f"\n{text}" in done.stdout
    assert app.git("status", "--porcelain") == "M file"
    document = json.loads((app.path / ".localbuild/builds/latest/build.json").read_text())
    assert (document["sourceVersion"], document["resolvedSourceVersion"]) == (first, first)


def test_what_a_killed_build_has_fetched_goes_with_the_next_fetch(
    tmp_path: Path, served: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    kept = tmp_path / "STATE" / "localbuild" / "sources"
    with serve(served, hang=threading.Event()) as server:
        process = subprocess.Popen(
            _command(server.url("app")), cwd=here, env=environment(here), stdin=subprocess.DEVNULL
        )
        _await(lambda: bool(server.held))
        process.kill()
        process.wait(60)
        assert len(list(kept.iterdir())) == 1
        assert list(here.iterdir()) == []  # a record would have no end
    done = run(tmp_path / "next", f"file://{tmp_path}/none")
    assert done.returncode == 5
    assert list(kept.iterdir()) == []
