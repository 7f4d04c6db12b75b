"""What a crash file says, and what it does not."""

import stat
from pathlib import Path

import pytest

from localbuild.cli.process.crash import crash_report, mask_arguments, write_crash
from localbuild.cli.process.voice import Voice
from localbuild.cli.records.exports import write_exports
from localbuild.errors import HostResourceError
from localbuild.logs.mask import Mask

OVERRIDE = "--environment-variables-override"


@pytest.mark.parametrize(
    ("argv", "masked"),
    [
        (["run", "-i", "img"], ["run", "-i", "img"]),
        (["-e", "A=b", "."], ["-e", "A=***", "."]),
        (["--env", "A=b"], ["--env", "A=***"]),
        (["--env=A=b"], ["--env=A=***"]),
        (["-eA=b"], ["-eA=***"]),
        (["-e", "A"], ["-e", "A"]),
        (["-qe", "A=b\nc"], ["-qe", "A=***"]),
        (["run", "-e", "A=b", "B=c"], ["run", "-e", "A=***", "B=***"]),
        (["--env-file", ".env"], ["--env-file", ".env"]),
        (["--fake-secret", "/a/b=c"], ["--fake-secret", "/a/b=***"]),
        (["--parameter", "Role.Arn=c"], ["--parameter", "Role.Arn=***"]),
        (["--parameter=Db=c"], ["--parameter=Db=***"]),
        ([OVERRIDE, "name=A,value=b", "name=C,value=d"], [OVERRIDE, "***", "***"]),
        ([f"{OVERRIDE}=name=A,value=b"], [f"{OVERRIDE}=***"]),
        ([OVERRIDE, '[{"name":"A"}]'], [OVERRIDE, "***"]),
    ],
)
def test_values_are_masked(argv: list[str], masked: list[str]) -> None:
    assert mask_arguments(argv)[0] == masked


def test_a_value_is_masked_in_the_traceback_too() -> None:
    report = crash_report(RuntimeError("it was s3cret"), ["-e", "A=s3cret"], Mask())
    assert "RuntimeError: it was ***" in report
    assert "s3cret" not in report


def test_whoever_signs_in_within_a_url_is_not_told() -> None:
    url = "https://who:s3cr%40t@host/r.git"
    report = crash_report(RuntimeError(f"no {url}"), ["run", url, "-s", f"x:{url}"], Mask())
    assert report.count("https://***@host/r.git") == 3
    assert "s3cr" not in report


def test_a_short_value_leaves_the_traceback_readable() -> None:
    assert "RuntimeError: odd" in crash_report(RuntimeError("odd"), ["-e", "A=d"], Mask())


def test_a_folder_that_cannot_be_made_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = write_crash(RuntimeError(), [], tmp_path / "file" / "crashes", Mask())
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()


def test_exports_as_lines(tmp_path: Path) -> None:
    with open(tmp_path / "err", "w") as err:
        write_exports(
            tmp_path / "x.env",
            [("A", "b c"), ("TWO", "a\nb"), ("E", "")],
            Voice(stdout=err, stderr=err),
        )
    assert (tmp_path / "x.env").read_text() == "A=b c\nE=\n"
    assert stat.S_IMODE((tmp_path / "x.env").stat().st_mode) == 0o600
    assert "TWO has several lines" in (tmp_path / "err").read_text()


def test_exports_as_json(tmp_path: Path) -> None:
    with open(tmp_path / "err", "w") as err:
        write_exports(tmp_path / "x.json", [("TWO", "a\nb")], Voice(stdout=err, stderr=err))
    assert (tmp_path / "x.json").read_text() == '{\n  "TWO": "a\\nb"\n}\n'


def test_exports_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with open(tmp_path / "err", "w") as err, pytest.raises(HostResourceError):
        write_exports(tmp_path / "file" / "x.env", [], Voice(stdout=err, stderr=err))
