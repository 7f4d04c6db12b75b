"""Which build's container is meant, and what `shell` and `retry` refuse without an engine."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cli.changed_source import find_copied
from localbuild.cli.keeping import Keeping, choose_keeping
from localbuild.cli.records.folders import hold
from localbuild.cli.records.held import held_container, held_names
from localbuild.cli.records.kept import find_kept
from localbuild.cli.records.plans import hides_commands, load_plan, save_plan
from localbuild.cli.settings import Settings
from localbuild.errors import UsageError
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.model import BuildStarted, Event
from localbuild.logs.mask import Mask
from localbuild.plan.model import (
    BuildPlan,
    EnvironmentPlan,
    Origin,
    PhasePlan,
    PlannedCommand,
    PlannedSecret,
    SourcePlan,
)
from localbuild.plan.outputs import ReportPlan
from localbuild.plan.resumption import Resumption
from localbuild.terms import PhaseType, VariableType
from tests.unit.cli.calling import Home
from tests.unit.cli.chairs import Chairs
from tests.unit.cli.recorded import good_build, record, running_build
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import at, failing_build

NO_ENGINE = ("--docker-host", "unix:///nowhere/docker.sock")


def with_container(events: list[Event], name: str = "c-1", *, kept: bool = True) -> list[Event]:
    """The history of a build that had a container."""
    started, *rest = events
    began = ContainerStarted(time=at(0.1), build=BUILD, name=name)
    stays = [ContainerKept(time=at(90), build=BUILD, name=name)] if kept else []
    return [started, began, *rest[:-1], *stays, rest[-1]]


def resumed(events: list[Event], number: int) -> list[Event]:
    """The history of a build that went on from another one."""
    assert isinstance(events[0], BuildStarted)
    return [replace(events[0], resumed_from=number), *events[1:]]


def a_plan(
    source: Path, *, secret: bool = False, location: str = "/src/buildspec.yml"
) -> BuildPlan:
    """The plan of the build that is recorded."""
    commands = (PlannedCommand(text="npm ci", line=1), PlannedCommand(text="npm test", line=2))
    token = PlannedSecret(name="TOKEN", type=VariableType.PLAINTEXT, origin=Origin.OPTION)
    return BuildPlan(
        project="my-app",
        version="0.2",
        buildspec="buildspec.yml",
        buildspec_location=location,
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location=str(source), directory="/src"),
        phases=tuple(
            PhasePlan(type=type, commands=commands if type is PhaseType.BUILD else ())
            for type in (
                PhaseType.INSTALL,
                PhaseType.PRE_BUILD,
                PhaseType.BUILD,
                PhaseType.POST_BUILD,
            )
        ),
        secrets=(token,) if secret else (),
    )


@pytest.mark.parametrize(
    ("asked", "terminal", "environ", "when"),
    [
        ("", True, {}, "failure"),
        ("", False, {}, "never"),
        ("", True, {"CI": "true"}, "never"),
        ("", True, {"CI": "false"}, "failure"),
        ("always", False, {}, "always"),
        ("never", True, {}, "never"),
    ],
)
def test_a_container_is_kept_unasked_only_for_somebody_who_sits_there(
    asked: str, terminal: bool, environ: dict[str, str], when: str, tmp_path: Path
) -> None:
    world = Chairs(tmp_path, environ).world(terminal=terminal)
    found = choose_keeping(Settings(keep=asked), world, tmp_path)
    assert found.when == when
    assert bool(found.kept_of) == (when == "failure")


def test_two_projects_do_not_make_way_for_each_other(tmp_path: Path) -> None:
    world = Chairs(tmp_path, {}).world(terminal=True)
    found = {
        choose_keeping(Settings(project_name=name), world, tmp_path / place).kept_of
        for name in ("a", "b")
        for place in ("x", "y")
    }
    assert len(found) == 4
    assert Keeping(when="never").kept_of == ""


def test_the_newest_build_in_a_container_is_meant(home: Home) -> None:
    first = record(home.cwd, with_container(failing_build()))
    second = record(home.cwd, resumed(with_container(failing_build()), 1))
    record(home.cwd, with_container(failing_build(), "c-2"))
    assert find_kept("1", home.cwd).record == second
    assert find_kept("2", home.cwd).record == second
    assert find_kept("", home.cwd).result.container == "c-2"
    assert first != second


def test_a_retry_that_has_not_begun_leaves_the_build_before_it_the_one(home: Home) -> None:
    first = record(home.cwd, with_container(failing_build()))
    began, *_, ended = resumed(with_container(failing_build(), kept=False), 1)
    record(home.cwd, [began, ContainerStarted(time=at(0.1), build=BUILD, name="c-1"), ended])
    assert find_kept("", home.cwd).record == first


def test_a_build_without_a_container_says_who_has_one(home: Home) -> None:
    record(home.cwd, with_container(failing_build()))
    record(home.cwd, with_container(good_build(), "c-2", kept=False))
    record(home.cwd, good_build())
    with pytest.raises(UsageError) as caught:
        find_kept("", home.cwd)
    assert caught.value.message == "build 3 has no container"
    assert caught.value.hints == ("localbuild shell 1",)


def test_where_it_stopped_is_known(home: Home) -> None:
    record(home.cwd, with_container(failing_build()))
    found = find_kept("", home.cwd)
    assert found.stopped_at is not None
    assert found.state == (
        f"{found.stopped_at.phase}-{found.stopped_at.list}-{found.stopped_at.number}-after"
    )


@pytest.mark.parametrize("verb", ["shell", "retry"])
def test_a_record_without_its_plan_is_told(verb: str, home: Home) -> None:
    record(home.cwd, with_container(failing_build()))
    called = home.call(verb, *NO_ENGINE)
    assert called.code == 2
    assert called.err.startswith("error: the plan of build 1 cannot be read: No such file")


@pytest.mark.parametrize("verb", ["shell", "retry"])
def test_an_engine_that_is_away_is_told(verb: str, home: Home) -> None:
    home.write("buildspec.yml", "version: 0.2\nphases: {build: {commands: [npm ci, npm test]}}\n")
    folder = record(home.cwd, with_container(failing_build()))
    save_plan(folder, a_plan(home.cwd), Mask())
    called = home.call(verb, *NO_ENGINE)
    assert called.code == 4, called.err
    assert "no Docker engine answers" in called.err


def test_nothing_goes_on_from_a_good_build_or_a_running_one(home: Home) -> None:
    folder = record(home.cwd, with_container(good_build()))
    save_plan(folder, a_plan(home.cwd), Mask())
    called = home.call("retry", *NO_ENGINE)
    assert (called.code, called.err.splitlines()[0]) == (
        2,
        "error: build 1 did not fail in one of its commands: SUCCEEDED",
    )


def test_a_build_that_went_on_says_as_which_one(home: Home) -> None:
    folder = record(home.cwd, with_container(failing_build()))
    second = record(home.cwd, resumed(with_container(good_build()), 1))
    for each in (folder, second):
        save_plan(each, a_plan(home.cwd), Mask())
    called = home.call("retry", "1", *NO_ENGINE)
    assert called.code == 2
    assert called.err.splitlines()[:2] == [
        "error: build 1 went on as build 2, which SUCCEEDED",
        "  hint: localbuild show 2",
    ]
    assert find_kept("2", home.cwd).went_on == ""


def test_a_source_that_was_mended_is_told_before_it_fails_again(home: Home) -> None:
    home.write("buildspec.yml", "version: 0.2\nphases: {build: {commands: [npm ci, npm test]}}\n")
    os.utime(home.write("old.sh", ""), (0, 0))
    folder = record(home.cwd, with_container(failing_build()))
    plan = replace(a_plan(home.cwd), reports=(ReportPlan(name="unit"),))
    save_plan(folder, plan, Mask())
    told = home.call("retry", *NO_ENGINE).err
    assert "has changed" not in told
    assert "note: not taken over: --reports; " in told
    home.write("s.sh", "")
    told = home.call("retry", "--reports", "r", *NO_ENGINE).err
    assert "taken over" not in told
    assert told.startswith(
        "warning: the source has changed since build 1: s.sh\n"
        "  hint: localbuild retry 1 --update-source\n"
    )
    assert "has changed" not in home.call("retry", "--update-source", *NO_ENGINE).err


def test_the_source_is_as_old_as_the_build_that_copied_it(home: Home) -> None:
    first = record(home.cwd, with_container(failing_build()))
    record(home.cwd, resumed(with_container(failing_build()), 1))
    save_plan(first, a_plan(home.cwd), Mask())
    began = Resumption(build="b", number=1, container="c-1", phase=PhaseType.BUILD)
    build = find_kept("2", home.cwd)
    for update, number in ((False, 1), (True, 2)):
        plan = replace(a_plan(home.cwd), resumed=replace(began, update_source=update))
        found = find_copied(build, plan)
        assert found is not None
        assert found.number == number
    missing = replace(a_plan(home.cwd), resumed=replace(began, number=9))
    assert find_copied(build, missing) is None


def test_secrets_of_the_command_line_have_to_come_again(home: Home) -> None:
    folder = record(home.cwd, with_container(failing_build()))
    save_plan(folder, a_plan(home.cwd, secret=True), Mask())
    called = home.call("retry", *NO_ENGINE)
    assert called.code == 2
    assert called.err.endswith("  hint: localbuild retry 1 --secret TOKEN\n")


def test_a_wrong_buildspec_is_no_retry(home: Home) -> None:
    home.write("buildspec.yml", "version: 0.2\nphases: {built: {}}\n")
    folder = record(home.cwd, with_container(failing_build()))
    save_plan(folder, a_plan(home.cwd), Mask())
    called = home.call("retry", *NO_ENGINE)
    assert called.code == 3
    assert "unknown phase 'built'" in called.err


def test_a_buildspec_from_elsewhere_is_the_record_s(home: Home) -> None:
    folder = record(home.cwd, with_container(failing_build()))
    save_plan(folder, a_plan(home.cwd, location="/codebuild/readonly/buildspec.yml"), Mask())
    called = home.call("retry", *NO_ENGINE)
    assert "note: buildspec.yml: its commands are taken from the record\n" in called.err
    mask = Mask()
    mask.add("test")
    save_plan(folder, a_plan(home.cwd, location="/codebuild/readonly/buildspec.yml"), mask)
    called = home.call("retry", *NO_ENGINE)
    assert called.code == 2
    assert "the record's commands lack secrets" in called.err


def test_a_plan_is_masked_and_read_back(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    assert save_plan(tmp_path, plan, Mask()) is None
    assert load_plan(tmp_path) == plan
    assert not hides_commands(plan)
    mask = Mask()
    mask.add("npm ci")
    save_plan(tmp_path, plan, mask)
    assert json.loads((tmp_path / "plan.json").read_text())["project"] == "my-app"
    assert hides_commands(load_plan(tmp_path))
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


def test_a_container_is_one_process_s(tmp_path: Path) -> None:
    with held_container(tmp_path, "c-1") as first, held_container(tmp_path, "c-1") as second:
        assert (first, second) == (True, False)
        with held_container(tmp_path, "c-2") as other:
            assert other
    with held_container(tmp_path, "c-1") as again:
        assert again
    assert list((tmp_path / "containers").iterdir()) == []


def test_what_somebody_is_in_is_known(tmp_path: Path) -> None:
    with held_container(tmp_path, "c-1"):
        (tmp_path / "containers/c-2.lock").touch()
        assert held_names(tmp_path) == ["c-1"]
    assert held_names(tmp_path) == held_names(tmp_path / "none") == []


def test_a_running_build_cannot_be_gone_on_with(home: Home) -> None:
    folder = record(home.cwd, with_container([*running_build(), running_build()[-1]], kept=False))
    save_plan(folder, a_plan(home.cwd), Mask())
    held = hold(folder)
    try:
        called = home.call("retry", *NO_ENGINE)
    finally:
        os.close(held)
    assert (called.code, called.err.splitlines()[0]) == (2, "error: build 1 is running")
