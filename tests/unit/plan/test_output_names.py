"""Where an output goes below the place for all of them."""

from typing import Any

import pytest

from localbuild.plan.output_names import output_parts, uses_own_name
from localbuild.plan.outputs import ArtifactsPlan

ID = "uuid"


def parts(own_name: str = "", **keys: object) -> str:
    plan = ArtifactsPlan(**keys)  # type: ignore[arg-type]
    return "/".join(output_parts(plan, "project", ID, own_name))


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ("", {}),
        ("one", {"identifier": "one"}),
        ("", {"type": "CODEPIPELINE", "path": "p", "packaging": "ZIP", "name": "n"}),
        ("project", {"type": "S3"}),
        ("one", {"type": "S3", "identifier": "one"}),
        ("My/Path/n.zip", {"type": "S3", "path": "/My//Path/", "project_artifact_name": "n.zip"}),
        (
            "p/uuid/n",
            {"type": "S3", "path": "p", "namespace_type": "BUILD_ID", "project_artifact_name": "n"},
        ),
        (
            "p/uuid",
            {"type": "S3", "path": "p", "namespace_type": "BUILD_ID", "project_artifact_name": "/"},
        ),
        ("", {"type": "S3", "project_artifact_name": "/"}),
        ("project", {"type": "S3", "project_artifact_name": "/", "packaging": "ZIP"}),
        (
            "pre/uuid/project",
            {"type": "S3", "s3_prefix": "pre", "namespace_type": "BUILD_ID", "path": "p"},
        ),
        ("p/project", {"type": "S3", "s3_prefix": "pre", "path": "p"}),
    ],
)
def test_where_an_output_goes(wanted: str, keys: dict[str, Any]) -> None:
    assert parts(**keys) == wanted


def test_an_own_name_may_be_folders() -> None:
    assert parts("builds/1/x", type="S3", path="p") == "p/builds/1/x"


@pytest.mark.parametrize("name", ["..", "a/../b", "./a", "a\0b", "n" * 256, "a\nb", "\x1b[2J"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an artifact"):
        parts(name, type="S3")
    with pytest.raises(ValueError, match="cannot be the name of an artifact"):
        parts(type="S3", path=name)


@pytest.mark.parametrize("kind", ["", "S3", "CODEPIPELINE"])
@pytest.mark.parametrize("identifier", ["..", ".", "../../x", "/x", "a/b", "a\0b", "a\nb"])
def test_an_identifier_is_no_path(identifier: str, kind: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an artifact"):
        parts(type=kind, identifier=identifier)


def test_a_refusal_tells_nothing_of_the_name() -> None:
    with pytest.raises(ValueError, match="cannot be") as caught:
        parts("s3cr3t" * 60, type="S3")
    assert "s3cr" not in str(caught.value)


def test_a_buildspecs_name_counts_where_the_project_allows_it() -> None:
    allowed = {"type": "S3", "name": "n", "override_artifact_name": True}
    assert uses_own_name(ArtifactsPlan(**allowed))  # type: ignore[arg-type]
    for less in ({"type": ""}, {"name": ""}, {"override_artifact_name": False}):
        assert not uses_own_name(ArtifactsPlan(**(allowed | less)))  # type: ignore[arg-type]
