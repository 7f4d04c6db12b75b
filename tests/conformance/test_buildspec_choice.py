"""Rows 1 to 8: which buildspec a build uses, and what happens without one."""

from tests.conformance.harness import build, spec
from tests.conformance.rows import row

INLINE = "/codebuild/readonly/buildspec.yml"


def says(word: str) -> str:
    return spec(build=[f"echo {word}"])


@row(
    1,
    feature="default buildspec",
    expectation="buildspec.yml in the root of the source is used when nothing else is asked for",
)
def test_row_001_default_buildspec() -> None:
    built = build(says("default"))
    assert built.status == "SUCCEEDED"
    assert built.said == ["default\n"]
    assert f"YAML location is {built.source_directory}/buildspec.yml" in built.agent


@row(
    2,
    feature="the project's buildspec path",
    expectation="a path in the project is looked up below CODEBUILD_SRC_DIR, and the log names it",
)
def test_row_002_project_path() -> None:
    built = build(
        says("default"),
        files={"localbuild.toml": 'buildspec = "ci/b.yml"', "ci/b.yml": says("path")},
    )
    assert built.said == ["path\n"]
    assert f"YAML location is {built.source_directory}/ci/b.yml" in built.agent


@row(
    3,
    feature="buildspec as text",
    expectation="several lines are the YAML itself; the log places it in /codebuild/readonly",
)
def test_row_003_inline_text() -> None:
    text = 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo "in line"\n'
    built = build(files={"localbuild.toml": f"buildspec = '''\n{text}'''"})
    assert built.status == "SUCCEEDED"
    assert built.said == ["in line\n"]
    assert f"YAML location is {INLINE}" in built.agent


@row(
    4,
    feature="who chooses the buildspec",
    expectation="the start of the build wins over the project, the project over the default file",
)
def test_row_004_precedence() -> None:
    files = {"p.yml": says("project"), "o.yml": says("override")}
    project = files | {"localbuild.toml": 'buildspec = "p.yml"'}
    assert build(says("default"), files=files).said == ["default\n"]
    assert build(says("default"), files=project).said == ["project\n"]
    overridden = build(says("default"), "--buildspec-override", "o.yml", files=project)
    assert overridden.said == ["override\n"]
    assert build(says("default"), "-f", "o.yml", files=project).said == ["override\n"]


@row(
    5,
    feature="empty override",
    expectation="an empty override means the default file",
)
def test_row_005_empty_override() -> None:
    project = {"p.yml": says("project"), "localbuild.toml": 'buildspec = "p.yml"'}
    built = build(says("default"), "--buildspec-override", "", files=project)
    assert built.said == ["default\n"]


@row(
    7,
    feature="no default buildspec",
    expectation="YAML_FILE_ERROR `YAML file does not exist` in DOWNLOAD_SOURCE, exit code 3",
)
def test_row_007_missing_default() -> None:
    built = build()
    assert built.exit_code == 3
    assert built.status == "FAILED"
    assert built.context("DOWNLOAD_SOURCE") == ("YAML_FILE_ERROR", "YAML file does not exist")
    assert built.agent[-3:] == [
        f"YAML location is {built.source_directory}/buildspec.yml",
        "Phase complete: DOWNLOAD_SOURCE State: FAILED",
        "Phase context status code: YAML_FILE_ERROR Message: YAML file does not exist",
    ]
    assert "PROVISIONING" not in built.entered


@row(
    8,
    feature="no such buildspec",
    expectation="YAML_FILE_ERROR `stat <path>: no such file or directory`, exit code 3",
)
def test_row_008_missing_path() -> None:
    built = build(says("default"), "-f", "ci/absent.yml")
    path = f"{built.source_directory}/ci/absent.yml"
    reason = f"stat {path}: no such file or directory"
    assert built.exit_code == 3
    assert built.context("DOWNLOAD_SOURCE") == ("YAML_FILE_ERROR", reason)
    assert built.agent[-3:] == [
        f"YAML location is {path}",
        "Phase complete: DOWNLOAD_SOURCE State: FAILED",
        f"Phase context status code: YAML_FILE_ERROR Message: {reason}",
    ]
    assert built.ran == []
