"""A variable that is nearly one of ours."""

import re
from pathlib import Path

from localbuild.cli.mistyped import VARIABLES, mistyped_variables
from tests.unit.cli.calling import SPEC, Home

DOCUMENTED = Path(__file__).parents[3] / "docs/cli.md"


def test_every_variable_of_an_option_is_known() -> None:
    found = re.findall(r"`(LOCALBUILD_[A-Z_]+)`", DOCUMENTED.read_text(encoding="utf-8"))
    assert set(found) == VARIABLES


def test_what_is_nearly_ours_is_told_and_nothing_else() -> None:
    foreign = ("LOCALBUILD_REQUIRE", "LOCALBUILD_SEED", "LOCALBUILD_", "LOCALBUILD", "TIMEOT")
    assert list(mistyped_variables(dict.fromkeys((*VARIABLES, *foreign), "x"))) == []
    assert list(mistyped_variables({"LOCALBUILD_TIMEOT": "1m", "LOCALBUILD_IMAGES": "x"})) == [
        "LOCALBUILD_IMAGES is no variable of localbuild; did you mean LOCALBUILD_IMAGE?",
        "LOCALBUILD_TIMEOT is no variable of localbuild; did you mean LOCALBUILD_TIMEOUT?",
    ]


def test_a_mistyped_variable_is_a_warning_and_stops_nothing(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "-i", "img", environ={"LOCALBUILD_TIMEOT": "1m"})
    assert called.code == 0
    assert called.err.startswith("warning: LOCALBUILD_TIMEOT is no variable of localbuild; did you")
