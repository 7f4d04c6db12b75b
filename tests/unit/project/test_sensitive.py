"""Values that Terraform marks as sensitive are masked, wherever the mark stands."""

import json

import pytest

from tests.unit.project.support import read

VARIABLES = [
    {"name": "STAGE", "value": "development", "type": "PLAINTEXT"},
    {"name": "TOKEN", "value": "hunter22", "type": "PLAINTEXT"},
    {"name": "EMPTY", "value": "", "type": "PLAINTEXT"},
]
SOURCE = {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {}\n"}
ALL = ("development", "hunter22")
SECOND = [{}, {"value": True}]


def masked_with(marks: object) -> tuple[str, ...]:
    """What is masked of a project with VARIABLES that has these marks."""
    resource: dict[str, object] = {
        "address": "aws_codebuild_project.web",
        "type": "aws_codebuild_project",
        "name": "web",
        "values": {
            "name": "web",
            "source": [SOURCE],
            "environment": [{"image": "img:1", "environment_variable": VARIABLES}],
        },
    }
    if marks is not None:
        resource["sensitive_values"] = marks
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    return read(json.dumps(state), file="state.json").masked


@pytest.mark.parametrize(
    ("marks", "masked"),
    [
        (None, ()),
        ({}, ()),
        (False, ()),
        ({"environment": [{"environment_variable": SECOND}]}, ("hunter22",)),
        ({"environment": [{"environment_variable": [{}, {"value": "true"}]}]}, ()),
        ({"environment": [{"environment_variable": [{}, True]}]}, ("hunter22",)),
        ({"environment": [{"environment_variable": True}]}, ALL),
        ({"environment": [{"environment_variable": [{}]}]}, ()),
        ({"environment": [{"image": True}]}, ()),
        ({"environment": True, "source": True}, ALL),
        (True, ALL),
        ({"environment": "true"}, ()),
    ],
    ids=str,
)
def test_what_is_marked_is_masked(marks: object, masked: tuple[str, ...]) -> None:
    assert masked_with(marks) == masked
