"""Rows 68 to 74: `on-failure`."""

from tests.conformance.harness import Built, build, spec
from tests.conformance.rows import row

RETRY_REASON = (
    "The guide says that the build is retried and does not say what the pattern is searched in; "
    "here the phase runs again in place, and the pattern is searched in the phase's message and "
    "at the end of its output."
)


def retried(on_failure: str, *, failures: int, says: str = "no luck") -> Built:
    """A build whose BUILD phase fails that many times, then succeeds."""
    count = "echo x >> tries; n=$(wc -l < tries)"
    command = f"{count}; [ $n -gt {failures} ] || {{ cat says; exit 5; }}"
    phase = {"on-failure": on_failure, "commands": [command, "echo rest"], "finally": ["echo end"]}
    after = ["echo $CODEBUILD_BUILD_SUCCEEDING", "wc -l < tries"]
    return build(spec(build=phase, post_build=after), files={"says": f"{says}\n"})


def tries(built: Built) -> int:
    """How often the phase ran, told by POST_BUILD."""
    return int(built.said[-1])


def refused(on_failure: str) -> bool:
    """Whether a value of `on-failure` is refused before anything is started."""
    built = build(spec(build={"on-failure": on_failure, "commands": ["echo never"]}))
    return (built.exit_code, built.ran) == (3, [])


@row(
    68,
    feature="on-failure: ABORT",
    expectation="after a failed BUILD neither POST_BUILD nor UPLOAD_ARTIFACTS is entered",
)
def test_row_068_abort() -> None:
    phase = {"on-failure": "ABORT", "commands": ["false"], "finally": ["echo end"]}
    built = build(spec(build=phase, post_build=["echo never"]))
    assert built.ran == ["false", "echo end"]
    assert (built.exit_code, built.status) == (1, "FAILED")
    assert built.entered[-3:] == ["BUILD", "FINALIZING", "COMPLETED"]
    passed = build(spec(build=phase | {"commands": ["true"]}, post_build=["echo on"]))
    assert (passed.exit_code, passed.ran[-1]) == (0, "echo on")
    last = build(spec(post_build=phase))
    assert (last.exit_code, last.entered[-2:]) == (1, ["FINALIZING", "COMPLETED"])
    assert "UPLOAD_ARTIFACTS" not in last.entered


@row(
    69,
    feature="on-failure: CONTINUE",
    expectation="after a failed INSTALL the build goes on and ends SUCCEEDED; the phase is FAILED",
    decided="The build's status is not documented; one report says that such a build succeeds.",
)
def test_row_069_continue() -> None:
    phase = {"on-failure": "CONTINUE", "commands": ["false", "echo never"]}
    show = "echo $CODEBUILD_BUILD_SUCCEEDING"
    built = build(spec(install=phase, pre_build=[show], build=[show], post_build=["echo last"]))
    assert built.said == ["", "0\n", "0\n", "last\n"]
    assert (built.exit_code, built.status) == (0, "SUCCEEDED")
    assert built.phase("INSTALL").status == "FAILED"
    assert built.context("INSTALL")[0] == "COMMAND_EXECUTION_ERROR"
    assert "Phase complete: INSTALL State: FAILED" in built.agent
    later = build(spec(install=phase, build=["false"]))
    assert (later.exit_code, later.status) == (1, "FAILED")


@row(
    70,
    feature="on-failure: RETRY",
    expectation="up to 3 retries of the phase, then what follows a failure",
    decided=RETRY_REASON,
)
def test_row_070_retry() -> None:
    lucky = retried("RETRY", failures=3)
    assert (lucky.exit_code, lucky.status, tries(lucky)) == (0, "SUCCEEDED", 4)
    assert lucky.phase("BUILD").status == "SUCCEEDED"
    assert lucky.said == [*["no luck\n", "end\n"] * 3, "", "rest\n", "end\n", "1\n", "4\n"]
    unlucky = retried("RETRY", failures=9)
    assert (unlucky.exit_code, unlucky.status, tries(unlucky)) == (1, "FAILED", 4)
    assert unlucky.said[-2:] == ["0\n", "4\n"]
    assert unlucky.entered.count("BUILD") == 1


@row(
    71,
    feature="on-failure: RETRY-count",
    expectation="that many retries, 0 to 100; another count is refused",
    decided=RETRY_REASON,
)
def test_row_071_retry_count() -> None:
    assert tries(retried("RETRY-2", failures=9)) == 3
    assert tries(retried("RETRY-0", failures=9)) == 1
    assert retried("RETRY-5", failures=5).exit_code == 0
    assert refused("RETRY-101")
    assert not refused("RETRY-100")


@row(
    72,
    feature="on-failure: RETRY-regex",
    expectation="retried only where the pattern is found",
    decided=RETRY_REASON,
)
def test_row_072_retry_pattern() -> None:
    pattern = "RETRY-.*Unable to connect.*"
    assert tries(retried(pattern, failures=9, says="Error: Unable to connect to db")) == 4
    assert tries(retried(pattern, failures=9, says="Error: no such table")) == 1
    assert tries(retried("RETRY-exit status 5", failures=9)) == 4
    assert tries(retried("RETRY-exit status 6", failures=9)) == 1


def test_retry_pattern_before_many_lines() -> None:
    trace = "for n in $(seq 40); do echo at frame $n; sleep 0.01; done"
    phase = {"on-failure": "RETRY-1-out of luck", "commands": [f"cat says; {trace}; exit 5"]}
    built = build(spec(build=phase), files={"says": "out of luck\n"})
    assert len(built.ran) == 2


@row(
    73,
    feature="on-failure: RETRY-count-regex",
    expectation="both count",
    decided=RETRY_REASON,
)
def test_row_073_retry_count_and_pattern() -> None:
    pattern = "RETRY-2-.*connection timed out.*"
    assert tries(retried(pattern, failures=9, says="the connection timed out")) == 3
    assert tries(retried(pattern, failures=9, says="something else")) == 1


@row(
    74,
    feature="case of on-failure",
    expectation="any: the guide itself mixes `RETRY-4` and `Retry-…`",
)
def test_row_074_any_case() -> None:
    assert tries(retried("Retry-1", failures=9)) == 2
    assert tries(retried("retry-1-no luck", failures=9)) == 2
    aborted = build(spec(build={"on-failure": "abort", "commands": ["false"]}, post_build=["true"]))
    assert aborted.ran == ["false"]
    forgiven = build(spec(build={"on-failure": "Continue", "commands": ["false"]}))
    assert forgiven.exit_code == 0
