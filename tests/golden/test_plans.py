"""The plan of every sample is the one in `plans/`; UPDATE_GOLDEN=1 writes them anew.

What a change does to plans is then read in the difference of these files.
"""

import difflib
import json
import os
import tomllib
from pathlib import Path

import pytest

from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.read import read_buildspec
from localbuild.plan.codec import plan_from_json, plan_to_json
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.project.model import Project

ROOT = Path(__file__).parents[2]
PLANS_DIR = Path(__file__).parent / "plans"
SAMPLES = sorted(path.parent for path in ROOT.glob("samples/*/buildspec.yml"))
NAMES = [path.name for path in SAMPLES]

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)


def buildspec_of(sample: Path) -> Buildspec:
    return read_buildspec((sample / "buildspec.yml").read_bytes(), "buildspec.yml")


def plan_of(sample: Path) -> BuildPlan:
    """The plan of a build that is asked for nothing but its image."""
    image = tomllib.loads((sample / "localbuild.toml").read_text())["image"]
    request = BuildRequest(
        project=Project(name=sample.name, image=image),
        environment=EnvironmentPlan(image=image, image_reference=image),
        source=SourcePlan(location=f"/samples/{sample.name}", directory=""),
    )
    return compile_plan(buildspec_of(sample), request)


def printed(plan: BuildPlan) -> str:
    return json.dumps(plan_to_json(plan), indent=2, ensure_ascii=False) + "\n"


@each_sample
def test_a_plan_is_the_golden_one(sample: Path) -> None:
    golden = PLANS_DIR / f"{sample.name}.json"
    found = printed(plan_of(sample))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found)
    wanted = golden.read_text() if golden.exists() else ""
    if found != wanted:
        changes = difflib.unified_diff(
            wanted.splitlines(), found.splitlines(), "golden", "compiled", lineterm=""
        )
        pytest.fail("\n".join([*changes, "UPDATE_GOLDEN=1 accepts it"]), pytrace=False)


@each_sample
def test_a_plan_survives_json(sample: Path) -> None:
    plan = plan_of(sample)
    assert plan_from_json(json.loads(printed(plan))) == plan


@each_sample
def test_a_sample_gives_no_warnings(sample: Path) -> None:
    assert buildspec_of(sample).warnings == ()


@each_sample
def test_a_sample_expects_as_many_commands_as_are_planned(sample: Path) -> None:
    expected = tomllib.loads((sample / "expected.toml").read_text())
    assert plan_of(sample).planned_commands == expected["commands"]["planned"]


def test_no_golden_plan_is_left_over() -> None:
    assert sorted(path.stem for path in PLANS_DIR.iterdir()) == NAMES


def test_no_sample_names_a_registry() -> None:
    """Where packages come from is the user's setting, so a lock file has no addresses either."""
    texts = {p: p.read_text() for s in SAMPLES for p in s.rglob("*") if _is_kept(p)}
    assert [str(p.relative_to(ROOT)) for p, text in texts.items() if "://" in text] == []


def _is_kept(path: Path) -> bool:
    return path.is_file() and not {".localbuild", "__pycache__"} & set(path.parts)
