"""What is generated from the program: the reference page and the schemas of config and plan."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from localbuild.buildspec.read import read_buildspec
from localbuild.cli.app import TABLE
from localbuild.cli.config_schema import config_schema
from localbuild.cli.layers import KEYS
from localbuild.cli.reference import reference_page
from localbuild.plan.codec import plan_to_json
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import EnvironmentPlan, SourcePlan
from localbuild.plan.schema import plan_schema
from localbuild.project.model import Project

ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "samples").glob("*/buildspec.yml"))
CONFIG = Draft7Validator(config_schema())
PLAN = Draft7Validator(plan_schema())
GENERATED: dict[str, Callable[[], str]] = {
    "docs/cli.md": reference_page,
    "schemas/config.schema.json": lambda: as_json(config_schema()),
    "schemas/plan.schema.json": lambda: as_json(plan_schema()),
}


def as_json(value: object) -> str:
    """A value as the generated files have it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_committed_is_what_is_generated(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name]()


@pytest.mark.parametrize("schema", [config_schema(), plan_schema()], ids=["config", "plan"])
def test_schemas_are_schemas(schema: dict[str, object]) -> None:
    Draft7Validator.check_schema(schema)


def test_the_page_has_every_verb() -> None:
    page = reference_page()
    for name, lazy in TABLE.items():
        assert (f"\n## localbuild {name}" in page) is not bool(lazy.alias_of)


def test_the_config_schema_has_every_key() -> None:
    properties = config_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {*KEYS, "env", "images", "lint"}


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('image = "a"\nprivileged = true\nmemory = "3g"\ncpus = 1.5\n', True),
        ('name = "app"\ntimeout = "30m"\nvolume = ["a:/a"]\n[env]\nA = "1"\n', True),
        ('[images]\n"aws/codebuild/standard:7.0" = "mine"\n', True),
        ('privileged = "yes"\n', False),
        ('imag = "a"\n', False),
        ('pull = "often"\n', False),
        ("[env]\nA = 1\n", False),
        ('name = "-"\n', False),
    ],
)
def test_the_config_schema_accepts_what_is_read(text: str, valid: bool) -> None:
    assert CONFIG.is_valid(tomllib.loads(text)) is valid


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.parent.name)
def test_every_sample_s_plan_is_valid(sample: Path) -> None:
    request = BuildRequest(
        project=Project(name="app"),
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location="/src", directory=""),
    )
    plan = plan_to_json(compile_plan(read_buildspec(sample.read_bytes(), "buildspec.yml"), request))
    PLAN.validate(plan)
    assert not PLAN.is_valid({**plan, "surplus": 1})
    assert not PLAN.is_valid({k: v for k, v in plan.items() if k != "phases"})
