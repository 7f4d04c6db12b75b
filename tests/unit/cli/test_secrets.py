"""`--secret` and `--fake-secret`: what they mean, and that no command shows a value."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from localbuild.cli.secrets import GivenSecrets, read_fakes, read_secrets, unused_fakes
from localbuild.errors import UsageError
from tests.unit.cli.calling import Home
from tests.unit.plan.test_compile import plan_of

SPEC = """\
version: 0.2
env:
  parameter-store: {TOKEN: /app/token}
  secrets-manager: {PASS: "db:password"}
phases: {build: {commands: [make]}}
"""
NO_ENGINE = ("--docker-host", "tcp://127.0.0.1:1")


def test_a_secret_is_given_in_three_ways(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"two\r\nlines\r\n")
    words = ["A=a=b", "B=", "C", "D=@file", f"E=@{tmp_path}/file"]
    assert dict(read_secrets(words, {"C": "host's"}, tmp_path)) == {
        "A": "a=b",
        "B": "",
        "C": "host's",
        "D": "two\r\nlines",
        "E": "two\r\nlines",
    }


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("A", "--secret A: A is not set on this host"),
        ("A=@none", "--secret A: .*none: No such file"),
        ("A=@binary", "--secret A: .* is not UTF-8"),
        ("A=@nul", "--secret A: .*: a variable cannot hold a NUL"),
        ("A=@large", "--secret A: .* has more than the 131072 bytes of a variable"),
        ("A-B=hidden", "--secret A-B: 'A-B' is no name"),
        ("CODEBUILD_A=hidden", "reserved"),
    ],
)
def test_what_is_no_secret_is_told_without_its_value(
    word: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "binary").write_bytes(b"hidden\xff")
    (tmp_path / "nul").write_bytes(b"hidden\0")
    (tmp_path / "large").write_bytes("\u20ac".encode() * 50_000)
    with pytest.raises(UsageError, match=message) as caught:
        list(read_secrets([word], {}, tmp_path))
    assert "hidden" not in caught.value.message


def test_a_fake_is_a_name_and_a_value() -> None:
    assert list(read_fakes(["/a=b=c", "db={}", "A="])) == [("/a", "b=c"), ("db", "{}"), ("A", "")]
    for word, lacks in (("A", "value"), ("=x", "name"), ("", "name")):
        with pytest.raises(UsageError, match=f"there is no {lacks}"):
            list(read_fakes([word]))


@pytest.mark.parametrize("name", ["TOKEN", "/app/token", "PASS", "db:password", "db"])
def test_a_fake_is_used_by_any_of_its_names(name: str) -> None:
    assert unused_fakes(plan_of(SPEC), GivenSecrets(fakes={name: "x"})) == ()


def test_a_mistyped_fake_is_noticed() -> None:
    assert unused_fakes(plan_of(SPEC), GivenSecrets(fakes={"TOKN": "x"})) == ("TOKN",)


class _Parameters(BaseHTTPRequestHandler):
    """Gives any parameter the same value."""

    def do_POST(self) -> None:
        """GetParameters."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = [{"Name": n, "Value": "canary-far", "Type": "String"} for n in asked["Names"]]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"Parameters": found}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_fetched_value_is_in_no_saved_plan(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write(
        "buildspec.yml",
        "version: 0.2\nenv: {parameter-store: {TOKEN: /t}, variables: {COPY: canary-far}}\n"
        "phases: {build: {commands: [make]}}\n",
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none-at-all")
    with HTTPServer(("127.0.0.1", 0), _Parameters) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        called = home.call("run", "-i", "img", "--endpoint-url", url, *NO_ENGINE)
        server.shutdown()
    assert called.code == 4, called.err
    plan = (home.cwd / ".localbuild/builds/latest/plan.json").read_text()
    assert ("canary-far" in plan, "***" in plan) == (False, True)


def test_no_value_is_in_a_plan_or_in_the_environment(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    options = ("--secret", "OWN=canary-1", "--fake-secret", "TOKEN=canary-2", "-i", "img")
    environ = {"LOCALBUILD_FAKE_SECRET": "PASS=canary-3"}
    for words in (
        ("plan", *NO_ENGINE),
        ("plan", "--json"),
        ("env",),
        ("env", "--json"),
        ("run", "-n", *NO_ENGINE),
    ):
        called = home.call(*words, *options, environ=environ)
        assert called.code == 0
        assert "canary" not in called.out + called.err
        assert "OWN" in called.out
    lines = home.call("env", *options).out.splitlines()
    assert [" ".join(line.split()) for line in lines if "***" in line] == [
        "TOKEN = *** (buildspec; Parameter Store /app/token)",
        "PASS = *** (buildspec; Secrets Manager db:password)",
        "OWN = *** (command line)",
    ]
    found = {v["name"]: v for v in json.loads(home.call("env", "--json", *options).out)}
    assert found["TOKEN"] == {
        "name": "TOKEN",
        "value": "***",
        "origin": "buildspec",
        "type": "PARAMETER_STORE",
        "reference": "/app/token",
    }


def test_a_secret_wins_over_a_plain_variable(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--json", "-e", "OWN=plain", "--secret", "OWN=canary")
    assert "plain" not in [v["value"] for v in json.loads(called.out)["variables"]]
    assert [s["name"] for s in json.loads(called.out)["secrets"]] == ["TOKEN", "PASS", "OWN"]


def test_no_secret_stands_in_a_file_of_settings(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("localbuild.toml", 'secret = ["A=b"]\n')
    called = home.call("plan")
    assert (called.code, "unknown key 'secret'" in called.err) == (2, True)
    home.write("localbuild.toml", 'fake-secret = ["TOKEN=b"]\n')
    assert home.call("plan").code == 0
