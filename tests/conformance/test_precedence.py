"""Rows 93 to 97 and 106 to 108: variables that the user sets, and those that come out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.engines.docker.connection import connect
from tests.conformance.harness import build, call, spec, write_files
from tests.conformance.rows import row
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """An image with an environment of its own."""
    name = "conf-precedence:1"
    api = connect("", "").api
    container = api.create_container(SMALL, ["true"])["Id"]
    api.commit(container, "conf-precedence", "1", changes=["ENV A=image B=image C=image D=image"])
    api.remove_container(container)
    yield name
    api.remove_image(name, force=True)
    api.close()


@row(
    93,
    feature="values are literal",
    expectation="`$PATH:/x` in variables is not expanded; it replaces the image's value",
)
def test_row_093_literal() -> None:
    value = "$HOME ${HOME} $(id) `id` \\n"
    built = build(spec(env={"variables": {"V": value}}, build=['printf "%s" "$V"']))
    assert built.said == [value]
    path = build(spec(env={"variables": {"PATH": "$PATH:/x"}}, build=['echo "$PATH"']))
    assert path.said == ["$PATH:/x\n"]


@row(
    94,
    feature="precedence of variables",
    expectation="start of the build, then project, then buildspec, then image; by name",
)
def test_row_094_precedence(image: str) -> None:
    built = build(
        spec(
            env={"variables": {"B": "buildspec", "C": "buildspec", "D": "buildspec"}},
            build=['echo "$A $B $C $D"'],
        ),
        *("-e", "D=option"),
        files={"localbuild.toml": '[env]\nC = "project"\nD = "project"\n'},
        image=image,
    )
    assert built.said == ["image buildspec project option\n"]


@row(
    95,
    feature="names that begin with CODEBUILD_",
    expectation="refused at the start of a build; in a buildspec a warning, and the service's wins",
)
def test_row_095_reserved_prefix(tmp_path: Path) -> None:
    write_files(tmp_path, {"buildspec.yml": spec(build=["echo never"])})
    refused = call("run", "-i", SMALL, "-e", "CODEBUILD_X=1", cwd=tmp_path)
    assert refused.exit_code == 2
    assert "CODEBUILD_" in refused.stderr
    assert not (tmp_path / ".localbuild").exists()
    write_files(tmp_path, {"localbuild.toml": '[env]\nCODEBUILD_X = "1"\n'})
    assert call("run", "-i", SMALL, cwd=tmp_path).exit_code == 2
    variables = {"CODEBUILD_CI": "mine", "CODEBUILD_MINE": "mine"}
    built = build(spec(env={"variables": variables}, build=["echo $CODEBUILD_CI"]))
    assert (built.exit_code, built.said) == (0, ["true\n"])
    warned = [warning.message for warning in built.result.warnings]
    assert [name for name in variables if any(name in text for text in warned)] == list(variables)


@row(96, feature="NO in variables", expectation="reaches the shell as `NO`, as do yes, on and null")
def test_row_096_words() -> None:
    values = ["NO", "yes", "On", "True", "false", "~x"]
    text = "".join(f"    V{i}: {value}\n" for i, value in enumerate(values))
    shown = " ".join(f"$V{i}" for i in range(len(values)))
    built = build(
        f"version: 0.2\nenv:\n  variables:\n{text}"
        f"phases:\n  build:\n    commands:\n      - echo {shown}\n"
    )
    assert built.said == [" ".join(values) + "\n"]


@row(
    97,
    feature="numbers in variables",
    expectation="`3.10` stays `3.10`, `007` stays `007`",
    decided="Documented as scalars only; the source text is what an unquoted NO comes out as.",
)
def test_row_097_numbers() -> None:
    values = ["3.10", "007", "1e3", "0x10", "1_000", "12:30:45", "+1", "2026-01-02", ".5"]
    text = "".join(f"    V{i}: {value}\n" for i, value in enumerate(values))
    shown = " ".join(f"$V{i}" for i in range(len(values)))
    built = build(
        f"version: 0.2\nenv:\n  variables:\n{text}"
        f"phases:\n  build:\n    commands:\n      - echo {shown}\n"
    )
    assert built.said == [" ".join(values) + "\n"]


@row(
    106,
    feature="exported-variables",
    expectation="the values after POST_BUILD are in the record; a name that is not set is left out",
    decided="The values are documented; what becomes of a name that is not set is not.",
)
def test_row_106_exported_variables() -> None:
    built = build(
        spec(
            env={"exported-variables": ["A", "B", "NOT_SET"], "variables": {"A": "first"}},
            install=["A=second; B='it'\\''s \"quoted\"\n$x'"],
            post_build=["A=last"],
        )
    )
    assert built.document["exportedEnvironmentVariables"] == [
        {"name": "A", "value": "last"},
        {"name": "B", "value": 'it\'s "quoted"\n$x'},
    ]


@row(107, feature="exported names with AWS_", expectation="not exported")
def test_row_107_aws_names() -> None:
    env = {"exported-variables": ["AWS_FOO", "FOO"]}
    built = build(spec(env=env, build=["AWS_FOO=1; FOO=2"]))
    assert built.document["exportedEnvironmentVariables"] == [{"name": "FOO", "value": "2"}]


@row(
    108,
    feature="env file",
    expectation="NAME=VALUE lines, # remarks, blank lines; quotes are part of the value",
)
def test_row_108_env_file() -> None:
    lines = [
        "# remark",
        "",
        "A=1 # 2",
        'B="quoted"',
        "C='x'",
        "D=$HOME",
        "  # remark",
        "E=a=b",
        "F=",
    ]
    built = build(
        spec(build=['echo "[$A] [$B] [$C] [$D] [$E] [$F]"']),
        *("--env-file", "vars.env"),
        files={"vars.env": "\n".join(lines) + "\n"},
    )
    assert built.said == ["[1 # 2] [\"quoted\"] ['x'] [$HOME] [a=b] []\n"]
