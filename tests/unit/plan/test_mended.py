"""Where a build goes on, by what its buildspec was and what it is now."""

from dataclasses import replace

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.plan.codec import plan_from_json, plan_to_json
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.course import Course
from localbuild.plan.mended import changed_before, mend, resume_at, whole_phase
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.plan.resumption import Resumption
from localbuild.plan.transitions import Outcome
from localbuild.project.model import Project, ProjectArtifacts
from localbuild.terms import PhaseType

SPEC = """\
version: 0.2
env: {variables: {A: "1"}}
phases:
  install: {commands: [get]}
  build: {commands: [make, check, pack], finally: [tidy, count]}
artifacts: {files: [out]}
"""
FAILED = Resumption(build="p:1", number=3, container="c", phase=PhaseType.BUILD, command=2)


def plan_of(spec: str, project: Project | None = None) -> BuildPlan:
    """The plan of a buildspec."""
    image = EnvironmentPlan(image="i", image_reference="i")
    request = BuildRequest(
        project=project or Project(name="p"),
        environment=image,
        source=SourcePlan(location="/here", directory=""),
    )
    return compile_plan(read_buildspec(spec.encode(), "buildspec.yml"), request)


def place(now: str, failed: Resumption = FAILED) -> tuple[str, int, str]:
    """Where a build of SPEC goes on with the buildspec as it is now."""
    found = resume_at(plan_of(SPEC), plan_of(now), failed)
    return found.list, found.command, found.state


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("check", "check -v"),
        ("pack", "wrap"),
        ("check, pack", "check"),
        ("tidy", "clean"),
        ("get", "fetch"),
    ],
)
def test_it_goes_on_with_the_command_that_failed(before: str, after: str) -> None:
    assert place(SPEC.replace(before, after)) == ("commands", 2, "BUILD-commands-2-before")


@pytest.mark.parametrize("now", ["[remake, check, pack]", "[first, make, check, pack]", "[check]"])
def test_what_was_changed_before_it_runs_with_all_of_its_phase(now: str) -> None:
    assert place(SPEC.replace("[make, check, pack]", now)) == ("commands", 1, "BUILD")


def test_the_finally_list_depends_on_the_commands_before_it() -> None:
    failed = replace(FAILED, list="finally", command=2)
    assert place(SPEC, failed) == ("finally", 2, "BUILD-finally-2-before")
    assert place(SPEC.replace("pack", "wrap"), failed) == ("commands", 1, "BUILD")
    assert place(SPEC.replace("tidy", "clean"), failed) == ("commands", 1, "BUILD")


def test_artifacts_go_on_with_the_last_state() -> None:
    failed = replace(FAILED, phase=PhaseType.UPLOAD_ARTIFACTS, command=1)
    assert place(SPEC, failed) == ("commands", 1, "last")
    assert whole_phase(failed).state == "last"


def test_what_is_not_done_again_is_known() -> None:
    begun = plan_of(SPEC)

    def changed(before: str, after: str) -> tuple[str, ...]:
        return changed_before(begun, plan_of(SPEC.replace(before, after)), PhaseType.BUILD)

    assert changed("", "") == ()
    assert changed("get", "fetch") == ("INSTALL",)
    assert changed('"1"', '"2"') == ("env",)
    assert changed("make", "remake") == ()


def test_outputs_are_those_of_now_in_the_places_of_then() -> None:
    project = Project(name="p", artifacts=ProjectArtifacts(type="S3", location="a-bucket"))
    begun = plan_of(SPEC, project)
    found = mend(begun, plan_of(SPEC.replace("[out]", "[other]").replace("make", "remake")))
    (artifacts,) = found.artifacts
    assert (artifacts.files, artifacts.location) == (("other",), "a-bucket")
    assert found.phases[2].commands[0].text == "remake"
    assert found.variables == begun.variables


@pytest.mark.parametrize(
    ("list", "command", "planned"),
    [("commands", 1, 5), ("commands", 3, 3), ("finally", 2, 1), ("commands", 9, 2)],
)
def test_commands_that_ran_before_are_not_planned(list: str, command: int, planned: int) -> None:
    resumed = replace(FAILED, list=list, command=command)
    plan = replace(plan_of(SPEC), resumed=resumed)
    assert plan.planned_commands == planned
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_course_goes_to_where_it_goes_on_and_no_further_than_asked() -> None:
    course = Course(replace(plan_of(SPEC), resumed=FAILED, until=PhaseType.BUILD))
    source, build = PhaseType.DOWNLOAD_SOURCE, PhaseType.BUILD
    assert course.after(source, Outcome.SUCCEEDED) is build
    assert course.after(source, Outcome.FAILED) is PhaseType.FINALIZING
    assert course.after(build, Outcome.FAILED) is PhaseType.FINALIZING
    assert course.why_passed(build, "commands", 1) == "ran in build 3"
    assert course.why_passed(build, "commands", 2) == ""
    assert course.why_not_entered(PhaseType.POST_BUILD) == "--until BUILD"
    assert course.why_not_entered(build) == ""
