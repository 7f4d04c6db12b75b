"""Settings become a request: names, limits, images."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.cli.buildspecs import BuildspecChoice
from localbuild.cli.request import Circumstances, limit_notes, make_request, name_from
from localbuild.cli.settings import Settings
from localbuild.plan.compute import COMPUTE_TYPES, Capacity, limits_within
from localbuild.plan.model import SourcePlan

GIB = 1024**3
LAPTOP = Capacity(cpus=2, memory_bytes=8 * GIB)
HERE = Circumstances(
    source=SourcePlan(location="/home/me/my-app", directory=""), name="my-app", machine=LAPTOP
)
CHOICE = BuildspecChoice(file="buildspec.yml", path="buildspec.yml")


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("/home/me/my-app", "my-app"),
        ("/home/me/My App (2)/", "My-App-2"),
        ("/srv/_x.y_", "x-y_"),
        ("/x", "x-localbuild"),
        ("/", "localbuild"),
        ("/äöü", "localbuild"),
        ("/" + "a" * 300, "a" * 150),
    ],
)
def test_a_folder_s_name_as_a_project_s(location: str, name: str) -> None:
    assert name_from(location) == name


@given(st.text())
def test_every_folder_has_a_name_that_the_api_takes(location: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}", name_from(location))


def test_limits_are_those_of_the_compute_type() -> None:
    settings = Settings(compute_type="BUILD_GENERAL1_SMALL")
    environment = make_request(settings, HERE, CHOICE, ()).environment
    assert (environment.cpus, environment.memory_bytes) == (2.0, 4 * GIB)
    assert limit_notes(settings, LAPTOP) == ()


def test_no_compute_type_no_limits() -> None:
    environment = make_request(Settings(), HERE, CHOICE, ()).environment
    assert (environment.cpus, environment.memory_bytes) == (0.0, 0)


def test_a_compute_type_larger_than_the_machine_is_no_limit_and_a_note() -> None:
    settings = Settings(compute_type="BUILD_GENERAL1_LARGE")
    environment = make_request(settings, HERE, CHOICE, ()).environment
    assert (environment.cpus, environment.memory_bytes) == (0.0, 0)
    sizes = "(8 CPUs, 16 GiB) is larger than this machine (2 CPUs, 8 GiB)"
    assert limit_notes(settings, LAPTOP) == (f"BUILD_GENERAL1_LARGE {sizes}: no limit set",)


@pytest.mark.parametrize(
    ("machine", "what"),
    [
        (Capacity(cpus=2.0, memory_bytes=64 * GIB), "of CPUs "),
        (Capacity(cpus=64.0, memory_bytes=8 * GIB), "of memory "),
    ],
)
def test_only_the_limit_that_is_too_large_is_not_set(machine: Capacity, what: str) -> None:
    (note,) = limit_notes(Settings(compute_type="BUILD_GENERAL1_LARGE"), machine)
    assert note.endswith(f": no limit {what}set")


def test_what_was_asked_for_in_numbers_is_taken_as_it_is() -> None:
    settings = Settings(compute_type="BUILD_GENERAL1_SMALL", cpus=64.0, memory=GIB)
    environment = make_request(settings, HERE, CHOICE, ()).environment
    assert (environment.cpus, environment.memory_bytes) == (64.0, GIB)


@pytest.mark.parametrize("name", COMPUTE_TYPES)
def test_a_machine_that_tells_nothing_sets_every_limit(name: str) -> None:
    assert limits_within(COMPUTE_TYPES[name], Capacity()) == COMPUTE_TYPES[name]


def test_the_image_that_the_engine_is_asked_for() -> None:
    settings = Settings(
        image="aws/codebuild/standard:7.0", images={"aws/codebuild/standard:7.0": "mine:7"}
    )
    environment = make_request(settings, HERE, CHOICE, ()).environment
    assert (environment.image, environment.image_reference) == (settings.image, "mine:7")


def test_what_is_known_of_the_source() -> None:
    source = SourcePlan(
        location="/src/app",
        directory="",
        version="v1",
        resolved_version="c0ffee",
        repo_url="https://x/y",
    )
    around = Circumstances(source=source, name="app", initiator="me")
    request = make_request(Settings(source_mode="mount"), around, CHOICE, (("A", "1"),))
    assert (request.project.name, request.source.mode) == ("app", "mount")
    assert (request.source.version, request.source.resolved_version) == ("v1", "c0ffee")
    assert (request.source.repo_url, request.initiator) == ("https://x/y", "me")
    assert request.variables == (("A", "1"),)
