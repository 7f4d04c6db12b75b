"""The formats of test cases, by small documents: statuses, names, messages, places, durations."""

from localbuild.events.reports import TestCase
from localbuild.reports.formats.cucumber import parse_cucumber
from localbuild.reports.formats.junit import parse_junit
from localbuild.reports.formats.nunit2 import parse_nunit2
from localbuild.reports.formats.nunit3 import parse_nunit3
from localbuild.reports.formats.testng import parse_testng
from localbuild.reports.formats.trx import parse_trx
from localbuild.terms import CaseStatusType

PASSED, FAILED = CaseStatusType.SUCCEEDED, CaseStatusType.FAILED
ERROR, SKIPPED, UNKNOWN = CaseStatusType.ERROR, CaseStatusType.SKIPPED, CaseStatusType.UNKNOWN


def junit(cases: str) -> tuple[TestCase, ...]:
    """The cases of a suite."""
    return parse_junit(f'<testsuite name="s">{cases}</testsuite>'.encode()).cases


def test_junit_statuses() -> None:
    cases = junit(
        '<testcase name="1"/>'
        '<testcase name="2"><failure message="m">text</failure></testcase>'
        '<testcase name="3"><error message="m"/></testcase>'
        '<testcase name="4"><skipped/></testcase>'
        '<testcase name="5"><ignored/></testcase>'
        '<testcase name="6" status="notrun"/>'
        '<testcase name="7" status="run" result="completed"/>'
        '<testcase name="8" result="suppressed"/>'
        '<testcase name="9" status="failed"/>'
        '<testcase name="10"><skipped/><failure/></testcase>'
        '<testcase name="11"><flakyFailure message="at first"/></testcase>'
        '<testcase name="12"><system-out>failure</system-out></testcase>'
    )
    assert [case.status for case in cases] == [
        *(PASSED, FAILED, ERROR, SKIPPED, SKIPPED, SKIPPED),
        *(PASSED, SKIPPED, FAILED, FAILED, PASSED, PASSED),
    ]
    assert cases[1].message == "m\ntext"


def test_junit_names_and_places() -> None:
    (case,) = junit('<testcase classname="c" name="n" time="0.5" file="a.py" line="3"/>')
    assert (case.prefix, case.name, case.test_suite_name) == ("c", "n", "s")
    assert (case.duration_ns, case.file, case.line) == (500_000_000, "a.py", 3)
    (bare,) = junit("<testcase/>")
    assert (bare.name, bare.duration_ns) == ("(without a name)", 0)


def test_junit_lines_of_pytest_count_from_0() -> None:
    document = b'<testsuite name="pytest"><testcase name="n" file="a.py" line="0"/></testsuite>'
    assert parse_junit(document).cases[0].line == 1


def test_junit_suites_in_suites() -> None:
    document = (
        b'<testsuites name="all"><testsuite name="outer" file="o.php"><testsuite name="inner">'
        b'<testcase name="1"/></testsuite><testcase name="2"/></testsuite></testsuites>'
    )
    cases = parse_junit(document).cases
    assert [case.test_suite_name for case in cases] == ["inner", "outer"]
    assert [case.file for case in cases] == ["o.php", "o.php"]


def test_a_message_tells_the_place() -> None:
    failure = "<failure>tests/test_a.py:12: AssertionError</failure>"
    (case,) = junit(f'<testcase name="n">{failure}</testcase>')
    assert (case.file, case.line) == ("tests/test_a.py", 12)
    (passed,) = junit('<testcase name="n"><system-out>a.py:1: x</system-out></testcase>')
    assert (passed.file, passed.line) == ("", 0)


def test_nunit2() -> None:
    document = b"""<test-results name="x.dll"><test-suite name="Suite"><results>
      <test-case name="N.C.Adds" executed="True" result="Success" success="True" time="0.016"/>
      <test-case name="N.C.Data(1.5,&quot;a.b&quot;)" executed="True" success="False" time="0">
        <failure><message><![CDATA[  Expected: 1]]></message>
        <stack-trace><![CDATA[at N.C.Data() in C.cs:line 7]]></stack-trace></failure></test-case>
      <test-case name="Bare" result="Ignored"><reason><message>why</message></reason></test-case>
      <test-case name="N.C.E" result="Error"/>
      <test-case name="N.C.I" result="Inconclusive"/>
      <test-case name="N.C.O" executed="False"/>
      </results></test-suite></test-results>"""
    cases = parse_nunit2(document).cases
    assert [case.status for case in cases] == [PASSED, FAILED, SKIPPED, ERROR, UNKNOWN, SKIPPED]
    assert (cases[0].prefix, cases[0].name, cases[0].duration_ns) == ("N.C", "Adds", 16_000_000)
    assert (cases[1].prefix, cases[1].name) == ("N.C", 'Data(1.5,"a.b")')
    assert (cases[1].file, cases[1].line) == ("C.cs", 7)
    assert (cases[2].name, cases[2].message) == ("Bare", "why")
    assert {case.test_suite_name for case in cases} == {"Suite"}


