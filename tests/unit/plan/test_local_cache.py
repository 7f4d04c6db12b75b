"""A LOCAL cache: which paths are folders, where they lie, which volumes a build gets."""

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest, compile_plan, source_directory
from localbuild.plan.local_cache import local_folders, local_mounts, local_scope
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.project.model import Project

CUSTOM, DOCKER, SOURCE = (
    "LOCAL_CUSTOM_CACHE",
    "LOCAL_DOCKER_LAYER_CACHE",
    "LOCAL_SOURCE_CACHE",
)
SRC = source_directory("app")
STORE = f"/codebuild/local-cache/custom/{local_scope('app')}"


def plan_of(
    *modes: str,
    path: str = "deps/**/*",
    kind: str = "LOCAL",
    privileged: bool = False,
    origin: str = "",
) -> BuildPlan:
    spec = f"version: 0.2\nphases: {{}}\ncache: {{key: k, paths: ['{path}']}}\n"
    request = BuildRequest(
        project=Project(name="app"),
        environment=EnvironmentPlan(image="i", image_reference="i", privileged=privileged),
        source=SourcePlan(location="/somewhere", directory=""),
        cache=CachePlan(type=kind, modes=modes),
        cache_origin=origin,
    )
    return compile_plan(read_buildspec(spec.encode(), "buildspec.yml"), request)


@pytest.mark.parametrize(
    ("path", "expanded", "target", "store"),
    [
        ("deps/**/*", "deps", f"{SRC}/deps", f"{STORE}/deps"),
        ("deps/**", "deps", f"{SRC}/deps", f"{STORE}/deps"),
        ("deps/*", "deps", f"{SRC}/deps", f"{STORE}/deps"),
        ("deps", "deps", f"{SRC}/deps", f"{STORE}/deps"),
        ("./a/../deps/", "./a/../deps", f"{SRC}/deps", f"{STORE}/deps"),
        (".m2", ".m2", f"{SRC}/.m2", f"{STORE}/.m2"),
        ("v1.2/", "v1.2", f"{SRC}/v1.2", f"{STORE}/v1.2"),
        ("$HOME/.npm/**/*", "/root/.npm", "/root/.npm", f"{STORE}/root/.npm"),
        ("${HOME}/x/**/*", "/root/x", "/root/x", f"{STORE}/root/x"),
        ("~/.m2/**/*", "/root/.m2", "/root/.m2", f"{STORE}/root/.m2"),
        ("~", "/root", "/root", f"{STORE}/root"),
        ("a~/x/**/*", "a~/x", f"{SRC}/a~/x", f"{STORE}/a~/x"),
        ("$NONE/x/**/*", "/x", "/x", f"{STORE}/x"),
    ],
)
def test_a_folder_and_its_place(path: str, expanded: str, target: str, store: str) -> None:
    (found,) = local_folders(plan_of(CUSTOM, path=path), {"HOME": "/root"})
    assert (found.path, found.target, found.store) == (expanded, target, store)


@pytest.mark.parametrize(
    "path",
    [
        "file.txt",
        "dir/file.txt",
        "**/*",
        "*",
        ".",
        "./",
        "..",
        "/",
        "/codebuild/output/**/*",
        "/codebuild/x",
        f"{SRC}/**/*",
        "a*/b/**/*",
        "a?",
        "[ab]/**/*",
    ],
)
def test_what_is_no_folder_has_no_place(path: str) -> None:
    (found,) = local_folders(plan_of(CUSTOM, path=path), {})
    assert found.store == ""


@pytest.mark.parametrize(
    ("plan", "targets"),
    [
        (plan_of(CUSTOM), [STORE]),
        (plan_of(SOURCE), []),
        (plan_of(DOCKER), []),
        (plan_of(DOCKER, privileged=True), ["/var/lib/docker"]),
        (plan_of(CUSTOM, DOCKER, SOURCE, privileged=True), [STORE, "/var/lib/docker"]),
        (plan_of(CUSTOM, kind="S3"), []),
    ],
)
def test_the_volumes_of_a_build(plan: BuildPlan, targets: list[str]) -> None:
    mounts = local_mounts(plan)
    assert [m.target for m in mounts] == targets
    assert len({m.source for m in mounts}) == len(mounts)
    assert all(m.source.startswith(f"localbuild-cache-{local_scope('app')}") for m in mounts)


def test_only_a_custom_cache_has_folders() -> None:
    for plan in (plan_of(SOURCE), plan_of(CUSTOM, kind="S3"), plan_of(CUSTOM, kind="NO_CACHE")):
        assert list(local_folders(plan, {})) == []


def test_projects_have_volumes_of_their_own() -> None:
    assert local_scope("a") != local_scope("b")
    assert len(local_scope("a")) == 24


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        (plan_of(CUSTOM), ["LB602"]),
        (plan_of(DOCKER), ["LB602", "LB603"]),
        (plan_of(DOCKER, privileged=True), ["LB602"]),
        (plan_of(DOCKER, kind="S3"), []),
    ],
)
def test_what_a_local_cache_makes_nothing_of_is_said(plan: BuildPlan, codes: list[str]) -> None:
    assert [n.code for n in plan.notices if n.code.startswith("LB6")] == codes


@pytest.mark.parametrize(
    ("origin", "file", "line", "begins"),
    [
        ("localbuild.toml:3", "localbuild.toml", 3, DOCKER),
        ("--cache-override", "", 0, f"--cache-override: {DOCKER}"),
        ("LOCALBUILD_CACHE_OVERRIDE", "", 0, f"LOCALBUILD_CACHE_OVERRIDE: {DOCKER}"),
        ("", "", 0, DOCKER),
    ],
)
def test_a_layer_cache_is_told_at_the_place_that_asks_for_it(
    origin: str, file: str, line: int, begins: str
) -> None:
    (notice,) = (n for n in plan_of(DOCKER, origin=origin).notices if n.code == "LB603")
    assert (notice.file, notice.line) == (file, line)
    assert notice.message.startswith(f"{begins} needs")
