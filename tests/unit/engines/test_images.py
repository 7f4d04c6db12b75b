"""Names of images, as an engine writes them and as it refuses them."""

import pytest

from localbuild.engines.docker.images import pull_refusal, short_name

SHORT = (
    'short-name "%s" did not resolve to an alias and no unqualified-search registries are defined'
)


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("localbuild-cache:1", "localbuild-cache:1"),
        ("docker.io/library/localbuild-cache:1", "localbuild-cache:1"),
        ("docker.io/localbuild/contract:1", "localbuild/contract:1"),
        ("localhost/localbuild-cache:1", "localbuild-cache:1"),
        ("example.com/docker.io/x:1", "example.com/docker.io/x:1"),
        ("localhost:5000/x:1", "localhost:5000/x:1"),
    ],
)
def test_a_name_is_told_as_it_was_given(written: str, given: str) -> None:
    assert short_name(written) == given


@pytest.mark.parametrize(
    ("name", "full"),
    [("python:3.12", "docker.io/library/python:3.12"), ("team/x", "docker.io/team/x")],
)
def test_a_short_name_that_is_refused_is_told_in_full(name: str, full: str) -> None:
    refusal = pull_refusal(name, SHORT % name)
    assert refusal.message == SHORT % name
    assert refusal.hints == (f"name its registry: localbuild run --image {full}",)


def test_any_other_refusal_has_no_such_hint() -> None:
    assert pull_refusal("python:3.12", "manifest unknown").hints == ()
