"""Reports and hostile builds for pages."""

from dataclasses import replace

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.model import (
    AgentLine,
    BuildStarted,
    Event,
    Failed,
    PhaseContext,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.project import BuildSource, EnvironmentVariable
from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.events.stand_ins import StandIns, StubUse
from localbuild.terms import (
    CaseStatusType,
    PhaseType,
    ReportStatusType,
    ReportType,
    StatusType,
)
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import (
    at,
    build_ended,
    command_ended,
    command_skipped,
    command_started,
    output,
    phase_ended,
    phase_started,
    started,
)

CASES = ReportMade(
    time=at(4),
    build=BUILD,
    name="unit",
    report_arn="arn",
    report_group_arn="arn",
    type=ReportType.TEST,
    status=ReportStatusType.FAILED,
    file_format="JUNITXML",
    files=1,
    counts=((CaseStatusType.SUCCEEDED, 1), (CaseStatusType.FAILED, 1)),
    duration_ns=12_000_000,
    cases=(
        TestCase(
            name="adds up",
            status=CaseStatusType.FAILED,
            prefix="cart",
            message="expected 3, got 4",
            file="test/cart.spec.js",
            line=12,
            duration_ns=12_000_000,
        ),
        TestCase(name="is empty", status=CaseStatusType.SUCCEEDED, prefix="cart"),
    ),
)
COVERAGE = ReportMade(
    time=at(4),
    build=BUILD,
    name="coverage",
    report_arn="arn",
    report_group_arn="arn",
    type=ReportType.CODE_COVERAGE,
    status=ReportStatusType.SUCCEEDED,
    file_format="COBERTURAXML",
    total=FileCoverage(lines_covered=7, lines_missed=1, branches_covered=1, branches_missed=1),
    covered_files=(
        FileCoverage(file_path="src/b.py", lines_covered=4),
        FileCoverage(file_path="src/a.py", lines_covered=3, lines_missed=1),
    ),
)
ARTIFACTS = ArtifactUploaded(
    time=at(4),
    build=BUILD,
    identifier="primary",
    path="out/app",
    location="out/app",
    files=1200,
    size_bytes=3_000_000,
    seconds=0.2,
)

ALERT = "document.title='owned';fetch('http://127.0.0.1:9/owned')"
HOSTILE = (
    f"<script>{ALERT}</script>",
    f"</script><script>{ALERT}</script>",
    f"</style><script>{ALERT}</script>",
    f"]]><script>{ALERT}</script>",
    f"--><script>{ALERT}</script>",
    f'</title></head><body onload="{ALERT}">',
    f'"><img src=x onerror="{ALERT}">',
    f"' onmouseover='{ALERT}' autofocus onfocus='{ALERT}",
    f"<svg onload={ALERT}>",
    f"</svg></math><iframe srcdoc='<script>parent.{ALERT}</script>'>",
    f"javascript:{ALERT}",
    "<a href='javascript:alert(1)'>x</a><base href='http://127.0.0.1:9/'>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css><img src=//127.0.0.1:9/x>",
    "</details></div></section><plaintext>",
    "<!-- <textarea> <noscript> <template> <select>",
    "nul\0 and \x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07 and \x1b[31mred",
    "\ud800 lone \udfff surrogates \ufffe \uffff",
    "\u202eturned \u2066 around",
    "&lt;script&gt; &#60;script&#62; &amp",
    "<" * 2000 + "A" * 30_000,
)
"""Texts that would be more than text where somebody forgot to escape them."""


def hostile_reports(text: str) -> tuple[ReportMade, ReportMade]:
    """Reports in which everything is that text."""
    case = TestCase(
        name=text,
        status=CaseStatusType.ERROR,
        prefix=text,
        test_suite_name=text,
        message=text,
        file=text,
        line=1,
    )
    covered = FileCoverage(file_path=text, lines_covered=1)
    tests = replace(CASES, name=text, file_format=text, cases=(case,), problems=(text,))
    return tests, replace(COVERAGE, name=text, covered_files=(covered,), truncated=True)


def hostile_build(text: str) -> list[Event]:
    """A build in which everything that can be a text is that text."""
    return [
        _started(text),
        phase_started(0, PhaseType.DOWNLOAD_SOURCE),
        AgentLine(time=at(0), build=BUILD, phase=PhaseType.DOWNLOAD_SOURCE, text=text),
        CacheRestored(
            time=at(1),
            build=BUILD,
            outcome="fallback",
            key=text,
            matched_key=text,
            why=(text, text),
            failure=text,
            store=text,
        ),
        Timing(time=at(1), build=BUILD, name=text, seconds=0.5, detail=text),
        Warned(time=at(1), build=BUILD, message=text, code=text, file=text, line=1, hints=(text,)),
        phase_ended(1, PhaseType.DOWNLOAD_SOURCE),
        phase_started(1, PhaseType.BUILD),
        replace(command_started(1, 1, text), file=text),
        output(2, text.encode("utf-8", "surrogatepass") + b"\n"),
        replace(command_ended(3, 1, text, 1), file=text, note=text),
        replace(command_skipped(3, 2, text), file=text, reason=text),
        CacheSaved(time=at(3), build=BUILD, saved=False, key=text, reason=text, store=text),
        replace(
            phase_ended(3, PhaseType.BUILD, StatusType.FAILED),
            context=PhaseContext(status_code=text, message=text),
        ),
        *hostile_reports(text),
        replace(ARTIFACTS, identifier=text, path=text, location=text),
        StandIns(
            time=at(3),
            build=BUILD,
            stubs=(StubUse(command=text, calls=1, arguments=(text,)),),
            fake_secrets=(text,),
        ),
        Failed(time=at(3), build=BUILD, message=text, exit_code=4, status_code=text, hints=(text,)),
        VariablesExported(time=at(4), build=BUILD, variables=((text, text),)),
        build_ended(5, StatusType.FAILED, text, reason=text),
    ]


def _started(text: str) -> BuildStarted:
    source = BuildSource(
        identifier=text, type=text, location=text, version=text, resolved_version=text
    )
    return replace(
        started(record=text),
        project=text,
        image=text,
        source=text,
        source_type=text,
        source_version=text,
        resolved_source_version=text,
        initiator=text,
        compute_type=text,
        arn=text,
        environment_variables=(EnvironmentVariable(name=text, value=text, type=text),),
        secondary_sources=(source,),
    )
