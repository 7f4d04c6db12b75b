"""The service's log format, line for line. Source: reference, rows 109 to 117."""

import pytest

from localbuild.events.model import Event
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.terms import PhaseType, StatusType
from tests.unit.logs.samples import (
    command_ended,
    command_started,
    failing_build,
    output,
    phase_ended,
    phase_started,
    rendered,
)

EXPECTED = """\
[Container] 2026/01/02 03:04:05.200006 Registering with agent
[Container] 2026/01/02 03:04:05.300006 Phases found in YAML: 2
[Container] 2026/01/02 03:04:05.300006  BUILD: 3 commands
[Container] 2026/01/02 03:04:05.300006  INSTALL: 0 commands
[Container] 2026/01/02 03:04:05.400006 Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED
[Container] 2026/01/02 03:04:05.400006 Phase context status code:  Message:\x20
[Container] 2026/01/02 03:04:06.000006 Entering phase BUILD
[Container] 2026/01/02 03:04:06.100006 Running command npm ci
added 120 packages

[Container] 2026/01/02 03:04:07.700006 Running command set -e
npm test

\x1b[31mFAIL\x1b[0m cart.spec.js

[Container] 2026/01/02 03:04:09.200006 Command did not exit successfully set -e
npm test
 exit status 1
[Container] 2026/01/02 03:04:09.300006 Phase complete: BUILD State: FAILED
[Container] 2026/01/02 03:04:09.300006 Phase context status code: COMMAND_EXECUTION_ERROR \
Message: Error while executing command: set -e
npm test
. Reason: exit status 1
[Container] 2026/01/02 03:04:09.400006 Entering phase POST_BUILD
[Container] 2026/01/02 03:04:09.500006 Phase complete: POST_BUILD State: SUCCEEDED
[Container] 2026/01/02 03:04:09.500006 Phase context status code:  Message:\x20
[Container] 2026/01/02 03:04:09.700006 Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED
[Container] 2026/01/02 03:04:09.700006 Phase context status code:  Message:\x20
"""


def test_a_failing_build() -> None:
    assert rendered(CodeBuildLines, *failing_build()) == EXPECTED


OUTPUTS: dict[str, tuple[list[bytes], str]] = {
    "nothing": ([], "\n"),
    "a line": ([b"hello\n"], "hello\n\n"),
    "no end": ([b"hello"], "hello\n\n"),
    "a progress bar": ([b"10%\r"], "10%\r\n\n"),
    "in pieces": ([b"a", b"", b"b\nc"], "ab\nc\n\n"),
    "an empty piece at the end": ([b"a\n", b""], "a\n\n"),
    "an empty line": ([b"\n"], "\n\n"),
}


@pytest.mark.parametrize(("pieces", "expected"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_an_empty_line_follows_the_output(pieces: list[bytes], expected: str) -> None:
    events: list[Event] = [output(1, piece) for piece in pieces]
    text = rendered(CodeBuildLines, *events, command_ended(2, 1, "c"))
    assert text == expected


def test_output_that_never_ended_does_not_swallow_the_next_line() -> None:
    text = rendered(CodeBuildLines, output(1, b"hel"), phase_started(2, PhaseType.BUILD))
    assert text == "hel\n[Container] 2026/01/02 03:04:07.000006 Entering phase BUILD\n"


def test_output_is_kept_byte_for_byte() -> None:
    data = bytes(range(256))
    assert CodeBuildLines().render(output(1, data)) is data


SILENT = (
    PhaseType.SUBMITTED,
    PhaseType.QUEUED,
    PhaseType.PROVISIONING,
    PhaseType.FINALIZING,
    PhaseType.COMPLETED,
)


@pytest.mark.parametrize("phase", SILENT)
def test_the_services_own_phases_are_silent(phase: PhaseType) -> None:
    events = (phase_started(1, phase), phase_ended(2, phase, StatusType.FAULT, ("CODE", "why")))
    assert rendered(CodeBuildLines, *events) == ""


def test_a_command_that_utf8_cannot_hold_is_escaped() -> None:
    text = rendered(CodeBuildLines, command_started(1, 1, "echo \udcff"))
    assert text == "[Container] 2026/01/02 03:04:06.000006 Running command echo \\udcff\n"
