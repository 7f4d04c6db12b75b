"""The build's variables as its shell has them now: for exports, and for texts that name files."""

from collections.abc import Mapping, Sequence

from localbuild.container.said import Said
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import text_script, variables_script
from localbuild.ports.engine import CommandRequest, Container, EndKind, Interrupted

_MOST_BYTES = 16 * 1024 * 1024


def read_values(
    plan: BuildPlan, container: Container, names: Sequence[str], interrupted: Interrupted
) -> Mapping[str, str] | None:
    """The values of those of some variables that are set; None where they cannot be read.

    `names` are shell names. Source: buildspec reference, env/exported-variables.
    """
    if not names:
        return {}
    said = Said(_MOST_BYTES)
    request = CommandRequest(script=variables_script(names), shell=plan.shell)
    end = container.run(request, said.take, interrupted)
    if end.kind is not EndKind.EXITED or end.exit_status != 0 or not said.is_whole:
        return None
    values = said.data().decode("utf-8", "replace").split("\0")
    return {n: v[1:] for n, v in zip(names, values, strict=False) if v.startswith("=")}


def evaluate_text(
    plan: BuildPlan, container: Container, text: str, interrupted: Interrupted
) -> str | None:
    """A text as the build's shell expands it between double quotes, on one line, or None.

    Source: buildspec reference, artifacts/name: `myname-$(date +%Y-%m-%d)`.
    """
    said = Said(_MOST_BYTES)
    request = CommandRequest(script=text_script(text), shell=plan.shell)
    end = container.run(request, said.take, interrupted)
    if end.kind is not EndKind.EXITED or end.exit_status != 0 or not said.is_whole:
        return None
    return " ".join(said.data().decode("utf-8", "surrogateescape").split())
