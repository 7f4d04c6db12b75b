"""Rows 158 to 178: what of a build is handed out, where to, and under which name."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.conformance.harness import Built, build, spec
from tests.conformance.rows import row

CLIENT_ERROR = "CLIENT_ERROR"
NO_FILES = (CLIENT_ERROR, "no matching artifact paths found")
TREE = "mkdir -p dir/sub && touch .env top dir/a dir/.b dir/sub/c"
GUIDE = (
    "mkdir -p my-build-1 my-build-2/my-subdirectory",
    "touch my-build-1/my-file-1.txt my-build-2/my-file-2.txt",
    "touch my-build-2/my-subdirectory/my-file-3.txt",
)


def made(
    out: Path, *commands: str, options: tuple[str, ...] = (), **artifacts: Any
) -> tuple[Built, list[str]]:
    """A build whose artifacts go to `out`, and the files that are there then."""
    keys = {key.replace("_", "-"): value for key, value in artifacts.items()}
    buildspec = spec(build=list(commands), more={"artifacts": keys})
    built = build(buildspec, "-a", str(out), *options)
    return built, files_in(out)


def files_in(out: Path) -> list[str]:
    return sorted(str(p.relative_to(out)) for p in out.rglob("*") if not p.is_dir())


def of_type(**more: str) -> tuple[str, ...]:
    """The options of a project whose artifacts go to S3."""
    words = ",".join(f"{key}={value}" for key, value in {"type": "S3", **more}.items())
    return ("--artifacts-override", words)


@row(158, feature="pattern **/*", expectation="matches files that begin with a dot, too")
def test_row_158_everything(tmp_path: Path) -> None:
    built, found = made(tmp_path, "cd / && cd - && mkdir out", f"cd out; {TREE}", files=["**/*"])
    assert built.status == "SUCCEEDED"
    assert {f"out/{name}" for name in (".env", "top", "dir/a", "dir/.b", "dir/sub/c")} <= set(found)
    assert "buildspec.yml" in found
    assert f"Found {len(found)} file(s)" in built.agent


@row(159, feature="pattern dir/*", expectation="matches what lies directly in it")
def test_row_159_directly(tmp_path: Path) -> None:
    _, found = made(tmp_path, TREE, files=["dir/*"])
    assert found == ["dir/.b", "dir/a"]


@row(160, feature="pattern dir/**/*", expectation="matches what lies below it")
def test_row_160_below(tmp_path: Path) -> None:
    _, found = made(tmp_path, TREE, files=["dir/**/*"])
    assert found == ["dir/.b", "dir/a", "dir/sub/c"]


@row(161, feature="base-directory", expectation="the guide's first example")
def test_row_161_base(tmp_path: Path) -> None:
    _, found = made(tmp_path, *GUIDE, files=["*/my-file-3.txt"], base_directory="my-build-2")
    assert found == ["my-subdirectory/my-file-3.txt"]


@row(
    162,
    feature="base-directory with a pattern",
    expectation="the guide's second example, with discard-paths",
)
def test_row_162_bases(tmp_path: Path) -> None:
    _, found = made(
        tmp_path, *GUIDE, files=["**/*"], base_directory="my-build*", discard_paths="yes"
    )
    assert found == ["my-file-1.txt", "my-file-2.txt", "my-file-3.txt"]


@row(163, feature="variable in base-directory", expectation="expanded")
def test_row_163_variable(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "own").write_text("x")
    built, found = made(
        tmp_path / "out",
        'export LATE="$CODEBUILD_SRC_DIR_two"',
        options=("-s", f"two:{other}"),
        files=["*"],
        base_directory="$LATE",
    )
    assert found == ["own"]
    assert any(line.startswith("Expanding base directory path: /") for line in built.agent)


@row(
    164,
    feature="no such base-directory",
    expectation="CLIENT_ERROR `no matching base directory path found for X`",
)
def test_row_164_no_base(tmp_path: Path) -> None:
    built, found = made(tmp_path, "true", files=["**/*"], base_directory="cdk.out")
    message = "no matching base directory path found for cdk.out"
    assert built.context("UPLOAD_ARTIFACTS") == (CLIENT_ERROR, message)
    assert "Skipping invalid file path cdk.out" in built.agent
    assert (built.exit_code, built.status, found) == (1, "FAILED", [])


@row(
    165,
    feature="discard-paths",
    expectation="all files in one folder; of two with one name the same one always wins",
    decided="What wins is not documented: the last one by its path, and a warning tells of it.",
)
def test_row_165_discard(tmp_path: Path) -> None:
    commands = ("mkdir z a && echo a > a/same && echo z > z/same && echo x > z/x",)
    for number in (1, 2):
        out = tmp_path / str(number)
        built, found = made(out, *commands, files=["*/*"], discard_paths="yes")
        assert found == ["same", "x"]
        assert (out / "same").read_text() == "z\n"
        assert "same: several files have this name" in built.stderr


@row(166, feature="exclude-paths", expectation="leaves out what matches")
def test_row_166_exclude(tmp_path: Path) -> None:
    _, found = made(
        tmp_path,
        f"{TREE} && mkdir -p dir/node_modules/m && touch dir/node_modules/m/x",
        files=["dir/**/*"],
        exclude_paths=["**/.*", "**/node_modules/**/*"],
    )
    assert found == ["dir/a", "dir/sub/c"]


@row(
    167,
    feature="file that is missing",
    expectation="a line for each literal name that is not there",
)
def test_row_167_missing(tmp_path: Path) -> None:
    built, found = made(tmp_path, "touch there", files=["there", "not", "no*"])
    skipped = [line for line in built.agent if line.startswith("Skipping")]
    assert skipped == ["Skipping invalid file path not"]
    assert (built.status, found) == ("SUCCEEDED", ["there"])


@row(
    168,
    feature="nothing matches",
    expectation="UPLOAD_ARTIFACTS fails with `no matching artifact paths found`",
)
def test_row_168_nothing(tmp_path: Path) -> None:
    built, found = made(tmp_path, "true", files=["not", "no*"])
    assert built.context("UPLOAD_ARTIFACTS") == NO_FILES
    assert (built.exit_code, built.status, found) == (1, "FAILED", [])


@row(
    169,
    feature="name of the artifact",
    expectation="used where the project allows it; commands in it are evaluated",
)
def test_row_169_name(tmp_path: Path) -> None:
    keys = {"files": ["buildspec.yml"], "name": "mine-$(date +%Y)-$LATE"}
    options = of_type(name="theirs", overrideArtifactName="true")
    built, found = made(tmp_path / "1", "export LATE=x", options=options, **keys)
    assert found == [f"mine-{datetime.now(UTC).year}-x/buildspec.yml"]
    assert built.document["artifacts"]["overrideArtifactName"] is True
    _, found = made(tmp_path / "2", "export LATE=x", options=of_type(name="theirs"), **keys)
    assert found == ["theirs/buildspec.yml"]


@row(170, feature="name with slashes", expectation="makes folders")
def test_row_170_slashes(tmp_path: Path) -> None:
    built, found = made(
        tmp_path,
        "true",
        options=of_type(overrideArtifactName="true", packaging="ZIP"),
        files=["buildspec.yml"],
        name="builds/$CODEBUILD_BUILD_NUMBER/my-artifacts",
    )
    assert found == [f"builds/{built.document['buildNumber']}/my-artifacts"]


@row(171, feature="namespaceType BUILD_ID", expectation="the build's id is a folder in the path")
def test_row_171_namespace(tmp_path: Path) -> None:
    options = of_type(path="MyPath", namespaceType="BUILD_ID", name="My.zip", packaging="ZIP")
    built, found = made(tmp_path, "true", options=options, files=["buildspec.yml"])
    assert found == [f"MyPath/{built.document['id'].partition(':')[2]}/My.zip"]


@row(172, feature="s3-prefix", expectation="stands before the build's id and the name")
def test_row_172_prefix(tmp_path: Path) -> None:
    options = of_type(namespaceType="BUILD_ID", name="My.zip", packaging="ZIP")
    built, found = made(
        tmp_path, "true", options=options, files=["buildspec.yml"], **{"s3-prefix": "pre/fix"}
    )
    assert found == [f"pre/fix/{built.document['id'].partition(':')[2]}/My.zip"]


@row(173, feature="packaging", expectation="a folder or a zip")
def test_row_173_packaging(tmp_path: Path) -> None:
    files = ["dir/**/*"]
    _, found = made(tmp_path / "1", TREE, options=of_type(name="n"), files=files)
    assert found == ["n/dir/.b", "n/dir/a", "n/dir/sub/c"]
    zipped = of_type(name="n", packaging="ZIP")
    _, found = made(tmp_path / "2", TREE, options=zipped, files=files)
    assert found == ["n"]
    with ZipFile(tmp_path / "2/n") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["dir/.b", "dir/a", "dir/sub/c"]


@row(
    174,
    feature="enable-symlinks",
    expectation="links stay links in a zip only with it",
    decided="What becomes of a link out of the source is not documented: it is left out.",
)
def test_row_174_links(tmp_path: Path) -> None:
    commands = "echo one > real && ln -s real link && ln -s /etc/passwd out"
    zipped = of_type(name="n", packaging="ZIP")
    for number, yes in enumerate(("no", "yes")):
        out = tmp_path / str(number)
        built, _ = made(
            out, commands, options=zipped, files=["link", "real", "out"], enable_symlinks=yes
        )
        assert "out: skipped: a link that leads out" in built.stderr
        with ZipFile(out / "n") as archive:
            assert archive.namelist() == ["link", "real"]
            is_link = stat.S_ISLNK(archive.getinfo("link").external_attr >> 16)
            assert (is_link, archive.read("link")) == (
                (True, b"real") if yes == "yes" else (False, b"one\n")
            )


@row(
    175,
    feature="secondary artifacts",
    expectation="one output for each identifier; unknown ones are refused",
    decided="How the service refuses them was not observed: as it does a wrong buildspec.",
)
def test_row_175_secondary(tmp_path: Path) -> None:
    keys: dict[str, Any] = {
        "files": ["buildspec.yml"],
        "secondary-artifacts": {"one": {"files": ["dir/*"]}, "two": {"files": ["top"]}},
    }
    built, found = made(tmp_path / "1", TREE, **keys)
    assert found == ["buildspec.yml", "one/dir/.b", "one/dir/a", "two/top"]
    others = built.document["secondaryArtifacts"]
    assert [each["artifactIdentifier"] for each in others] == ["one", "two"]
    project = (
        *of_type(name="n"),
        "--secondary-artifacts-override",
        "type=S3,artifactIdentifier=one,name=first",
        "type=S3,artifactIdentifier=two,name=second,packaging=ZIP",
    )
    _, found = made(tmp_path / "2", TREE, options=project, **keys)
    assert found == ["first/dir/.b", "first/dir/a", "n/buildspec.yml", "second"]
    built, found = made(tmp_path / "3", TREE, options=project[:4], **keys)
    assert (built.exit_code, found, built.ran) == (3, [], [])
    assert "the project has no secondary artifacts 'two'; it has: one" in built.stderr


@row(
    176,
    feature="files of the primary artifact",
    expectation="needed even where there are secondary ones",
    decided="How the service refuses it was not observed: as it does a wrong buildspec.",
)
def test_row_176_files_needed(tmp_path: Path) -> None:
    built, found = made(tmp_path, "true", secondary_artifacts={"one": {"files": ["a"]}})
    assert (built.exit_code, found, built.ran) == (3, [], [])
    assert "artifacts without files: they are required" in built.stderr


@row(177, feature="artifacts of a failed BUILD", expectation="collected")
@pytest.mark.parametrize(("files", "found"), [(["top"], ["top"]), (["not"], [])])
def test_row_177_failed(files: list[str], found: list[str], tmp_path: Path) -> None:
    built, there = made(tmp_path, f"{TREE}; false", files=files)
    assert (built.exit_code, built.status, there) == (1, "FAILED", found)
    assert built.context("BUILD")[0] == "COMMAND_EXECUTION_ERROR"
    assert built.context("UPLOAD_ARTIFACTS") == (("", "") if found else NO_FILES)


@row(178, feature="NO_ARTIFACTS", expectation="the buildspec's artifacts are ignored")
def test_row_178_none(tmp_path: Path) -> None:
    built, found = made(
        tmp_path, "true", options=("--artifacts-override", "type=NO_ARTIFACTS"), files=["not"]
    )
    assert (built.exit_code, found) == (0, [])
    assert built.context("UPLOAD_ARTIFACTS") == ("", "")
    assert built.document["artifacts"] == {"type": "NO_ARTIFACTS"}