def test_nunit3() -> None:
    document = b"""<test-run><test-suite name="C">
      <test-case name="A" fullname="N.C.A" classname="N.C" result="Passed" duration="0.25"/>
      <test-case name="B" fullname="N.C.B" result="Failed"><failure><message>m</message>
        <stack-trace>s</stack-trace></failure></test-case>
      <test-case name="D" fullname="N.C.D" result="Failed" label="Error"/>
      <test-case name="E" fullname="N.C.E" result="Skipped" label="Ignored"/>
      <test-case name="F" fullname="N.C.F" result="Inconclusive"/>
      <test-case name="G" fullname="N.C.G" result="Warning"/>
      </test-suite></test-run>"""
    cases = parse_nunit3(document).cases
    assert [case.status for case in cases] == [PASSED, FAILED, ERROR, SKIPPED, UNKNOWN, PASSED]
    assert {case.prefix for case in cases} == {"N.C"}
    assert cases[0].duration_ns == 250_000_000
    assert cases[1].message == "m\ns"


def test_testng() -> None:
    document = b"""<testng-results><suite name="S"><test name="T"><class name="p.C">
      <test-method status="PASS" name="a" duration-ms="7"/>
      <test-method status="FAIL" name="b"><params><param index="0"><value><![CDATA[1]]></value>
        </param></params><exception class="E"><message><![CDATA[m]]></message><full-stacktrace>
        <![CDATA[at p.C.b(C.java:9)]]></full-stacktrace></exception></test-method>
      <test-method status="SKIP" name="c"/>
      <test-method status="PASS" name="before" is-config="true"/>
      <test-method status="FAIL" name="after" is-config="true"/>
      </class></test></suite></testng-results>"""
    cases = parse_testng(document).cases
    assert [case.status for case in cases] == [PASSED, FAILED, SKIPPED, ERROR]
    assert (cases[0].prefix, cases[0].test_suite_name) == ("p.C", "S")
    assert cases[0].duration_ns == 7_000_000
    assert (cases[1].name, cases[1].file, cases[1].line) == ("b(1)", "C.java", 9)
    assert cases[3].name == "after"


def test_trx() -> None:
    document = b"""<TestRun xmlns="http://microsoft.com/schemas/x"><Results>
      <UnitTestResult testId="1" testName="N.C.A" outcome="Passed" duration="00:00:00.0010000"/>
      <UnitTestResult testId="2" testName="B" outcome="Failed"><Output><ErrorInfo>
        <Message>m</Message><StackTrace>at N.C.B() in /src/C.cs:line 4</StackTrace>
        </ErrorInfo></Output></UnitTestResult>
      <UnitTestResult testId="3" testName="D" outcome="NotExecuted"/>
      <UnitTestResult testId="4" testName="E" outcome="Passed"><InnerResults>
        <UnitTestResult testId="4" testName="E (1)" outcome="Passed"/>
        <UnitTestResult testId="4" testName="E (2)" outcome="Timeout"/>
      </InnerResults></UnitTestResult></Results><TestDefinitions>
      <UnitTest name="A" id="1"><TestMethod className="N.C, N, Version=1" name="A"/></UnitTest>
      <UnitTest name="B" id="2"><TestMethod className="N.C" name="B"/></UnitTest>
      </TestDefinitions></TestRun>"""
    cases = parse_trx(document).cases
    assert [case.status for case in cases] == [PASSED, FAILED, SKIPPED, PASSED, ERROR]
    assert [case.name for case in cases] == ["A", "B", "D", "E (1)", "E (2)"]
    assert [case.prefix for case in cases] == ["N.C", "N.C", "", "", ""]
    assert (cases[0].duration_ns, cases[1].file, cases[1].line) == (1_000_000, "/src/C.cs", 4)


def test_cucumber() -> None:
    document = b"""[{"uri": "f/a.feature", "name": "Adding", "elements": [
      {"type": "background", "steps": [{"keyword": "Given ", "name": "x",
        "result": {"status": "passed", "duration": 5}}]},
      {"type": "scenario", "name": "good", "line": 3, "steps": [{"keyword": "Then ", "name": "y",
        "result": {"status": "passed", "duration": 7}}], "after": [{"embeddings": []}]},
      {"type": "scenario", "name": "bad", "line": 9, "steps": [{"keyword": "Then ", "name": "z",
        "result": {"status": "failed", "error_message": "no"}},
        {"keyword": "And ", "name": "w", "result": {"status": "skipped"}}]},
      {"type": "scenario", "name": "odd", "steps": [{"keyword": "Then ", "name": "q",
        "result": {"status": "undefined"}}]},
      {"type": "scenario", "name": "later", "steps": [{"result": {"status": "pending"}}]},
      {"type": "scenario", "name": "empty", "steps": []}]}]"""
    cases = parse_cucumber(document).cases
    assert [case.status for case in cases] == [PASSED, FAILED, ERROR, SKIPPED, SKIPPED]
    assert (cases[0].prefix, cases[0].duration_ns) == ("Adding", 12)
    assert (cases[1].file, cases[1].line, cases[1].message) == ("f/a.feature", 9, "Then z\nno")
    assert cases[2].message == "Then q: undefined"


def test_cucumber_of_behave() -> None:
    document = b"""[{"keyword": "Feature", "name": "F", "location": "a.feature:1",
      "status": "failed", "elements": [{"type": "background", "steps": [{"name": "b"}]},
      {"type": "scenario", "name": "s", "location": "a.feature:4", "status": "failed",
       "steps": [{"keyword": "Given", "name": "g", "result": {"status": "failed", "duration": 0.5,
       "error_message": ["one", "two"]}}, {"keyword": "When", "name": "never"}]}]}]"""
    (case,) = parse_cucumber(document).cases
    assert (case.status, case.duration_ns) == (FAILED, 500_000_000)
    assert (case.file, case.line, case.message) == ("a.feature", 4, "Given g\none\ntwo")
