"""References to values in AWS, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.plan.references import (
    Parameter,
    Reference,
    SecretVersion,
    expand_reference,
    read_reference,
    region_of,
)
from localbuild.terms import VariableType

ARN = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:my/name-AbCdEf"
SECRET = VariableType.SECRETS_MANAGER


@pytest.mark.parametrize("secret_id", ["name", "a/b_c+d=e.f@g-h", ARN])
@pytest.mark.parametrize(
    ("suffix", "fields"),
    [
        ("", ("", "", "")),
        (":", ("", "", "")),
        (":::", ("", "", "")),
        (":key", ("key", "", "")),
        (":a key:", ("a key", "", "")),
        (":key:AWSPREVIOUS", ("key", "AWSPREVIOUS", "")),
        (":key::id", ("key", "", "id")),
        (":::id", ("", "", "id")),
        ("::stage", ("", "stage", "")),
        (":key:stage:id", ("key", "stage", "id")),
    ],
)
def test_a_secret_is_taken_apart(secret_id: str, suffix: str, fields: tuple[str, str, str]) -> None:
    key, stage, version_id = fields
    version = SecretVersion(secret_id=secret_id, stage=stage, version_id=version_id)
    found = read_reference(SECRET, secret_id + suffix)
    assert found == Reference(question=version, json_key=key)


@pytest.mark.parametrize(
    "text",
    ["", " ", ":key", "arn", "arn:aws:secretsmanager:r:1:secret", "arn:a:b:c:d:e:", "a:b:c:d:e"],
)
def test_what_is_no_secret_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_reference(SECRET, text)
    assert f"'{text}'" in str(caught.value)


@given(st.text())
def test_any_text_is_a_secret_or_refused(text: str) -> None:
    try:
        found = read_reference(SECRET, text)
    except ValueError:
        return
    assert isinstance(found.question, SecretVersion)
    fields = (found.question.secret_id, found.json_key, found.question.stage)
    assert ":".join((*fields, found.question.version_id)).startswith(text)


@pytest.mark.parametrize(
    "name", ["/app/token", "plain", "/a:3", "arn:aws:ssm:eu-west-1:1:parameter/app/token"]
)
def test_a_parameter_is_its_name(name: str) -> None:
    found = read_reference(VariableType.PARAMETER_STORE, name)
    assert found == Reference(question=Parameter(name=name))


def test_an_empty_name_is_no_parameter() -> None:
    with pytest.raises(ValueError, match="names no parameter"):
        read_reference(VariableType.PARAMETER_STORE, " ")


def test_the_region_of_an_arn() -> None:
    assert region_of(ARN) == "us-gov-west-1"
    assert [region_of(text) for text in ("name", "arn:aws", "/a/b:3")] == ["", "", ""]


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("/app/$STAGE/x", "/app/dev/x"),
        ("/app/${STAGE}_x", "/app/dev_x"),
        ("$STAGE$STAGE", "devdev"),
        ("/plain", "/plain"),
        ("$", "$"),
        ("$1 ${} $(id)", "$1 ${} $(id)"),
    ],
)
def test_variables_in_a_reference(text: str, expanded: str) -> None:
    assert expand_reference(text, {"STAGE": "dev"}) == expanded


def test_a_variable_that_is_not_set_is_told_of() -> None:
    with pytest.raises(ValueError, match=r"'/app/\$STAGE_x': \$STAGE_x is not set"):
        expand_reference("/app/$STAGE_x", {"STAGE": "dev"})
