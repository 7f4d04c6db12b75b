"""What AWS is asked, how often, and what its refusals and silences come to."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from localbuild.ports.secrets import Resolution, SecretFailure, SecretFault
from localbuild.secrets.aws import AwsSecrets, open_aws
from localbuild.secrets.aws_clients import PATIENCE_S, AwsSettings
from tests.contracts.secrets_contract import parameter, secret
from tests.s3.aws_stub import Stub, aws_stub
from tests.s3.parameters import REGION
from tests.s3.servers import free_ports


@pytest.fixture
def stub(aws: None) -> Iterator[Stub]:
    """A server that knows 25 parameters and one secret."""
    with aws_stub() as stub:
        stub.parameters = {f"/p/{n}": f"value {n}" for n in range(25)}
        stub.secrets = {"db": '{"user": "me", "password": "secret"}'}
        yield stub


def source(stub: Stub, patience_s: float = PATIENCE_S) -> AwsSecrets:
    """The source of its values, that has nothing kept."""
    return AwsSecrets(
        AwsSettings(region=REGION, endpoint_url=stub.endpoint_url, patience_s=patience_s)
    )


def only(found: Resolution) -> SecretFailure:
    """The only failure."""
    assert found.values == {}
    [failure] = found.failures
    return failure


def test_ten_parameters_are_asked_for_at_once_and_decrypted(stub: Stub) -> None:
    found = source(stub).resolve([parameter(f"/p/{n}", f"V{n}") for n in range(25)])
    assert found.values == {f"V{n}": f"value {n}" for n in range(25)}
    assert sorted(len(wanted["Names"]) for _, wanted in stub.asked) == [5, 10, 10]
    assert all(wanted["WithDecryption"] is True for _, wanted in stub.asked)


def test_a_secret_is_asked_for_once_for_all_of_its_keys(stub: Stub) -> None:
    requests = [secret("db:user", "A"), secret("db:password", "B"), secret("db", "C")]
    requests += [secret("db:user:AWSCURRENT", "D"), parameter("/p/1", "E"), parameter("/p/1", "F")]
    found = source(stub).resolve(requests)
    assert (found.failures, found.values["D"], found.values["F"]) == ((), "me", "value 1")
    wanted = sorted((str(w) for a, w in stub.asked if a == "GetSecretValue"))
    assert wanted == ["{'SecretId': 'db', 'VersionStage': 'AWSCURRENT'}", "{'SecretId': 'db'}"]
    assert [w["Names"] for a, w in stub.asked if a == "GetParameters"] == [["/p/1"]]


def test_a_batch_of_builds_asks_once(stub: Stub) -> None:
    requests = [parameter("/p/1", "A"), secret("db:user", "B")]
    asked = source(stub)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(asked.resolve, [requests] * 8))
    assert [r.values for r in found] == [{"A": "value 1", "B": "me"}] * 8
    assert sorted(action for action, _ in stub.asked) == ["GetParameters", "GetSecretValue"]


def test_what_failed_is_asked_for_again(stub: Stub) -> None:
    asked = source(stub)
    assert only(asked.resolve([parameter("/p/new")])).fault is SecretFault.MISSING
    stub.parameters["/p/new"] = "there now"
    assert asked.resolve([parameter("/p/new")]).values == {"V": "there now"}


def test_settings_have_one_source_in_a_process() -> None:
    one = AwsSettings(region="eu-west-1")
    assert open_aws(one) is open_aws(AwsSettings(region="eu-west-1"))
    assert open_aws(one) is not open_aws(AwsSettings(region="eu-west-2"))


def test_of_ten_of_which_some_are_denied_these_are_named(stub: Stub) -> None:
    stub.denies = {"/p/2", "/p/12"}
    found = source(stub).resolve([parameter(f"/p/{n}", f"V{n}") for n in range(20)])
    assert [f.request.variable for f in found.failures] == ["V2", "V12"]
    assert {f.fault for f in found.failures} == {SecretFault.DENIED}
    assert found.failures[0].message.startswith("AccessDeniedException: User: arn:aws:iam")
    assert len(found.values) == 18


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"]
)
def test_bad_credentials_are_not_tried_one_by_one(stub: Stub, code: str) -> None:
    stub.fails = lambda _: (400, {"__type": code, "message": "no"})
    found = source(stub).resolve([parameter(f"/p/{n}", f"V{n}") for n in range(10)])
    assert len(found.failures) == 10
    assert found.failures[9].message == f"{code}: no"
    assert "aws sts get-caller-identity" in found.failures[9].hints
    assert len(stub.asked) == 1


def test_a_service_that_fails_does_not_take_the_other_along(stub: Stub) -> None:
    stub.fails = lambda action: (
        (500, {"__type": "InternalServerError"}) if action == "GetParameters" else None
    )
    found = source(stub).resolve([parameter("/p/1", "A"), secret("db:user", "B")])
    assert found.values == {"B": "me"}
    assert (found.failures[0].fault, "Parameter Store" in found.failures[0].message) == (
        SecretFault.UNAVAILABLE,
        True,
    )


def test_a_service_that_says_nothing_is_given_up(stub: Stub) -> None:
    stub.silent = threading.Event()
    found = source(stub, patience_s=0.3).resolve(
        [*(secret(f"s{n}", f"V{n}") for n in range(30)), parameter("/p/1", "P")]
    )
    assert len(found.failures) == 31
    assert {f.fault for f in found.failures} == {SecretFault.UNAVAILABLE}
    assert f"is {stub.endpoint_url} the right --endpoint-url?" in found.failures[0].hints


def test_nobody_listens(aws: None) -> None:
    nobody = Stub(endpoint_url=f"http://127.0.0.1:{free_ports(1)[0]}")
    failure = only(source(nobody).resolve([parameter("/p/1")]))
    assert failure.fault is SecretFault.UNAVAILABLE
    assert nobody.endpoint_url in failure.message


def test_a_profile_that_is_not_there_is_told_of(aws: None) -> None:
    failure = only(AwsSecrets(AwsSettings(profile="nobody's")).resolve([parameter("/p/1")]))
    assert failure.fault is SecretFault.DENIED
    assert "The config profile (nobody's) could not be found" in failure.message


def test_an_address_that_is_none_is_told_of(aws: None) -> None:
    settings = AwsSettings(region=REGION, endpoint_url="http://a b")
    assert "cannot be asked" in only(AwsSecrets(settings).resolve([parameter("/p/1")])).message


def test_a_secret_of_another_region_is_hinted_at(stub: Stub) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:1:secret:name-AbCdEf"
    failure = only(source(stub).resolve([secret(f"{arn}:key")]))
    assert failure.fault is SecretFault.MISSING
    assert "localbuild run --region eu-west-1" in failure.hints


def test_a_binary_secret_is_no_value(stub: Stub) -> None:
    stub.fails = lambda _: (200, {"Name": "db", "SecretBinary": "aGlkZGVu"})
    assert "binary" in only(source(stub).resolve([secret("db")])).message


def test_a_parameter_is_known_by_all_of_its_names(stub: Stub) -> None:
    arn = "arn:aws:ssm:us-east-1:1:parameter/a"
    answer = {"Name": "/a", "ARN": arn, "Value": "v", "Version": 7, "Selector": ":label"}
    stub.fails = lambda _: (200, {"Parameters": [answer]})
    names = ["/a:label", "/a:7", f"{arn}:label", "/a:8"]
    found = source(stub).resolve([parameter(n, f"V{i}") for i, n in enumerate(names)])
    assert list(found.values) == ["V0", "V1", "V2"]
