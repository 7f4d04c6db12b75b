"""The user's own credentials: masked first, then given in one of two ways."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from botocore.exceptions import NoCredentialsError

from localbuild.engines.scripted import Answer, ScriptedContainer
from localbuild.errors import ExitCode, SecretsError, UsageError
from localbuild.logs.mask import Mask
from localbuild.ports.engine import ContainerSpec, Image
from localbuild.ports.loopback import Served
from localbuild.secrets.aws_clients import AwsSettings
from localbuild.secrets.chain import Keys
from localbuild.secrets.own import EndpointCredentials, EnvironmentCredentials, Giver

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIRST = Keys(
    access_key_id="ASIAIOSFODNN7EXAMPLE",
    secret_access_key="the-first-secret-key",
    token="the-first-session-token",
    expires=NOW,
)
SECOND = Keys(access_key_id="ASIAZZZZZZZZZZZZZZZZ", secret_access_key="the-second-secret")
SPEC = ContainerSpec(name="c", image=Image(id="i", reference="i"))


@dataclass(slots=True)
class FakeChain:
    """Keys in order; an exception among them is raised."""

    found: list[Keys | Exception]
    arn: str = ""
    asked_for_identity: int = 0
    settings: AwsSettings = AwsSettings(profile="dev")

    def keys(self) -> Keys:
        first = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(first, Exception):
            raise first
        return first

    def identity(self, keys: Keys) -> str:
        self.asked_for_identity += 1
        return self.arn


@dataclass(slots=True)
class Port:
    """A server that nobody can reach."""

    port: int = 12345
    closed: int = 0

    def close(self) -> None:
        self.closed += 1


@dataclass(slots=True)
class WithLoopback(ScriptedContainer):
    """A container that can be served."""

    served: Port = field(default_factory=Port)
    serves: bool = True

    def serve(self, answer: Callable[[bytes], bytes]) -> Served | None:
        return self.served if self.serves else None


def container() -> WithLoopback:
    return WithLoopback(SPEC, lambda _: Answer())


def ask(credentials: EndpointCredentials, variables: Mapping[str, str]) -> dict[str, str]:
    """The document that the endpoint answers with."""
    token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    head = f"GET /credentials HTTP/1.1\r\nAuthorization: {token}\r\n\r\n".encode()
    found: dict[str, str] = json.loads(credentials.answer(head).partition(b"\r\n\r\n")[2])
    return found


def test_as_variables() -> None:
    mask = Mask()
    credentials = EnvironmentCredentials(Giver(chain=FakeChain([FIRST]), mask=mask))
    assert credentials.open_in(container()) == {}
    credentials.fetch()
    assert credentials.open_in(container()) == {
        "AWS_ACCESS_KEY_ID": FIRST.access_key_id,
        "AWS_SECRET_ACCESS_KEY": FIRST.secret_access_key,
        "AWS_SESSION_TOKEN": FIRST.token,
    }
    for value in (FIRST.access_key_id, FIRST.secret_access_key, FIRST.token):
        assert mask.text(f"<{value}>") == "<***>"
    assert credentials.close() == ()


def test_keys_that_last_have_no_token() -> None:
    credentials = EnvironmentCredentials(Giver(chain=FakeChain([SECOND]), mask=Mask()))
    credentials.fetch()
    assert "AWS_SESSION_TOKEN" not in credentials.open_in(container())


def test_from_an_endpoint_which_refreshes_them() -> None:
    mask, found = Mask(), container()
    giver = Giver(chain=FakeChain([FIRST, FIRST, SECOND]), mask=mask)
    credentials = EndpointCredentials(giver, lambda: NOW)
    credentials.fetch()
    variables = credentials.open_in(found)
    assert variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:12345/credentials"
    assert ask(credentials, variables)["SecretAccessKey"] == FIRST.secret_access_key
    assert mask.text(SECOND.secret_access_key) == SECOND.secret_access_key
    assert ask(credentials, variables)["SecretAccessKey"] == SECOND.secret_access_key
    assert mask.text(SECOND.secret_access_key) == "***"
    assert mask.text(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]) == "***"
    assert (credentials.close(), found.served.closed) == ((), 1)


def test_two_builds_have_two_tokens() -> None:
    giver = Giver(chain=FakeChain([FIRST]), mask=Mask())
    tokens = {
        EndpointCredentials(giver).open_in(container())["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        for _ in range(2)
    }
    assert len(tokens) == 2
    assert all(len(token) >= 40 for token in tokens)


def test_keys_that_are_gone_meanwhile_are_told_to_both_sides() -> None:
    chain = FakeChain([FIRST, NoCredentialsError(), NoCredentialsError(), SECOND])
    credentials = EndpointCredentials(Giver(chain=chain, mask=Mask()), lambda: NOW)
    credentials.fetch()
    variables = credentials.open_in(container())
    for _ in range(2):
        assert ask(credentials, variables)["code"] == "CredentialsUnavailable"
    assert ask(credentials, variables)["AccessKeyId"] == SECOND.access_key_id
    (fault,) = credentials.close()
    assert fault.startswith("they could not be refreshed: no AWS credentials: ")
    assert credentials.close() == ()


@pytest.mark.parametrize("found", [ScriptedContainer(SPEC, lambda _: Answer()), None])
def test_where_there_is_no_way_that_is_said(found: ScriptedContainer | None) -> None:
    credentials = EndpointCredentials(Giver(chain=FakeChain([FIRST]), mask=Mask()))
    refusing = container()
    refusing.serves = False
    with pytest.raises(UsageError, match="no way into the container's network") as caught:
        credentials.open_in(found or refusing)
    assert caught.value.hints == ("localbuild run --aws-credentials env",)
    assert credentials.close() == ()


@pytest.mark.parametrize("kind", [EnvironmentCredentials, EndpointCredentials])
def test_no_credentials_end_a_build_before_it_begins(
    kind: Callable[[Giver], EnvironmentCredentials | EndpointCredentials],
) -> None:
    giver = Giver(chain=FakeChain([NoCredentialsError()]), mask=Mask())
    with pytest.raises(SecretsError, match=r"--aws-credentials en.*: no AWS credentials") as caught:
        kind(giver).fetch()
    assert caught.value.exit_code is ExitCode.STORAGE
    assert caught.value.hints[0] == "aws sts get-caller-identity --profile dev"


def test_a_line_says_whose_they_are() -> None:
    said: list[str] = []
    arn = "arn:aws:sts::123456789012:assumed-role/Dev/me"
    giver = Giver(chain=FakeChain([FIRST], arn=arn), mask=Mask(), tell=said.append)
    EnvironmentCredentials(giver).fetch()
    assert said == [f"aws-credentials env: {arn}, until 03:04:05 UTC"]


def test_where_aws_does_not_say_it_is_the_key_which_is_not_shown_whole() -> None:
    said: list[str] = []
    giver = Giver(chain=FakeChain([SECOND]), mask=Mask(), tell=said.append)
    EndpointCredentials(giver).fetch()
    assert said == ["aws-credentials endpoint: key ASIA...ZZZZ"]


def test_nobody_is_asked_whose_they_are_where_nobody_is_told() -> None:
    chain = FakeChain([FIRST])
    EnvironmentCredentials(Giver(chain=chain, mask=Mask())).fetch()
    assert chain.asked_for_identity == 0


def test_no_repr_shows_a_value() -> None:
    giver = Giver(chain=FakeChain([FIRST]), mask=Mask())
    credentials = EnvironmentCredentials(giver)
    credentials.fetch()
    for shown in (repr(FIRST), repr(credentials), repr(vars(credentials))):
        assert FIRST.secret_access_key not in shown
        assert FIRST.token not in shown
