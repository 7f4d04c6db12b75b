"""Every sample, built by the command line on the real engine, comes to what is expected of it."""

from pathlib import Path

import pytest

from localbuild.ports.engine import Engine
from localbuild.terms import COMMAND_PHASES
from tests.e2e.samples_support import (
    RECORDS,
    SAMPLES,
    Outcome,
    foreign_files,
    is_like,
    missing_in_order,
    run_sample,
)

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module", params=SAMPLES)
def outcome(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    docker_engine: Engine,
) -> Outcome:
    """The build of one sample; it runs once for all tests."""
    return run_sample(request.param, tmp_path_factory.mktemp("samples"))


def test_the_build_ends_with_its_status(outcome: Outcome) -> None:
    expected = outcome.expected
    assert outcome.exit_code == expected.exit_code, outcome.tell()
    assert outcome.document["buildStatus"] == expected.status
    assert outcome.document["localbuild"]["exitCode"] == expected.exit_code


def test_the_phases_end_with_their_status(outcome: Outcome) -> None:
    phases = {p["phaseType"]: p.get("phaseStatus") for p in outcome.document["phases"]}
    ran = {phase.value: phases[phase.value] for phase in COMMAND_PHASES if phase.value in phases}
    assert ran == outcome.expected.phases, outcome.tell()


def test_the_commands_are_counted(outcome: Outcome) -> None:
    assert outcome.document["localbuild"]["commands"] == outcome.expected.commands


def test_the_log_has_its_lines_in_order(outcome: Outcome) -> None:
    wanted = [outcome.filled(text) for text in outcome.expected.log]
    assert missing_in_order(wanted, outcome.log) == [], outcome.tell()


def test_the_log_has_nothing_that_must_not_happen(outcome: Outcome) -> None:
    unwanted = outcome.expected.absent
    found = [line for line in outcome.log if any(is_like(pattern, line) for pattern in unwanted)]
    assert found == [], outcome.tell()


def test_stdout_shows_the_output_too(outcome: Outcome) -> None:
    wanted = [outcome.filled(text) for text in outcome.expected.log]
    assert missing_in_order(wanted, outcome.said.splitlines()) == [], outcome.tell()


def test_the_variables_are_exported(outcome: Outcome) -> None:
    exported = outcome.document["exportedEnvironmentVariables"]
    wanted = {name: outcome.filled(text) for name, text in outcome.expected.exported.items()}
    assert {variable["name"]: variable["value"] for variable in exported} == wanted


def test_the_artifacts_are_handed_out(outcome: Outcome) -> None:
    wanted, found = outcome.expected.artifacts, outcome.artifacts
    assert {key: len(files) for key, files in found.items()} == {
        key: len(patterns) for key, patterns in wanted.items()
    }
    for key, patterns in wanted.items():
        pairs = zip(found[key], map(outcome.filled, patterns), strict=True)
        unlike = [file for file, pattern in pairs if not is_like(pattern, file)]
        assert unlike == [], outcome.tell()


def test_the_reports_are_made(outcome: Outcome) -> None:
    assert outcome.reports == outcome.expected.reports, outcome.tell()


def test_the_commit_is_the_source_version(outcome: Outcome) -> None:
    assert outcome.document["resolvedSourceVersion"] == outcome.commit


def test_the_source_stays_as_it_was(outcome: Outcome) -> None:
    assert outcome.after == outcome.before


def test_what_a_build_leaves_belongs_to_its_user(outcome: Outcome) -> None:
    assert foreign_files(outcome.source / RECORDS) == []


def test_a_mounted_source_gets_the_builds_files_as_its_users(
    tmp_path: Path, docker_engine: Engine
) -> None:
    outcome = run_sample("c-make", tmp_path, "--source-mode", "mount")
    assert outcome.exit_code == 0, outcome.tell()
    made = outcome.after.keys() - outcome.before.keys()
    assert {"build/utf8count", "stage/usr/bin/utf8count"} <= made
    assert foreign_files(outcome.source) == []
