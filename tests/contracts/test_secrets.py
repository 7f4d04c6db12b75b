"""Every source of secrets keeps the contract."""

import pytest

from localbuild.ports.secrets import Secrets
from localbuild.secrets.aws import AwsSecrets
from localbuild.secrets.aws_clients import AwsSettings
from localbuild.secrets.fake import FakeSecrets
from tests.contracts.secrets_contract import KNOWN, SecretsContract
from tests.s3.parameters import REGION, put_parameter, put_secret
from tests.s3.servers import Server


@pytest.fixture(scope="module")
def filled(moto_server: Server) -> Server:
    """A server that knows what each source must know."""
    for name in ("/app/token", "plain"):
        put_parameter(moto_server, name, KNOWN[name])
    for name in ("db", "text"):
        put_secret(moto_server, name, KNOWN[name])
    return moto_server


class TestFakeSecrets(SecretsContract):
    """What the user gives."""

    @pytest.fixture
    def secrets(self) -> Secrets:
        return FakeSecrets(KNOWN)


class TestAwsSecrets(SecretsContract):
    """Parameter Store and Secrets Manager, by their own protocols."""

    @pytest.fixture
    def secrets(self, filled: Server) -> Secrets:
        return AwsSecrets(AwsSettings(region=REGION, endpoint_url=filled.endpoint_url))


class TestGivenBeforeAws(TestAwsSecrets):
    """Both: what is not given is asked for."""

    @pytest.fixture
    def secrets(self, filled: Server) -> Secrets:
        aws = AwsSecrets(AwsSettings(region=REGION, endpoint_url=filled.endpoint_url))
        return FakeSecrets({"/app/token": "token-value", "db": KNOWN["db"]}, aws)
