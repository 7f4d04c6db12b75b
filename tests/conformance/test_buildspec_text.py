"""Rows 9 to 21: how the text of a buildspec is read."""

import json

from tests.conformance.harness import Built, build
from tests.conformance.rows import row

COUNTED = "Words and form were observed; where the service counts lines from is not known: from 1."
COMMANDS = "version: 0.2\nphases:\n  build:\n    commands:\n"


def refused(built: Built) -> str:
    """What a build says that was refused before anything was started."""
    code, message = built.context("DOWNLOAD_SOURCE")
    assert (built.exit_code, built.status, code) == (3, "FAILED", "YAML_FILE_ERROR")
    assert built.entered == ["SUBMITTED", "QUEUED", "DOWNLOAD_SOURCE", "FINALIZING", "COMPLETED"]
    assert built.ran == []
    assert f"Phase context status code: YAML_FILE_ERROR Message: {message}" in built.agent
    return message


@row(
    9,
    feature="YAML syntax error",
    expectation="YAML_FILE_ERROR with the parser's words and a line; nothing is started",
    decided=COUNTED,
)
def test_row_009_syntax_error() -> None:
    message = refused(build("version: 0.2\nphases:\n  a: b: c\n"))
    assert message == "mapping values are not allowed in this context at line 3"


@row(10, feature="version as a number", expectation="`version: 0.2` is accepted")
def test_row_010_version_number() -> None:
    built = build(COMMANDS + "      - echo ok\n")
    assert (built.exit_code, built.said) == (0, ["ok\n"])


@row(11, feature="version as a text", expectation='`version: "0.2"` is accepted')
def test_row_011_version_text() -> None:
    built = build(COMMANDS.replace("0.2", '"0.2"') + "      - echo ok\n")
    assert (built.exit_code, built.said) == (0, ["ok\n"])


@row(
    12,
    feature="no version",
    expectation="refused with YAML_FILE_ERROR `wrong number of container tags, expected 1`",
    decided="Observed in one log only; nothing of the sort is documented.",
)
def test_row_012_missing_version() -> None:
    message = refused(build("phases:\n  build:\n    commands:\n      - echo never\n"))
    assert message == "wrong number of container tags, expected 1"


@row(
    13,
    feature="JSON buildspec",
    expectation="accepted: JSON is YAML",
    decided="Not documented; the CDK hands over JSON, so the service takes it.",
)
def test_row_013_json() -> None:
    document = {"version": "0.2", "phases": {"build": {"commands": ['echo "a: b" {c,d}']}}}
    built = build(json.dumps(document))
    assert (built.exit_code, built.said) == (0, ["a: b {c,d}\n"])


@row(
    14,
    feature="unknown phase",
    expectation="refused; the message names the phase in capitals and those that there are",
)
def test_row_014_unknown_phase() -> None:
    message = refused(build("version: 0.2\nphases:\n  postbuild:\n    commands:\n      - echo\n"))
    assert message == (
        "Invalid buildspec phase name: POSTBUILD. Expecting: BUILD,INSTALL,POST_BUILD,PRE_BUILD"
    )


@row(
    15,
    feature="command that is a mapping",
    expectation="refused; the message has the item's number from 0 and its line",
    decided=COUNTED,
)
def test_row_015_command_is_mapping() -> None:
    text = COMMANDS + "      - echo first\n      - echo second: third\n"
    assert refused(build(text)) == (
        "Expected Commands[1] to be of string type: found subkeys instead at line 6, "
        "value of the key tag on line 5 might be empty"
    )


@row(
    16,
    feature="empty command",
    expectation="accepted; nothing is run for it, and it does not count as a command",
    decided="Not documented; empty items have stood in working buildspecs for years.",
)
def test_row_016_null_command() -> None:
    built = build(COMMANDS + "      - echo a\n      -\n      - # a remark\n      - echo b\n")
    assert built.exit_code == 0
    assert built.ran == ["echo a", "echo b"]
    assert " BUILD: 2 commands" in built.agent


@row(17, feature="block scalar", expectation="the whole block is one script in one shell")
def test_row_017_block_scalar() -> None:
    built = build(
        COMMANDS + '      - |\n        f() { echo "f $1"; }\n        f one\n        f two\n'
    )
    assert built.exit_code == 0
    assert built.ran == ['f() { echo "f $1"; }\nf one\nf two\n']
    assert built.said == ["f one\nf two\n"]


@row(18, feature="folded scalar", expectation="YAML folds its lines to one command")
def test_row_018_folded_scalar() -> None:
    built = build(COMMANDS + "      - >\n        echo one\n        two\n        three\n")
    assert built.said == ["one two three\n"]


@row(
    19,
    feature="`commands` as one scalar",
    expectation="one command, also as a block scalar",
    decided="Documented as a list; single texts work in production.",
)
def test_row_019_scalar_commands() -> None:
    one = build("version: 0.2\nphases:\n  build:\n    commands: echo x\n")
    assert (one.ran, one.said) == (["echo x"], ["x\n"])
    block = build("version: 0.2\nphases:\n  build:\n    commands: |\n      echo x\n      echo y\n")
    assert (block.ran, block.said) == (["echo x\necho y\n"], ["x\ny\n"])


@row(
    20,
    feature="commands that are no strings in YAML",
    expectation="numbers and booleans run as they are written",
    decided="Not documented; as for variables, the source text is taken.",
)
def test_row_020_other_scalars() -> None:
    built = build(COMMANDS + "      - true\n      - 007\n", files={"007": "never"})
    assert built.ran == ["true", "007"]
    assert built.context("BUILD")[1].endswith("command: 007. Reason: exit status 127")


@row(
    21,
    feature="anchors and aliases",
    expectation="aliases and merge keys stand for what they name",
    decided="Not documented either way; they are YAML, so they are resolved.",
)
def test_row_021_anchors() -> None:
    built = build(
        "version: 0.2\n"
        "phases:\n"
        "  install: &phase\n"
        "    commands:\n"
        "      - &hello echo hello\n"
        "      - *hello\n"
        "  pre_build: *phase\n"
        "  build:\n"
        "    <<: *phase\n"
        "    finally:\n"
        "      - echo last\n"
    )
    assert built.exit_code == 0
    assert built.said == ["hello\n"] * 6 + ["last\n"]
