"""A LOCAL cache in a build: links and lines before the source, nothing packed, nothing saved."""

import os
import subprocess
from pathlib import Path

import pytest

from localbuild.engines.scripted import Answer
from localbuild.plan.cache import CacheMode, CachePlan
from localbuild.plan.compile import source_directory
from localbuild.plan.local_cache import local_scope
from tests.unit.run.recording_cache import RecordingCache
from tests.unit.run.scripted_build import Built, Setting, build

SRC = source_directory("sample")
STORE = f"/codebuild/local-cache/custom/{local_scope('sample')}"
SPEC = """
version: 0.2
phases: {build: {commands: [make]}}
cache: {paths: [deps/**/*, $HOME/.m2/**/*, file.txt]}
"""
LINK_DEPS = f"store='{STORE}/deps' target='{SRC}/deps'"


def local(
    *modes: str, answers: dict[str, Answer] | None = None, mode: str = "copy", spec: str = SPEC
) -> Built:
    """A build with a LOCAL cache, and another one that must not be asked."""
    cache = RecordingCache()
    built = build(
        spec,
        Setting(
            cache=CachePlan(type="LOCAL", modes=modes),
            open_cache=lambda: cache,
            answers=answers or {},
            mode=mode,
        ),
    )
    assert cache.asked == []
    return built


def lines(built: Built) -> list[str]:
    """The service's lines between the buildspec's place and its variables."""
    start = next(n for n, line in enumerate(built.said) if line.startswith("YAML location"))
    return built.said[start + 1 : built.said.index("Processing environment variables")]


def test_a_folder_is_a_link_before_the_source_comes() -> None:
    built = local("LOCAL_CUSTOM_CACHE")
    assert lines(built) == [
        "Expanded cache path deps/**/*",
        f"MkdirAll: {STORE}/deps",
        f"Symlinking: {SRC}/deps => {STORE}/deps",
        "Expanded cache path /root/.m2/**/*",
        f"MkdirAll: {STORE}/root/.m2",
        f"Symlinking: /root/.m2 => {STORE}/root/.m2",
        "Expanded cache path file.txt",
        "Unable to initialize cache download: only directories can be cached locally: file.txt",
    ]
    (container,) = built.engine.containers
    assert [m.target for m in container.spec.mounts] == [STORE]
    scripts = [r.script for r in container.requests]
    assert [s.splitlines()[0] for s in scripts[:2]] == [
        LINK_DEPS,
        f"store='{STORE}/root/.m2' target='/root/.m2'",
    ]
    assert built.exit_code == 0
    assert not any("cache" in line.lower() for line in built.said if line not in lines(built))


def test_a_file_in_the_store_is_no_folder() -> None:
    built = local("LOCAL_CUSTOM_CACHE", answers={LINK_DEPS: Answer(exit_status=3)})
    assert lines(built)[:2] == [
        "Expanded cache path deps/**/*",
        "Unable to initialize cache download: only directories can be cached locally: deps",
    ]


@pytest.mark.parametrize("answer", [Answer(exit_status=1), Answer(exit_status=127)])
def test_a_link_that_cannot_be_made_is_a_warning(answer: Answer) -> None:
    built = local("LOCAL_CUSTOM_CACHE", answers={LINK_DEPS: answer})
    assert built.exit_code == 0
    message = f"cache: no link could be made at {SRC}/deps: deps is not kept"
    assert message in [w.message for w in built.result.warnings]


def test_a_warning_about_the_project_stands_at_no_line_of_the_buildspec() -> None:
    built = local("LOCAL_DOCKER_LAYER_CACHE")
    (warning,) = (w for w in built.result.warnings if w.code == "LB603")
    assert (warning.file, warning.line) == ("", 0)


def run_link(folder: Path, program: str = "") -> int:
    """Run the script of `deps` in a folder, `program` in the place of `cp`; its exit status."""
    script = local("LOCAL_CUSTOM_CACHE").engine.containers[0].requests[0].script
    script = script.replace(STORE, f"{folder}/store").replace(SRC, f"{folder}/src")
    path = os.defpath
    if program:
        fake = folder / "bin" / "cp"
        fake.parent.mkdir()
        fake.write_text(f"#!/bin/sh\n{program}\n")
        fake.chmod(0o755)
        path = f"{fake.parent}:{path}"
    return subprocess.run(["sh", "-c", script], env={"PATH": path}, check=False).returncode


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $PPID"])
def test_a_copy_that_was_cut_off_is_made_anew(end: str, tmp_path: Path) -> None:
    target, store = tmp_path / "src" / "deps", tmp_path / "store" / "deps"
    target.mkdir(parents=True)
    for name in ("a", "b"):
        (target / name).write_text(name)
    half = f'mkdir "$3" && PATH={os.defpath} cp "$2/a" "$3/a"; {end}'
    assert run_link(tmp_path, half) != 0
    assert [p.name for p in store.parent.glob("deps.new-*/*")] == ["a"]
    assert run_link(tmp_path) == 0
    assert target.readlink() == store
    assert sorted(p.name for p in target.iterdir()) == ["a", "b"]
    assert [p.name for p in store.parent.iterdir()] == ["deps"]


def test_what_the_store_has_stays(tmp_path: Path) -> None:
    target, store = tmp_path / "src" / "deps", tmp_path / "store" / "deps"
    for folder, name in ((target, "image's"), (store, "kept")):
        folder.mkdir(parents=True)
        (folder / name).write_text("")
    assert run_link(tmp_path) == 0
    assert [p.name for p in target.iterdir()] == ["kept"]


def test_a_mounted_source_gets_no_links() -> None:
    built = local("LOCAL_CUSTOM_CACHE", mode="mount")
    assert lines(built)[0] == "Expanded cache path /root/.m2/**/*"
    message = "cache: deps is not kept: the source is mounted, not copied"
    assert message in [w.message for w in built.result.warnings]


def test_a_source_cache_of_a_directory_is_none() -> None:
    spec = SPEC.split("cache:", maxsplit=1)[0]
    built = local("LOCAL_SOURCE_CACHE", spec=spec)
    assert lines(built) == ["Skip local source cache: the source is a directory"]


def test_a_build_that_may_only_read_gets_no_volume() -> None:
    plan = CachePlan(type="LOCAL", modes=("LOCAL_CUSTOM_CACHE",), mode=CacheMode.READ_ONLY)
    built = build(SPEC, Setting(cache=plan))
    assert lines(built) == ["Skip cache due to: a LOCAL cache cannot be only read"]
    assert built.engine.containers[0].spec.mounts == ()
    assert len(built.engine.containers[0].requests) == 1


def test_paths_need_the_custom_mode() -> None:
    built = local("LOCAL_SOURCE_CACHE")
    assert lines(built)[1:] == ["Skip cache due to: LOCAL_CUSTOM_CACHE is not among its modes"]
