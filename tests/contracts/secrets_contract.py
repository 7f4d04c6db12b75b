"""What every source of secrets promises: one suite for all of them (`ports/secrets.py`)."""

from concurrent.futures import ThreadPoolExecutor

from localbuild.ports.secrets import Resolution, SecretFault, SecretRequest, Secrets
from localbuild.terms import VariableType

KNOWN = {
    "/app/token": "token-value",
    "plain": "line one\nline two\n",
    "db": '{"user": "me", "password": "p\\u00e4ss", "port": 5432, "rate": 1.10, "on": true}',
    "text": "opaque",
}
"""What each source is filled with: the first two are parameters, the others secrets."""


def parameter(name: str, variable: str = "V") -> SecretRequest:
    """A request for a parameter."""
    return SecretRequest(variable=variable, type=VariableType.PARAMETER_STORE, reference=name)


def secret(reference: str, variable: str = "V") -> SecretRequest:
    """A request for a secret."""
    return SecretRequest(variable=variable, type=VariableType.SECRETS_MANAGER, reference=reference)


def value(found: Resolution) -> str:
    """The only value."""
    assert found.failures == ()
    [only] = found.values.values()
    return only


class SecretsContract:
    """Subclasses give the fixture `secrets`, which knows KNOWN."""

    def test_a_parameter_is_had_by_its_name(self, secrets: Secrets) -> None:
        assert value(secrets.resolve([parameter("/app/token")])) == "token-value"
        assert value(secrets.resolve([parameter("plain")])) == "line one\nline two\n"

    def test_a_secret_is_had_whole_or_by_a_key(self, secrets: Secrets) -> None:
        assert value(secrets.resolve([secret("db")])) == KNOWN["db"]
        assert value(secrets.resolve([secret("text")])) == "opaque"
        for key, wanted in (
            ("user", "me"),
            ("password", "päss"),
            ("port", "5432"),
            ("rate", "1.10"),
            ("on", "true"),
        ):
            assert value(secrets.resolve([secret(f"db:{key}")])) == wanted

    def test_nothing_is_asked_for_nothing(self, secrets: Secrets) -> None:
        assert secrets.resolve([]) == Resolution()

    def test_every_failure_is_told_in_order_and_hides_no_value(self, secrets: Secrets) -> None:
        found = secrets.resolve(
            [
                secret("no-secret", "A"),
                parameter("/app/token", "B"),
                parameter("/no/parameter", "C"),
                secret("db:user", "D"),
                secret("db:no-key", "E"),
                secret("text:key", "F"),
                secret("a:b:c:d:e", "G"),
                secret("arn:aws:secretsmanager:us-east-1:1:secret", "H"),
            ]
        )
        assert found.values == {"B": "token-value", "D": "me"}
        told = [(f.request.variable, f.fault) for f in found.failures]
        assert told == [
            ("A", SecretFault.MISSING),
            ("C", SecretFault.MISSING),
            ("E", SecretFault.WRONG),
            ("F", SecretFault.WRONG),
            ("G", SecretFault.WRONG),
            ("H", SecretFault.WRONG),
        ]
        assert found.failures[1].message == "parameter does not exist: /no/parameter"
        assert all(len(f.message.splitlines()) == 1 for f in found.failures)

    def test_nothing_that_is_shown_holds_a_value(self, secrets: Secrets) -> None:
        found = secrets.resolve([parameter("/app/token"), secret("text:key", "W")])
        assert "token-value" not in repr(found)
        assert "opaque" not in found.failures[0].message
        assert "token-value" not in repr(secrets)

    def test_several_builds_may_ask_at_once(self, secrets: Secrets) -> None:
        requests = [[parameter("/app/token"), secret(f"db:{key}", "K")] for key in ("user", "on")]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(secrets.resolve, requests * 8))
        assert [r.values["K"] for r in found] == ["me", "true"] * 8
        assert {r.values["V"] for r in found} == {"token-value"}
