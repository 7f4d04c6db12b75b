"""The generated files are what their generators make, and drift is noticed."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "generate.py"))
GENERATED, drifted, main = SCRIPT["GENERATED"], SCRIPT["drifted"], SCRIPT["main"]


def test_no_generated_file_has_drifted() -> None:
    assert drifted(ROOT) == []


def test_check_writes_nothing_and_names_what_has_drifted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
    told = capsys.readouterr().out.splitlines()
    assert told == [f"{name}: has drifted, run scripts/generate.py" for name in GENERATED]


def test_what_is_written_has_not_drifted_until_it_is_changed(tmp_path: Path) -> None:
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    changed = next(iter(GENERATED))
    with (tmp_path / changed).open("a") as file:
        file.write(" ")
    assert drifted(tmp_path) == [changed]
