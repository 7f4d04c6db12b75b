"""What is cut is masked before: nobody could find a part of a secret afterwards."""

import json

import pytest

from localbuild.logs.mask import Mask
from localbuild.ports.reports import ReportFile
from localbuild.reports.service import FormatReports
from localbuild.reports.texts import MESSAGE_LENGTH, NAME_LENGTH
from localbuild.reports.xml import MAX_TEXT

SECRET = "Zq7-Wk9.Xp4_Vb2!"
PARTS = tuple(SECRET[at : at + 4] for at in range(len(SECRET) - 3))


def told(file_format: str, data: str) -> str:
    """All that a report says of a file."""
    mask = Mask()
    mask.add(SECRET)
    file = ReportFile(path="/r", data=data.encode())
    content = FormatReports(mask).read(file_format, [file])
    assert (content.files, len(content.cases)) == (1, 1)
    return repr(content)


def leaks(text: str) -> list[str]:
    """The parts of the secret that are in a text."""
    return [part for part in PARTS if part in text]


def junit(name: str, text: str) -> str:
    """A failed case."""
    return f'<testsuite><testcase name="{name}"><failure>{text}</failure></testcase></testsuite>'


@pytest.mark.parametrize("before", range(len(SECRET) + 1))
def test_no_cut_leaves_a_part_of_a_secret(before: int) -> None:
    name = "n" * (NAME_LENGTH - before) + SECRET
    message = "m" * (MESSAGE_LENGTH - before) + SECRET
    blank = "\n" * (MAX_TEXT - before) + SECRET
    step = {"name": "s", "result": {"status": "failed", "error_message": message}}
    feature = {"uri": name, "name": name, "elements": [{"name": name, "steps": [step]}]}
    assert leaks(told("JUNITXML", junit(name, message))) == []
    assert leaks(told("JUNITXML", junit("n", blank))) == []
    assert leaks(told("CUCUMBERJSON", json.dumps([feature]))) == []


def test_what_is_no_secret_stays() -> None:
    assert "message='m***m'" in told("JUNITXML", junit("n", f"m{SECRET}m"))
