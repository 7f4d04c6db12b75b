"""An image's `runtimes.yml`, as it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.errors import BuildspecError
from localbuild.plan.runtime_versions import ImageRuntime, ListedVersion
from localbuild.plan.runtimes_file import RUNTIMES_FILE, read_runtimes

TEXT = b"""
version: 0.1
runtimes:
  android:
    versions:
      28:
        requires: {java: [corretto8, "corretto11"]}
        commands: [echo android]
  python:
    versions:
      3.10:
        commands:
          - echo one
          - |
            for tool in a b; do
              echo $tool
            done
      default:
        commands: [get $VERSION]
"""


def test_versions_are_as_they_are_written() -> None:
    assert read_runtimes(TEXT) == (
        ImageRuntime(
            name="android",
            versions=(
                ListedVersion(
                    version="28",
                    commands=("echo android",),
                    requires=(("java", ("corretto8", "corretto11")),),
                ),
            ),
        ),
        ImageRuntime(
            name="python",
            versions=(
                ListedVersion(
                    version="3.10",
                    commands=("echo one", "for tool in a b; do\n  echo $tool\ndone\n"),
                ),
            ),
            default=ListedVersion(version="default", commands=("get $VERSION",)),
        ),
    )


def test_a_default_may_stand_beside_the_versions() -> None:
    (runtime,) = read_runtimes(b"runtimes: {a: {versions: {1: {}}, default: {commands: [x]}}}")
    assert [v.version for v in runtime.versions] == ["1"]
    assert runtime.default == ListedVersion(version="default", commands=("x",))


@pytest.mark.parametrize("text", ["", "version: 0.1", "runtimes:", "runtimes: []", "- a", "a"])
def test_a_file_without_runtimes_has_none(text: str) -> None:
    assert read_runtimes(text.encode()) == ()


@pytest.mark.parametrize(
    "text",
    ["runtimes: {a: x}", "runtimes: {a: {versions: [1]}}", "runtimes: {a: }"],
)
def test_a_runtime_of_another_shape_has_no_versions(text: str) -> None:
    assert read_runtimes(text.encode()) == (ImageRuntime(name="a"),)


def test_text_that_is_no_yaml_is_refused_with_its_place() -> None:
    with pytest.raises(BuildspecError) as refused:
        read_runtimes(b"runtimes:\n  a: [\n")
    place = refused.value.problems[0].place
    assert place.file == RUNTIMES_FILE
    assert place.line >= 2


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = read_runtimes(data)
    except BuildspecError as error:
        places = [problem.place.line for problem in error.problems]
    else:
        places = [len(runtime.versions) + 1 for runtime in found] or [1]
    assert min(places, default=0) >= 1
