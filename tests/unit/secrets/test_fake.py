"""What a given value stands for."""

import pytest

from localbuild.ports.secrets import SecretFault
from localbuild.secrets.fake import FakeSecrets
from tests.contracts.secrets_contract import parameter, secret, value


def test_a_variables_name_comes_before_the_reference_and_that_before_the_secret() -> None:
    given = {"V": "by variable", "db:key": "by reference", "db": '{"key": "by secret"}'}
    for name in tuple(given):
        wanted = given[name] if name != "db" else "by secret"
        assert value(FakeSecrets(given).resolve([secret("db:key")])) == wanted
        del given[name]


def test_a_value_for_a_variable_is_taken_as_it_is() -> None:
    assert value(FakeSecrets({"V": "no JSON"}).resolve([secret("db:key")])) == "no JSON"


@pytest.mark.parametrize("reference", ["db:key", "db:key:AWSPREVIOUS", "db:key::id"])
def test_a_secret_stands_for_all_of_its_versions(reference: str) -> None:
    assert value(FakeSecrets({"db": '{"key": "v"}'}).resolve([secret(reference)])) == "v"


def test_a_parameter_is_no_secret() -> None:
    found = FakeSecrets({"db": "{}"}).resolve([parameter("db:key")])
    assert found.failures[0].fault is SecretFault.MISSING
