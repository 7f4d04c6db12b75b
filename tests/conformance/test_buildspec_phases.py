"""Rows 22 to 28: phases in a buildspec, and what version 0.1 has of its own."""

from tests.conformance.harness import build, spec
from tests.conformance.rows import row

PHASES = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"]


@row(
    22,
    feature="order of the phases",
    expectation="install, pre_build, build, post_build, whatever their order in the file",
)
def test_row_022_phase_order() -> None:
    names = ("post_build", "build", "pre_build", "install")
    built = build(spec(**{name: [f"echo {name}"] for name in names}))
    assert built.said == ["install\n", "pre_build\n", "build\n", "post_build\n"]
    assert [p for p in built.entered if p in PHASES] == PHASES


@row(
    23,
    feature="phases that are not in the buildspec",
    expectation="entered and SUCCEEDED, each with its lines in the log",
)
def test_row_023_empty_phases() -> None:
    built = build(spec(build=["echo only"]))
    assert [built.phase(name).status for name in PHASES] == ["SUCCEEDED"] * 4
    for name in PHASES:
        assert f"Entering phase {name}" in built.agent
        assert f"Phase complete: {name} State: SUCCEEDED" in built.agent


@row(
    24,
    feature="no phases at all",
    expectation="the four phases run empty and the build succeeds",
)
def test_row_024_zero_phases() -> None:
    built = build("version: 0.2\nphases: {}\n")
    assert (built.exit_code, built.status) == (0, "SUCCEEDED")
    assert "Phases found in YAML: 0" in built.agent
    assert [a for a in built.agent if a.startswith("Entering phase ")] == [
        f"Entering phase {name}" for name in PHASES
    ]


@row(
    25,
    feature="install with runtime-versions only",
    expectation="legal: `No commands found for phase name: install`, counted with 0 commands",
)
def test_row_025_runtime_versions_only() -> None:
    text = spec(install={"runtime-versions": {"python": "3.12"}}, build=["echo ok"])
    built = build(text)
    assert built.exit_code == 0
    assert built.agent.count("No commands found for phase name: install") == 1
    assert " INSTALL: 0 commands" in built.agent


@row(
    26,
    feature="version 0.1: a shell for each command",
    expectation="neither directory nor variables carry over; every command starts in the source",
)
def test_row_026_isolated_commands() -> None:
    built = build(
        spec(
            version=0.1,
            pre_build=["cd /tmp", "pwd", "export A=1; B=2", 'echo "[$A$B]"'],
            build=["pwd", 'echo "[$A$B]"'],
        )
    )
    source = f"{built.source_directory}\n"
    assert built.exit_code == 0
    assert built.said == ["", source, "", "[]\n", source, "[]\n"]


@row(
    27,
    feature="version 0.1: environment_variables",
    expectation="environment_variables/plaintext is what version 0.2 calls env/variables",
)
def test_row_027_old_names() -> None:
    built = build(
        "version: 0.1\n"
        "environment_variables:\n"
        "  plaintext:\n"
        "    GREETING: hello\n"
        "phases:\n"
        "  build:\n"
        "    commands:\n"
        "      - echo $GREETING\n"
    )
    assert (built.exit_code, built.said) == (0, ["hello\n"])


@row(28, feature="artifacts/type", expectation="ignored in version 0.2")
def test_row_028_artifacts_type() -> None:
    artifacts = {"type": "zip", "files": ["out.txt"]}
    built = build(spec(build=["echo ok > out.txt"], more={"artifacts": artifacts}))
    assert (built.exit_code, built.status) == (0, "SUCCEEDED")
