"""What a buildspec and a request become."""

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.errors import BuildspecError
from localbuild.plan.compile import BuildRequest, compile_plan, source_directory
from localbuild.plan.model import BuildPlan, EnvironmentPlan, Origin, SourcePlan
from localbuild.project.model import Project, ProjectVariable
from localbuild.terms import OnFailureAction, PhaseType, VariableType


def plan_of(
    buildspec: str,
    *,
    project: Project | None = None,
    variables: tuple[tuple[str, str], ...] = (),
    path: str = "buildspec.yml",
    secrets: tuple[str, ...] = (),
) -> BuildPlan:
    request = BuildRequest(
        project=project or Project(name="sample"),
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location="/somewhere", directory=""),
        variables=variables,
        secrets=secrets,
        buildspec_path=path,
    )
    return compile_plan(read_buildspec(buildspec.encode(), "buildspec.yml"), request)


def test_phases_are_always_four_and_in_order() -> None:
    plan = plan_of("version: 0.2\nphases: {post_build: {commands: [b]}, install: {commands: [a]}}")
    assert [p.type for p in plan.phases] == [
        PhaseType.INSTALL,
        PhaseType.PRE_BUILD,
        PhaseType.BUILD,
        PhaseType.POST_BUILD,
    ]
    assert plan.declared_phases == ((PhaseType.POST_BUILD, 1), (PhaseType.INSTALL, 1))


def test_commands_know_their_line() -> None:
    plan = plan_of("version: 0.2\nphases:\n  build:\n    commands:\n      - one\n      - two\n")
    assert [(c.text, c.line) for c in plan.phases[2].commands] == [("one", 5), ("two", 6)]


def test_the_phase_user_wins_over_the_global_one() -> None:
    plan = plan_of(
        "version: 0.2\nrun-as: all\nphases: {build: {run-as: one, commands: [a]}, install: {}}"
    )
    assert (plan.phases[0].user, plan.phases[2].user) == ("all", "one")


@pytest.mark.parametrize(
    ("asked", "shell"), [("bash", "bash"), ("/bin/sh", "sh"), ("/bin/bash", "bash")]
)
def test_the_shell_is_named_without_its_path(asked: str, shell: str) -> None:
    plan = plan_of(f"version: 0.2\nenv: {{shell: {asked}}}\nphases: {{}}")
    assert (plan.shell, plan.shell_selected) == (shell, True)


def test_options_win_over_the_project_and_that_over_the_buildspec() -> None:
    project = Project(
        name="p",
        environment_variables=(
            ProjectVariable(name="A", value="project"),
            ProjectVariable(name="B", value="project"),
        ),
    )
    plan = plan_of(
        "version: 0.2\nenv: {variables: {A: spec, B: spec, C: spec}}\nphases: {}",
        project=project,
        variables=(("A", "option"),),
    )
    found = {v.name: (v.value, v.origin) for v in plan.variables}
    assert found == {
        "A": ("option", Origin.OPTION),
        "B": ("project", Origin.PROJECT),
        "C": ("spec", Origin.BUILDSPEC),
    }


def test_on_failure_is_taken_apart() -> None:
    plan = plan_of("version: 0.2\nphases: {build: {on-failure: RETRY-2-x+, commands: [a]}}")
    failure = plan.phases[2].on_failure
    assert failure is not None
    assert (failure.action, failure.retries, failure.pattern) == (OnFailureAction.RETRY, 2, "x+")


def test_secrets_and_aws_names_are_not_exported() -> None:
    plan = plan_of(
        "version: 0.2\nenv: {parameter-store: {S: /s}, exported-variables: [A, AWS_X, S, A]}\n"
        "phases: {}"
    )
    assert plan.exported_variables == ("A",)
    told = "exported-variables: AWS_X, S: not exported: no secret and no AWS_ name is"
    assert [(n.code, n.message, n.line) for n in plan.notices] == [("LB611", told, 2)]


def test_secrets_are_those_that_nobody_gave_a_value_for() -> None:
    project = Project(
        name="p",
        environment_variables=(
            ProjectVariable(name="T", value="/t", type=VariableType.PARAMETER_STORE),
        ),
    )
    spec = "version: 0.2\nenv: {parameter-store: {S: /s}, secrets-manager: {U: u}}\nphases: {}"
    plan = plan_of(spec, project=project, variables=(("S", "given"),))
    assert [(s.name, s.reference, s.file, s.line) for s in plan.secrets] == [
        ("U", "u", "buildspec.yml", 2),
        ("T", "/t", "", 0),
    ]
    assert [s.type.value for s in plan.secrets] == ["SECRETS_MANAGER", "PARAMETER_STORE"]


@pytest.mark.parametrize(
    ("plain", "typed", "options", "secrets", "wanted"),
    [
        (None, None, (), (), ("BUILDSPEC", "/spec")),
        ("project", None, (), (), "project"),
        (None, "/project", (), (), ("PROJECT", "/project")),
        (None, "/project", (("V", "option"),), (), "option"),
        ("project", None, (("V", "option"),), ("V",), ("OPTION", "")),
    ],
)
def test_a_value_and_a_reference_push_each_other_out(
    plain: str | None,
    typed: str | None,
    options: tuple[tuple[str, str], ...],
    secrets: tuple[str, ...],
    wanted: object,
) -> None:
    found = [ProjectVariable(name="V", value=plain)] if plain else []
    if typed:
        found.append(ProjectVariable(name="V", value=typed, type=VariableType.PARAMETER_STORE))
    plan = plan_of(
        "version: 0.2\nenv: {variables: {V: plain}, parameter-store: {V: /spec}}\nphases: {}",
        project=Project(name="p", environment_variables=tuple(found)),
        variables=options,
        secrets=secrets,
    )
    values: list[object] = [v.value for v in plan.variables]
    assert [*values, *((s.origin.name, s.reference) for s in plan.secrets)] == [wanted]


def test_a_reference_under_no_shell_name_is_left_out_and_told_of() -> None:
    plan = plan_of("version: 0.2\nenv: {secrets-manager: {A-B: s}}\nphases: {}")
    assert plan.secrets == ()
    assert [notice.code for notice in plan.notices] == ["LB210"]


def test_a_buildspec_from_elsewhere_has_the_services_place() -> None:
    assert plan_of("version: 0.2", path="").buildspec_location == (
        "/codebuild/readonly/buildspec.yml"
    )
    assert plan_of("version: 0.2", path="ci/b.yml").buildspec_location.endswith("/src/ci/b.yml")


def test_github_steps_are_refused_with_their_place() -> None:
    with pytest.raises(BuildspecError) as caught:
        plan_of("version: 0.2\nphases:\n  build:\n    steps:\n      - run: make\n")
    assert caught.value.problems[0].place.line == 5


def test_the_source_directory_belongs_to_the_project() -> None:
    assert source_directory("a") == source_directory("a") != source_directory("b")
    assert source_directory("a").startswith("/codebuild/output/src")
