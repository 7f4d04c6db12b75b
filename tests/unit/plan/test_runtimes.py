"""Which versions are selected: tables, and what holds for any list of versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.plan.runtime_versions import (
    ImageRuntime,
    ListedVersion,
    PlannedRuntime,
    age_of,
    find_version,
)
from localbuild.plan.runtimes import Selection, select_runtimes

NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=3)
VERSIONS = st.lists(
    NUMBERS.map(lambda numbers: ".".join(map(str, numbers))), min_size=1, max_size=8, unique=True
)


def listed(*versions: str) -> tuple[ListedVersion, ...]:
    return tuple(
        ListedVersion(version=version, commands=(f"use {version}",)) for version in versions
    )


IMAGE = (
    ImageRuntime(
        name="python",
        versions=listed("3.9", "3.10", "3.12"),
        default=ListedVersion(version="default", commands=("get $VERSION",)),
    ),
    ImageRuntime(name="nodejs", versions=listed("20", "18", "8.11", "8.2")),
    ImageRuntime(name="java", versions=listed("corretto8", "corretto11")),
    ImageRuntime(
        name="android",
        versions=(
            ListedVersion(version="28", requires=(("java", ("corretto8",)),)),
            ListedVersion(version="29", requires=(("java", ("corretto8", "corretto11")),)),
            ListedVersion(version="30", requires=(("java", ("corretto21",)),)),
        ),
    ),
    ImageRuntime(
        name="kotlin",
        versions=(ListedVersion(version="2", requires=(("android", ("29", "28")),)),),
    ),
)


def select(**asked: str) -> Selection:
    """What is selected; each runtime stands on a line of its own."""
    planned = [
        PlannedRuntime(name=name, version=version, line=line)
        for line, (name, version) in enumerate(asked.items(), start=5)
    ]
    return select_runtimes(planned, IMAGE, {"PY": "3.9", "ANY": "latest", "EMPTY": ""})


@pytest.mark.parametrize(
    ("name", "asked", "version"),
    [
        ("python", "3.12", "3.12"),
        ("python", "3.10", "3.10"),
        ("python", "3.x", "3.12"),
        ("python", "3.9.x", "3.9"),
        ("python", "latest", "3.12"),
        ("python", "$PY", "3.9"),
        ("python", "${PY}", "3.9"),
        ("python", "$ANY", "3.12"),
        ("python", " 3.9 ", "3.9"),
        ("nodejs", "latest", "20"),
        ("nodejs", "18.x", "18"),
        ("nodejs", "8.x", "8.11"),
        ("java", "corretto11", "corretto11"),
        ("java", "corretto8.x", "corretto8"),
        ("java", "latest", "corretto11"),
    ],
)
def test_a_version_that_is_listed(name: str, asked: str, version: str) -> None:
    selection = select(**{name: asked})
    assert selection.refusals == ()
    (runtime,) = selection.runtimes
    assert (runtime.name, runtime.found.version, runtime.custom) == (name, version, False)
    assert runtime.found.commands == (f"use {version}",)
    assert selection.lines == (
        f"Selecting '{name}' runtime version '{version}' based on manual selections...",
    )


@pytest.mark.parametrize("asked", ["3.8.1", "3", "3.1", "2.x", "3.12.x.x", "${X:-3.9}", "ünï $"])
def test_any_other_version_is_the_defaults_business(asked: str) -> None:
    (runtime,) = select(python=asked).runtimes
    assert (runtime.found.version, runtime.custom) == (asked, True)
    assert runtime.found.commands == ("get $VERSION",)


@pytest.mark.parametrize(
    ("asked", "message", "hints"),
    [
        (
            {"nodejs": "15"},
            (
                "Unknown runtime version named '15' of nodejs. "
                "This build image has the following versions: 8.2, 8.11, 18, 20"
            ),
            ("write nodejs: latest",),
        ),
        (
            {"nodejs": "8"},
            (
                "Unknown runtime version named '8' of nodejs. "
                "This build image has the following versions: 8.2, 8.11, 18, 20"
            ),
            ("write nodejs: 8.x",),
        ),
        (
            {"python": "$EMPTY"},
            (
                "Unknown runtime version named '' of python. "
                "This build image has the following versions: 3.9, 3.10, 3.12"
            ),
            ("write python: latest",),
        ),
        (
            {"docker": "18"},
            (
                "Unknown runtime named 'docker'. "
                "This build image has the following runtimes: android, java, kotlin, nodejs, python"
            ),
            ("remove 'docker' from it",),
        ),
        (
            {"node": "18"},
            (
                "Unknown runtime named 'node'. "
                "This build image has the following runtimes: android, java, kotlin, nodejs, python"
            ),
            ("did you mean 'nodejs'?",),
        ),
        (
            {"python": "$NOWHERE"},
            "runtime-versions: python: '$NOWHERE': $NOWHERE is not set",
            ("set it: -e NAME=VERSION",),
        ),
        (
            {"android": "30"},
            "android 30 requires java corretto21, which this build image does not have",
            (),
        ),
    ],
)
def test_what_cannot_be_selected(
    asked: dict[str, str], message: str, hints: tuple[str, ...]
) -> None:
    (refusal,) = select(**asked).refusals
    assert (refusal.message, refusal.hints, refusal.line) == (message, hints, 5)


def test_every_refusal_is_told_at_once_in_order() -> None:
    selection = select(docker="18", python="3.9", nodejs="15")
    assert [refusal.line for refusal in selection.refusals] == [5, 7]
    assert [line.split()[1] for line in selection.lines] == ["'docker'", "'python'", "'nodejs'"]


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({"android": "28"}, ["java corretto8", "android 28"]),
        ({"android": "29"}, ["java corretto11", "android 29"]),
        ({"android": "29", "java": "corretto8"}, ["java corretto8", "android 29"]),
        ({"kotlin": "2"}, ["java corretto11", "android 29", "kotlin 2"]),
        ({"kotlin": "2", "android": "28"}, ["java corretto8", "android 28", "kotlin 2"]),
        ({"python": "3.9", "nodejs": "18"}, ["python 3.9", "nodejs 18"]),
    ],
)
def test_what_is_required_comes_first(asked: dict[str, str], order: list[str]) -> None:
    selection = select(**asked)
    assert selection.refusals == ()
    assert [f"{r.name} {r.found.version}" for r in selection.runtimes] == order


def test_a_line_says_what_has_been_added() -> None:
    assert select(android="28").lines == (
        "Selecting 'android' runtime version '28' based on manual selections...",
        "Selecting 'java' runtime version 'corretto8' based on what 'android' requires...",
    )


def test_runtimes_that_do_not_go_together() -> None:
    (refusal,) = select(android="28", java="corretto11").refusals
    assert refusal.message == (
        "Conflicting runtimes: android 28 requires java corretto8, java corretto11 is selected"
    )
    assert (refusal.line, refusal.hints) == (6, ("write java: corretto8",))


def test_a_circle_of_requirements_comes_to_an_end() -> None:
    image = [
        ImageRuntime(name=a, versions=(ListedVersion(version="1", requires=((b, ("1",)),)),))
        for a, b in (("a", "b"), ("b", "a"))
    ]
    selection = select_runtimes([PlannedRuntime(name="a", version="1", line=1)], image, {})
    assert [runtime.name for runtime in selection.runtimes] == ["b", "a"]


@given(VERSIONS, st.data())
def test_an_exact_version_is_itself(versions: list[str], data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(versions))
    found = find_version(asked, listed(*versions))
    assert found is not None
    assert found.version == asked


def numbers_of(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@given(VERSIONS)
def test_latest_is_the_greatest(versions: list[str]) -> None:
    found = find_version("latest", listed(*versions))
    assert found is not None
    assert numbers_of(found.version) == max(map(numbers_of, versions))


@given(VERSIONS, NUMBERS)
def test_a_range_is_its_greatest(versions: list[str], prefix: list[int]) -> None:
    within = [v for v in map(numbers_of, versions) if v[: len(prefix)] == prefix]
    found = find_version(".".join(map(str, prefix)) + ".x", listed(*versions))
    assert (numbers_of(found.version) if found else None) == max(within, default=None)


@given(VERSIONS, st.data())
def test_the_files_order_does_not_decide(versions: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(versions))
    for asked in ("latest", "1.x"):
        one, other = (find_version(asked, listed(*order)) for order in (versions, shuffled))
        assert (one and one.version) == (other and other.version)


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_text_has_an_answer(asked: str, versions: list[str]) -> None:
    found = find_version(asked, listed(*versions))
    assert found is None or found.version in versions


def test_a_number_of_any_length_has_an_age() -> None:
    assert age_of("9" * 5000) > age_of("8" * 5000) > age_of("0" * 6000)
