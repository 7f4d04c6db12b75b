"""What the command line says of artifacts: places, and start-build's overrides."""

from pathlib import Path

import pytest

from localbuild.cli.artifact_words import (
    read_place,
    read_project_artifacts,
    read_secondary_artifacts,
)
from localbuild.cli.artifacts import find_place, output_folders
from localbuild.cli.records.destinations import make_destinations
from localbuild.cli.records.folders import RecordFolder
from localbuild.cli.settings import Settings
from localbuild.project.model import ProjectArtifacts
from tests.unit.cli.calling import SPEC, Home

BASE = Path("/base")
WHOLE = ProjectArtifacts(
    type="S3",
    location="b",
    path="p/q",
    namespace_type="BUILD_ID",
    name="a,b=c",
    packaging="ZIP",
    override_artifact_name=True,
)
SHORT = "type=S3,location=b,path=p/q,namespaceType=BUILD_ID,name=a,b=c,packaging=ZIP"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("out", "/base/out"),
        ("/x/../out", "/out"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/a/b/", "s3://bucket/a/b"),
    ],
)
def test_places(text: str, place: str) -> None:
    assert read_place(text, BASE) == place


def test_folders_of_this_call_are_no_part_of_the_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "d").mkdir(parents=True)
    (tmp_path / "link").symlink_to(source)
    out, reports = source / "d/out", tmp_path / "link/reports"
    settings = Settings(artifacts=str(out), reports=reports)
    assert output_folders(settings, source) == (out, source / "reports")
    through = tmp_path / "link"
    assert output_folders(settings, through) == (through / "d/out", reports)
    for place in ("", "s3://b", str(source), str(tmp_path / "other")):
        assert output_folders(Settings(artifacts=place), source) == ()


def test_a_folder_that_was_made_in_vain_is_removed(tmp_path: Path) -> None:
    record = RecordFolder(number=1, path=tmp_path)
    for name, files, stays in (("new", (), False), ("new", ("a",), True), ("old", (), True)):
        folder = tmp_path / name
        (tmp_path / "old").mkdir(exist_ok=True)
        settings = Settings(artifacts=str(folder))
        made = make_destinations(settings)
        place = find_place(settings, record, "shown", made)
        assert folder.is_dir()
        for file in files:
            (folder / file).write_text("1")
        place.close()
        assert folder.is_dir() is stays


@pytest.mark.parametrize("text", ["", "a\0b", "s3://", "s3:bucket", "gs://bucket/x", 5, None])
def test_what_is_no_place(text: object) -> None:
    with pytest.raises(ValueError):
        read_place(text, BASE)


@pytest.mark.parametrize(
    "text",
    [
        f"{SHORT},overrideArtifactName=true",
        (
            '{"type": "S3", "location": "b", "path": "p/q", "namespaceType": "BUILD_ID",'
            ' "name": "a,b=c", "packaging": "ZIP", "overrideArtifactName": true}'
        ),
    ],
)
def test_a_projects_artifacts(text: str) -> None:
    assert read_project_artifacts(text, BASE) == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S3",
        "packaging=ZIP",
        "type=S4",
        "type=S3,packaging=TAR",
        "type=S3,overrideArtifactName=perhaps",
        '{"type": "S3", "nam": "x"}',
        "[1]",
        "[]",
        "{",
    ],
)
def test_what_is_no_output(text: str) -> None:
    with pytest.raises(ValueError):
        read_project_artifacts(text, BASE)


def test_several_outputs() -> None:
    words = ("type=S3,artifactIdentifier=a", "type=S3,artifactIdentifier=b,name=n")
    found = read_secondary_artifacts(words, BASE)
    assert [(f.identifier, f.name) for f in found] == [("a", ""), ("b", "n")]
    assert (
        read_secondary_artifacts('[{"type": "S3", "artifactIdentifier": "a"}]', BASE) == found[:1]
    )
    for wrong in (("type=S3",), words[:1] * 2):
        with pytest.raises(ValueError, match="artifactIdentifier of its own"):
            read_secondary_artifacts(wrong, BASE)


def test_overrides_are_in_the_plan(home: Home) -> None:
    secondary = "\n  secondary-artifacts: {a: {files: [x]}}\n"
    home.write("buildspec.yml", f"{SPEC}\nartifacts:\n  files: [y]{secondary}")
    called = home.call(
        "plan",
        "--json",
        "--artifacts-override",
        "type=S3,packaging=ZIP,name=n",
        "--secondary-artifacts-override",
        "type=S3,artifactIdentifier=a,name=m",
    )
    assert called.code == 0, called.err
    assert '"packaging": "ZIP"' in called.out
    assert '"projectArtifactName": "m"' in called.out
    assert "has no meaning" not in called.err


def test_a_wrong_override_names_itself(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--artifacts-override", "type=S3,packaging=TAR")
    assert called.code == 2
    assert called.err.startswith("error: --artifacts-override: packaging: 'TAR' is none of")
