"""The formats of coverage, by small documents."""

import json

import pytest

from localbuild.events.reports import FileCoverage
from localbuild.reports.formats.clover import parse_clover
from localbuild.reports.formats.cobertura import parse_cobertura
from localbuild.reports.formats.jacoco import parse_jacoco
from localbuild.reports.formats.simplecov import parse_simplecov
from localbuild.reports.model import FormatError


def told(files: tuple[FileCoverage, ...]) -> dict[str, tuple[int, int, int, int]]:
    """Path to covered and missed lines, covered and missed branches."""
    return {
        f.file_path: (f.lines_covered, f.lines_missed, f.branches_covered, f.branches_missed)
        for f in files
    }


def test_jacoco() -> None:
    document = b"""<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
      <report name="r"><sessioninfo id="x"/><group name="g"><package name="p/q">
      <class name="p/q/A" sourcefilename="A.java"><method name="m"><counter type="LINE" missed="9"
        covered="9"/></method><counter type="LINE" missed="8" covered="8"/></class>
      <sourcefile name="A.java"><line nr="1" mi="0" ci="2" mb="0" cb="0"/>
        <counter type="INSTRUCTION" missed="1" covered="99"/>
        <counter type="BRANCH" missed="1" covered="3"/><counter type="LINE" missed="2" covered="5"/>
      </sourcefile><counter type="LINE" missed="2" covered="5"/></package>
      <package name="bare"><class name="bare/B"><counter type="LINE" missed="1" covered="1"/>
      </class></package></group></report>"""
    assert told(parse_jacoco(document).files) == {
        "p/q/A.java": (5, 2, 3, 1),
        "bare/B": (1, 1, 0, 0),
    }


def test_cobertura() -> None:
    document = b"""<coverage line-rate="0.5"><packages><package><classes>
      <class name="A" filename="a.py"><methods><method><lines><line number="1" hits="1"/></lines>
        </method></methods><lines><line number="1" hits="3"/><line number="2" hits="0"/>
        <line number="3" hits="1" branch="true" condition-coverage="50% (1/2)"/></lines></class>
      <class name="A$B" filename="a.py"><lines><line number="2" hits="1"/>
        <line number="9" hits="0"/></lines></class>
      <class name="C" filename="c.py"><methods><method><lines><line number="1" hits="1"/></lines>
        </method></methods><lines/></class></classes></package></packages></coverage>"""
    assert told(parse_cobertura(document).files) == {"a.py": (3, 1, 1, 1), "c.py": (1, 0, 0, 0)}


def test_clover() -> None:
    document = b"""<coverage generated="1" clover="3.2"><project><package name="p">
      <file name="a.js" path="/src/a.js"><class name="A"><metrics statements="9"
        coveredstatements="9" conditionals="9" coveredconditionals="9"/></class>
        <line num="1" count="1" type="stmt"/><line num="2" count="0" type="stmt"/>
        <line num="2" count="1" type="cond"/>
        <line num="3" count="0" type="method"/><metrics statements="3" coveredstatements="2"
        conditionals="4" coveredconditionals="1"/></file>
      <file name="b.js"><metrics statements="3" coveredstatements="2"/></file></package></project>
      <testproject><file name="t.js"><line num="1" count="1" type="stmt"/></file></testproject>
      </coverage>"""
    found = told(parse_clover(document).files)
    assert found == {"/src/a.js": (2, 0, 1, 3), "b.js": (2, 1, 0, 0)}


def test_cobertura_and_clover_are_told_apart() -> None:
    with pytest.raises(FormatError, match="Cobertura's, not of Clover's"):
        parse_clover(b'<coverage line-rate="1"/>')
    with pytest.raises(FormatError, match="Clover's, not of Cobertura's"):
        parse_cobertura(b'<coverage clover="4.0"/>')


def test_simplecov() -> None:
    branches = {"[:if, 0, 3]": {"[:then, 1]": 1, "[:else, 2]": 0}}
    runs = {
        "RSpec": {"coverage": {"/a.rb": {"lines": [1, None, 0, 0], "branches": branches}}},
        "Minitest": {"coverage": {"/a.rb": {"lines": [0, None, 2, 0]}, "/b.rb": [None, 1]}},
    }
    found = told(parse_simplecov(json.dumps(runs).encode()).files)
    assert found == {"/a.rb": (2, 1, 1, 1), "/b.rb": (1, 0, 0, 0)}


def test_simplecov_s_own_json() -> None:
    document = {
        "meta": {"simplecov_version": "0.22.0"},
        "coverage": {"/a.rb": {"lines": [1, 0, "ignored"], "branches": [{"coverage": 0}]}},
    }
    assert told(parse_simplecov(json.dumps(document).encode()).files) == {"/a.rb": (1, 1, 0, 1)}


@pytest.mark.parametrize("text", ["[]", "{}", '{"a": 1}', "3", "", "{", "[" * 100_000, "1" * 5000])
def test_what_is_no_simplecov(text: str) -> None:
    with pytest.raises(FormatError):
        parse_simplecov(text.encode())
