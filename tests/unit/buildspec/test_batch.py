"""`batch`: what a batch build reads, and what it refuses."""

import pytest

from localbuild.buildspec.model import BatchEnv, BatchFanout
from localbuild.errors import Severity
from tests.unit.buildspec.shorthand import HEAD, codes, errors, read, refusal

LIST = "batch:\n  build-list:\n    - identifier: one\n"
GRAPH = "batch:\n  build-graph:\n"


def test_a_graph() -> None:
    spec = read(
        GRAPH + "    - identifier: compile\n"
        "      buildspec: compile.yml\n"
        "      debug-session: true\n"
        "      env:\n"
        "        compute-type: BUILD_GENERAL1_LARGE\n"
        "        image: aws/codebuild/standard:7.0\n"
        "        type: LINUX_CONTAINER\n"
        "        privileged-mode: false\n"
        "        variables: {STAGE: test}\n"
        "    - identifier: test\n"
        "      depend-on: [compile]\n"
        "      ignore-failure: yes\n"
        "  fast-fail: yes\n",
        batch=True,
    )
    assert spec.batch is not None
    assert spec.batch.fast_fail
    first, second = spec.batch.build_graph
    assert (str(first.identifier), str(first.buildspec)) == ("compile", "compile.yml")
    assert (first.debug_session, first.ignore_failure, first.depend_on) == (True, False, ())
    env = first.env
    assert [str(t) for t in (env.compute_type, env.image, env.type)] == [
        "BUILD_GENERAL1_LARGE",
        "aws/codebuild/standard:7.0",
        "LINUX_CONTAINER",
    ]
    assert (env.fleet, env.privileged_mode) == (None, False)
    assert [(str(v.name), str(v.value)) for v in env.variables] == [("STAGE", "test")]
    assert second.env == BatchEnv()
    assert [str(name) for name in second.depend_on] == ["compile"]
    assert (second.ignore_failure, second.debug_session) == (True, False)


def test_a_list_with_a_fleet() -> None:
    spec = read(LIST + "      env: {fleet: f, privileged-mode: }\n", batch=True)
    assert spec.batch is not None
    (task,) = spec.batch.build_list
    assert (str(task.env.fleet), task.env.privileged_mode) == ("f", None)


def test_a_matrix() -> None:
    spec = read(
        "version: 0.2\n"
        "batch:\n"
        "  build-matrix:\n"
        "    static:\n"
        "      ignore-failure: true\n"
        "      env: {type: ARM_CONTAINER, privileged-mode: on}\n"
        "    dynamic:\n"
        "      buildspec: [a.yml, b.yml]\n"
        "      env:\n"
        "        image: one:1\n"
        "        compute-type: [small, large]\n"
        "        variables:\n"
        "          PYTHON: [3.10, 3.11]\n"
        "          STAGE: test\n",
        batch=True,
    )
    assert spec.batch is not None
    matrix = spec.batch.build_matrix
    assert matrix is not None
    assert (matrix.ignore_failure, str(matrix.static_env.type)) == (True, "ARM_CONTAINER")
    assert matrix.static_env.privileged_mode
    assert [str(t) for t in matrix.buildspecs] == ["a.yml", "b.yml"]
    assert [str(t) for t in (*matrix.images, *matrix.compute_types)] == ["one:1", "small", "large"]
    assert [(str(name), [str(v) for v in values]) for name, values in matrix.variables] == [
        ("PYTHON", ["3.10", "3.11"]),
        ("STAGE", ["test"]),
    ]


def test_a_fan_out() -> None:
    spec = read("batch:\n  build-fanout: {parallelism: 5, ignore-failure: no}\n", batch=True)
    assert spec.batch is not None
    assert spec.batch.build_fanout == BatchFanout(parallelism=5)


def test_without_phases_a_batch_needs_no_version() -> None:
    assert read(LIST, batch=True).version == "0.2"
    assert refusal(LIST).message == "wrong number of container tags, expected 1"
    with_phases = LIST + "phases: {build: {commands: make}}\n"
    assert errors(with_phases, batch=True) == [("LB101", 1)]


def test_a_batch_build_reads_the_version_as_a_number() -> None:
    text = 'version: "0.2"\n' + LIST
    error = refusal(text, batch=True)
    assert error.message == "cannot unmarshal !!str `0.2` into float64"
    assert read(text).batch is not None


REFUSED = {
    "no batch": (HEAD, "LB112", 1),
    "batch null": (HEAD + "batch:\n", "LB112", 1),
    "batch list": ("batch: [a]\n", "LB106", 1),
    "no kind": ("batch:\n  fast-fail: true\n", "LB116", 2),
    "empty kind": ("batch:\n  build-list: []\n", "LB116", 2),
    "two kinds": (LIST + "  build-fanout: {parallelism: 2}\n", "LB116", 2),
    "task text": ("batch:\n  build-list: [one]\n", "LB106", 2),
    "task null": ("batch:\n  build-list:\n    -\n", "LB106", 3),
    "no identifier": ("batch:\n  build-list:\n    - buildspec: x\n", "LB112", 3),
    "null identifier": ("batch:\n  build-list:\n    - identifier:\n", "LB112", 3),
    "buildspec list": (LIST + "      buildspec: [x]\n", "LB106", 4),
    "no parallelism": ("batch:\n  build-fanout: {ignore-failure: no}\n", "LB112", 2),
    "no number": ("batch:\n  build-fanout: {parallelism: 0}\n", "LB107", 2),
    "type and fleet": (LIST + "      env: {fleet: f, compute-type: c}\n", "LB117", 4),
    "same identifier": (LIST + "    - identifier: one\n", "LB201", 4),
    "unknown dependency": (GRAPH + "    - {identifier: a, depend-on: b}\n", "LB202", 3),
    "itself": (GRAPH + "    - {identifier: a, depend-on: a}\n", "LB203", 3),
    "circle": (
        GRAPH + "    - {identifier: a}\n    - {identifier: b, depend-on: [a, c]}\n"
        "    - {identifier: c, depend-on: b}\n",
        "LB203",
        4,
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_batch_build_refuses(name: str) -> None:
    text, code, line = REFUSED[name]
    assert errors(text, batch=True) == [(code, line)]


@pytest.mark.parametrize("name", sorted(set(REFUSED) - {"no batch", "batch null"}))
def test_an_ordinary_build_only_warns(name: str) -> None:
    text, code, line = REFUSED[name]
    text = text.removeprefix(HEAD)
    spec = read(f"{text}version: 0.2\n")
    assert (code, line) in [(p.code, p.place.line) for p in spec.warnings]
    assert {p.severity for p in spec.warnings} == {Severity.WARNING}


def test_depend_on_in_a_list_is_not_known() -> None:
    spec = read(LIST + "      depend-on: one\n", batch=True)
    (problem,) = spec.warnings
    assert (problem.code, problem.hints[-1]) == (
        "LB104",
        "'depend-on' is known in build-graph only",
    )


def test_a_diamond_is_no_circle() -> None:
    text = GRAPH + "".join(
        f"    - {{identifier: {name}, depend-on: {before}}}\n"
        for name, before in (("a", "[]"), ("b", "a"), ("c", "[a]"), ("d", "[b, c, b]"))
    )
    assert codes(read(text, batch=True).warnings) == []
