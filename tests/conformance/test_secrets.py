"""Rows 98 to 104: variables whose values lie in Parameter Store and Secrets Manager."""

from collections.abc import Iterator

import pytest

from localbuild.events.model import Warned
from tests.conformance.harness import Built, build, spec
from tests.conformance.rows import row
from tests.s3.aws_stub import Stub, aws_stub
from tests.s3.parameters import REGION, put_parameter, put_secret
from tests.s3.servers import Server

OVERRIDE = "--environment-variables-override"
SHOW = ['echo "$V" | rev', 'echo "$V"']
"""Backwards, a value is not masked."""


def options(endpoint_url: str) -> tuple[str, ...]:
    """The way to a server."""
    return ("--endpoint-url", endpoint_url, "--region", REGION)


def had(built: Built) -> str:
    """The value that the build had, which is masked in its log."""
    backwards, shown = built.said
    assert (built.exit_code, shown) == (0, "***\n")
    return backwards.rstrip("\n")[::-1]


def told(built: Built) -> list[tuple[int, str]]:
    """Line and text of what was told of each variable."""
    return [
        (e.line, e.message) for e in built.events if isinstance(e, Warned) and e.code == "LB604"
    ]


def from_secret(server: Server, reference: str) -> str:
    """The value of a secret's reference in a buildspec."""
    text = spec(env={"secrets-manager": {"V": reference}}, build=SHOW)
    return had(build(text, *options(server.endpoint_url)))


@pytest.fixture
def stub(aws: None) -> Iterator[Stub]:
    """A server that denies what it is told to deny."""
    with aws_stub() as stub:
        yield stub


@row(
    98,
    feature="type PARAMETER_STORE",
    expectation="the parameter's value is in the environment, and masked in the log",
)
def test_row_098_parameter(moto_server: Server) -> None:
    put_parameter(moto_server, "/conf/98/project", "value-of-a-project")
    put_parameter(moto_server, "/conf/98/buildspec", "value-of-a-buildspec")
    where = options(moto_server.endpoint_url)
    text = spec(env={"parameter-store": {"V": "/conf/98/buildspec"}}, build=SHOW)
    built = build(text, *where)
    assert had(built) == "value-of-a-buildspec"
    lines = built.agent
    at = lines.index("Processing environment variables")
    assert lines[at + 1] == "Decrypting parameter store environment variables"
    override = "name=V,value=/conf/98/project,type=PARAMETER_STORE"
    built = build(text, *where, OVERRIDE, override)
    assert had(built) == "value-of-a-project"
    assert built.document["environment"]["environmentVariables"] == [
        {"name": "V", "value": "/conf/98/project", "type": "PARAMETER_STORE"}
    ]
    assert build(text, *where, OVERRIDE, override, "-e", "V=plain").said[1] == "plain\n"


@row(
    99,
    feature="parameter that does not exist",
    expectation="DOWNLOAD_SOURCE fails: Decrypted Variables Error, `parameter does not exist: X`",
)
def test_row_099_missing(moto_server: Server) -> None:
    put_parameter(moto_server, "/conf/99/there", "value-that-is-there")
    references = {"A": "/conf/99/no-a", "B": "/conf/99/there", "C": "/conf/99/no-c"}
    text = spec(env={"parameter-store": references}, build=["echo never"])
    built = build(text, *options(moto_server.endpoint_url))
    assert (built.exit_code, built.status, built.said) == (5, "FAILED", [])
    assert built.phase("DOWNLOAD_SOURCE").status.value == "FAILED"
    message = "parameter does not exist: /conf/99/no-a; parameter does not exist: /conf/99/no-c"
    assert built.context("DOWNLOAD_SOURCE") == ("Decrypted Variables Error", message)
    assert told(built) == [
        (5, "A: parameter does not exist: /conf/99/no-a"),
        (7, "C: parameter does not exist: /conf/99/no-c"),
    ]
    assert built.agent[-3:] == [
        "Decrypting parameter store environment variables",
        "Phase complete: DOWNLOAD_SOURCE State: FAILED",
        f"Phase context status code: Decrypted Variables Error Message: {message}",
    ]


@row(100, feature="secret with a JSON key", expectation="the value under that key")
def test_row_100_key(moto_server: Server) -> None:
    put_secret(moto_server, "conf/100", '{"user": "the-user", "password": "the-password"}')
    assert from_secret(moto_server, "conf/100:password") == "the-password"


@row(101, feature="secret without a key", expectation="the whole secret")
def test_row_101_whole(moto_server: Server) -> None:
    whole = '{"user": "the user\'s", "n": [1, 2]}'
    put_secret(moto_server, "conf/101", whole)
    assert from_secret(moto_server, "conf/101") == whole


@row(
    102,
    feature="secret by its full ARN",
    expectation="the ARN's own colons are not taken for the fields after it",
)
def test_row_102_arn(moto_server: Server) -> None:
    arn, version = put_secret(moto_server, "conf/102", '{"key": "value-by-arn"}')
    assert from_secret(moto_server, arn) == '{"key": "value-by-arn"}'
    assert from_secret(moto_server, f"{arn}:key") == "value-by-arn"
    assert from_secret(moto_server, f"{arn}:key:AWSCURRENT:{version}") == "value-by-arn"
    assert from_secret(moto_server, f"{arn}:key::{version}") == "value-by-arn"


@row(
    103,
    feature="version of a secret",
    expectation="stage and id are passed on; AWSCURRENT where neither is given",
)
def test_row_103_version(moto_server: Server) -> None:
    _, first = put_secret(moto_server, "conf/103", '{"k": "first-value"}')
    put_secret(moto_server, "conf/103", '{"k": "second-value"}')
    assert from_secret(moto_server, "conf/103:k") == "second-value"
    assert from_secret(moto_server, "conf/103:k:AWSCURRENT") == "second-value"
    assert from_secret(moto_server, "conf/103:k:AWSPREVIOUS") == "first-value"
    assert from_secret(moto_server, f"conf/103:k::{first}") == "first-value"
    assert from_secret(moto_server, f"conf/103:::{first}") == '{"k": "first-value"}'


@row(
    104,
    feature="secret that is denied",
    expectation="DOWNLOAD_SOURCE fails with Secrets Manager Error",
)
def test_row_104_denied(stub: Stub) -> None:
    stub.denies = {"conf/104"}
    references = {"A": "conf/104:key", "B": "conf/none"}
    text = spec(env={"secrets-manager": references}, build=["echo never"])
    built = build(text, *options(stub.endpoint_url))
    code, message = built.context("DOWNLOAD_SOURCE")
    missing = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    refused = (
        "AccessDeniedException: User: arn:aws:iam::1:user/u is not authorized to perform: "
        "secretsmanager:GetSecretValue on resource: conf/104"
    )
    assert (built.exit_code, code, message) == (5, "Secrets Manager Error", f"{refused}; {missing}")
    assert told(built) == [(5, f"A: {refused}"), (6, f"B: {missing}")]
    assert "Decrypting parameter store environment variables" not in built.agent
    assert built.agent[-1] == f"Phase context status code: {code} Message: {message}"
