"""Rows 53 to 67: what runs after a failure, as whom, and which phases follow."""

from tests.conformance.harness import Built, build, spec
from tests.conformance.rows import row

ALL = ["install", "pre_build", "build", "post_build"]
BEFORE = ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE"]
AFTER = ["FINALIZING", "COMPLETED"]


def failing(phase: str) -> Built:
    """A build with a command in every phase, that of `phase` failing."""
    return build(spec(**{n: ["false" if n == phase else "echo $PWD"] for n in ALL}))


def between(built: Built) -> list[str]:
    """The phases between DOWNLOAD_SOURCE and FINALIZING, with their statuses."""
    assert built.entered[: len(BEFORE)] == BEFORE
    assert built.entered[-len(AFTER) :] == AFTER
    middle = built.result.phases[len(BEFORE) : -len(AFTER)]
    return [f"{phase.type} {phase.status}" for phase in middle]


@row(
    53,
    feature="commands after a failed one",
    expectation="no later command of the list runs",
)
def test_row_053_rest_is_skipped() -> None:
    built = build(spec(build=["echo one", "false", "echo never"]))
    assert built.ran == ["echo one", "false"]
    assert [c.command for c in built.result.skipped] == ["echo never"]


@row(54, feature="finally after a failure", expectation="runs")
def test_row_054_finally_after_failure() -> None:
    built = build(spec(install={"commands": ["false", "never"], "finally": ["echo a", "echo b"]}))
    assert built.ran == ["false", "echo a", "echo b"]
    assert (built.exit_code, built.phase("INSTALL").status) == (1, "FAILED")
    assert built.context("INSTALL")[1].endswith("command: false. Reason: exit status 1")


@row(55, feature="finally after success", expectation="runs after the commands")
def test_row_055_finally_after_success() -> None:
    built = build(spec(build={"commands": ["echo a"], "finally": ["echo b"]}))
    assert (built.exit_code, built.said) == (0, ["a\n", "b\n"])


@row(
    56,
    feature="finally that fails",
    expectation="the phase fails, and no later command of finally runs",
    decided="That the phase fails is documented; whether the rest of finally runs is not.",
)
def test_row_056_finally_fails() -> None:
    built = build(spec(build={"commands": ["echo a"], "finally": ["exit 4", "echo never"]}))
    assert built.ran == ["echo a", "exit 4"]
    assert (built.exit_code, built.phase("BUILD").status) == (1, "FAILED")
    assert built.context("BUILD")[1].endswith("command: exit 4. Reason: exit status 4")


@row(
    57,
    feature="run-as for the build",
    expectation="every command runs as that user, who can read the source; state carries over",
)
def test_row_057_run_as() -> None:
    built = build(
        spec(
            more={"run-as": "codebuild-user"},
            install=["id -un", "A=1; cd sub"],
            build={"commands": ["id -un", 'echo "$A"; cat file.txt'], "finally": ["id -un"]},
        ),
        files={"sub/file.txt": "text\n"},
    )
    user = "codebuild-user\n"
    assert (built.exit_code, built.said) == (0, [user, "", user, "1\ntext\n", user])


@row(58, feature="run-as for a phase", expectation="wins over that of the build in its phase")
def test_row_058_run_as_of_phase() -> None:
    built = build(
        spec(
            more={"run-as": "codebuild-user"},
            install={"run-as": "root", "commands": ["id -un", "A=root"]},
            build=["id -un", "echo $A; A=user"],
            post_build={"run-as": "root", "commands": ["echo $A"], "finally": ["id -un"]},
        )
    )
    assert built.exit_code == 0
    assert built.said == ["root\n", "", "codebuild-user\n", "root\n", "user\n", "root\n"]


@row(59, feature="no run-as", expectation="commands run as root")
def test_row_059_root() -> None:
    assert build(spec(build=["id -u"])).said == ["0\n"]


@row(60, feature="HOME", expectation="/root")
def test_row_060_home() -> None:
    assert build(spec(build=['echo "$HOME" ~'])).said == ["/root /root\n"]


@row(
    61,
    feature="failure in DOWNLOAD_SOURCE",
    expectation="no phase of the buildspec is entered; FINALIZING and COMPLETED follow",
)
def test_row_061_download_source_fails() -> None:
    built = build("version: 0.2\nphases:\n  install:\n    commands: [echo never]\n  odd: {}\n")
    assert built.entered == ["SUBMITTED", "QUEUED", "DOWNLOAD_SOURCE", *AFTER]
    assert (built.status, built.phase("DOWNLOAD_SOURCE").status) == ("FAILED", "FAILED")
    assert [line for line in built.agent if line.startswith("Entering")] == []


@row(
    62,
    feature="failure in INSTALL",
    expectation="neither PRE_BUILD, BUILD, POST_BUILD nor UPLOAD_ARTIFACTS is entered",
)
def test_row_062_install_fails() -> None:
    built = failing("install")
    assert between(built) == ["INSTALL FAILED"]
    assert (built.exit_code, built.status, len(built.ran)) == (1, "FAILED", 1)


@row(
    63,
    feature="failure in PRE_BUILD",
    expectation="neither BUILD, POST_BUILD nor UPLOAD_ARTIFACTS is entered",
)
def test_row_063_pre_build_fails() -> None:
    built = failing("pre_build")
    assert between(built) == ["INSTALL SUCCEEDED", "PRE_BUILD FAILED"]
    assert (built.exit_code, built.status, len(built.ran)) == (1, "FAILED", 2)


@row(
    64,
    feature="failure in BUILD",
    expectation="POST_BUILD runs, UPLOAD_ARTIFACTS is attempted, the build is FAILED",
)
def test_row_064_build_fails() -> None:
    built = failing("build")
    assert between(built) == [
        "INSTALL SUCCEEDED",
        "PRE_BUILD SUCCEEDED",
        "BUILD FAILED",
        "POST_BUILD SUCCEEDED",
        "UPLOAD_ARTIFACTS SUCCEEDED",
    ]
    assert (built.exit_code, built.status, len(built.ran)) == (1, "FAILED", 4)


@row(
    65,
    feature="failure in POST_BUILD",
    expectation="UPLOAD_ARTIFACTS is attempted, the build is FAILED",
)
def test_row_065_post_build_fails() -> None:
    built = failing("post_build")
    assert between(built)[-2:] == ["POST_BUILD FAILED", "UPLOAD_ARTIFACTS SUCCEEDED"]
    assert (built.exit_code, built.status) == (1, "FAILED")


@row(66, feature="CODEBUILD_BUILD_SUCCEEDING", expectation="1 in every phase while all goes well")
def test_row_066_succeeding() -> None:
    built = build(spec(**{name: ["echo $CODEBUILD_BUILD_SUCCEEDING"] for name in ALL}))
    assert built.said == ["1\n"] * 4


@row(
    67,
    feature="CODEBUILD_BUILD_SUCCEEDING after a failure",
    expectation="0 in POST_BUILD after a failed BUILD, and in finally from the failing command on",
    decided="0 in POST_BUILD is documented; what finally sees is not.",
)
def test_row_067_not_succeeding() -> None:
    show = "echo $CODEBUILD_BUILD_SUCCEEDING; env | grep -c ^CODEBUILD_BUILD_SUCCEEDING="
    built = build(
        spec(build={"commands": [show, "false"], "finally": [show]}, post_build=[show, show])
    )
    assert built.said == ["1\n1\n", "", "0\n1\n", "0\n1\n", "0\n1\n"]
