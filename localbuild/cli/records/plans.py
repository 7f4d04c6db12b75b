"""`plan.json`: the plan in a build's record, without what is secret."""

import json
from pathlib import Path

from localbuild.logs.door import replace_file
from localbuild.plan.codec import plan_from_json, plan_to_json
from localbuild.plan.model import SHOWN, BuildPlan
from localbuild.ports.mask import Mask

FILE = "plan.json"


def save_plan(record: Path, plan: BuildPlan, mask: Mask) -> str | None:
    """Write it; the fault, None where all is well."""
    text = json.dumps(_masked(plan_to_json(plan), mask), indent=2) + "\n"
    return replace_file(record / FILE, text.encode("utf-8", "surrogatepass"))


def load_plan(record: Path) -> BuildPlan:
    """Read it back. Raises OSError; ValueError where it is none."""
    return plan_from_json(json.loads((record / FILE).read_bytes()))


def hides_commands(plan: BuildPlan) -> bool:
    """Whether a command of a plan that was read back may lack a part: it may have been a secret."""
    commands = (c for phase in plan.phases for c in (*phase.commands, *phase.finally_))
    return any(SHOWN in command.text for command in commands)


def _masked(value: object, mask: Mask) -> object:
    if isinstance(value, str):
        return mask.text(value)
    if isinstance(value, dict):
        return {key: _masked(item, mask) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    return value
