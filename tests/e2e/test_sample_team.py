"""The team's sample with its values from AWS, by AWS's own protocols."""

import json
import shlex

import pytest

from localbuild.ports.engine import Engine
from tests.e2e.samples_support import SAMPLES_DIR, Outcome, read_expectation, run_sample
from tests.s3.parameters import REGION, put_parameter, put_secret
from tests.s3.servers import CREDENTIALS, Server

pytestmark = pytest.mark.docker

SAMPLE = "cloudformation-team"
KEY = "key-of-the-webhook-in-aws"


@pytest.fixture(scope="module")
def outcome(
    moto_server: Server, docker_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """A build that nothing stands in for but the database and `aws s3 cp`."""
    password = read_expectation(SAMPLE).database["password"]
    put_secret(moto_server, "orders/database", json.dumps({"password": password}))
    put_parameter(moto_server, "/orders/prod/webhook-key", KEY)
    return run_sample(
        SAMPLE,
        tmp_path_factory.mktemp("team"),
        *("--endpoint-url", moto_server.endpoint_url, "--region", REGION),
        *("--parameter", "Stage=prod"),
        aws=CREDENTIALS,
    )


def test_the_values_come_from_aws(outcome: Outcome) -> None:
    assert outcome.exit_code == 0, outcome.tell()
    said = "Database orders-db as orders, password ***"
    assert said in outcome.log, outcome.tell()


def test_the_project_is_that_of_the_stage(outcome: Outcome) -> None:
    assert outcome.document["projectName"] == "orders-prod"
    assert outcome.document["environment"]["computeType"] == "BUILD_GENERAL1_MEDIUM"
    given = outcome.document["environment"]["environmentVariables"]
    secret = {"name": "DB_PASSWORD", "value": "orders/database:password", "type": "SECRETS_MANAGER"}
    assert secret in given
    assert {"name": "STAGE", "value": "prod", "type": "PLAINTEXT"} in given


def test_the_second_source_is_the_commit_of_its_repository(outcome: Outcome) -> None:
    [schema] = outcome.document["secondarySources"]
    assert schema["sourceIdentifier"] == "schema"
    assert len(schema["resolvedSourceVersion"]) == 40


def test_the_stand_in_has_taken_the_package(outcome: Outcome) -> None:
    called = {"command": "aws", "calls": 1, "arguments": ["s3 cp orders-2.zip s3://Packages/prod/"]}
    assert outcome.document["localbuild"]["stubs"] == [called]


def test_no_value_is_in_what_is_left(outcome: Outcome) -> None:
    password = read_expectation(SAMPLE).database["password"]
    texts = [p.read_text(errors="replace") for p in outcome.record.rglob("*") if p.is_file()]
    assert len(texts) > 2
    assert not any(value in text for text in (*texts, outcome.said) for value in (password, KEY))


def test_the_readme_has_the_commands_that_are_tested() -> None:
    text = (SAMPLES_DIR / SAMPLE / "README.md").read_text()
    expected = read_expectation(SAMPLE)
    assert all(f"--fake-secret {shlex.quote(fake)}" in text for fake in expected.fakes)
    assert all(f"-s {name}:{name}" in text for name in expected.secondary)
    password = expected.database["password"]
    assert f"--name {expected.database['host']} " in text
    assert f"POSTGRES_PASSWORD={password} " in text
