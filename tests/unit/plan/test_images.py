"""What is said of an image that is not to be had."""

import pytest

from localbuild.plan.images import DEFAULT_IMAGE, image_hints, resolve_image

PRIVATE = "aws/codebuild/standard:7.0"
MAPPED = {PRIVATE: "mine/standard:7"}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("python:3.12", "docker pull python:3.12"),
        (DEFAULT_IMAGE, "docker pull public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0"),
        (PRIVATE, "docker pull mine/standard:7"),
    ],
)
def test_the_first_hint_is_no_image_that_was_just_refused(name: str, first: str) -> None:
    hints = image_hints(name, resolve_image(name, MAPPED))
    assert hints[0].endswith(first)
    assert "localbuild run --image IMAGE" in hints[1]


def test_a_public_image_is_offered_for_one_that_nobody_publishes() -> None:
    hints = image_hints(PRIVATE, resolve_image(PRIVATE, {}))
    assert hints[0].endswith("localbuild run --image " + resolve_image(DEFAULT_IMAGE, {}))
