"""`localbuild doctor`."""

from typing import TYPE_CHECKING

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import build_options, global_options
from localbuild.cli.options.sources import source_argument
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode

if TYPE_CHECKING:
    from localbuild.cli.checks import Finding

_PATIENCE_S = 5.0


def doctor(ctx: click.Context) -> int:
    """Check what builds need.

    Engine, image, buildspec, git, disk: each on its own, and each within five seconds. It takes
    the options of run. The exit code is 1 where there is a problem; a warning is none.
    """
    from localbuild.cli.checks import Verdict, all_checks, run_checks

    call = read_call(ctx)
    found = []
    for name, finding in run_checks(all_checks(call), _PATIENCE_S):
        found.append((name, finding))
        if not call.flag("json"):
            _tell(finding, call)
    if call.flag("json"):
        call.voice.document([_as_object(name, finding) for name, finding in found])
    problems = sum(1 for _, f in found if f.verdict is Verdict.PROBLEM)
    warnings = sum(1 for _, f in found if f.verdict is Verdict.WARNING)
    call.voice.remark(_sum(problems, warnings))
    return ExitCode.FAILED if problems else ExitCode.SUCCEEDED


def _tell(finding: "Finding", call: Call) -> None:
    from localbuild.logs.style import choose_style

    out = call.world.stdout
    color = call.text("color") or "auto"
    style = choose_style(color, call.world.environ, out.isatty(), out.encoding or "utf-8")
    marks = {
        "good": style.paint("good", style.sign("good")),
        "warning": style.paint("warn", "!"),
        "problem": style.paint("bad", style.sign("bad")),
    }
    call.voice.data(f"{marks[finding.verdict]} {finding.text}")
    for hint in finding.hints:
        call.voice.data(f"    {hint}")


def _as_object(name: str, finding: "Finding") -> dict[str, object]:
    return {
        "id": name,
        "verdict": finding.verdict.value,
        "text": finding.text,
        "hints": list(finding.hints),
    }


def _sum(problems: int, warnings: int) -> str:
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((problems, "problem"), (warnings, "warning"))
        if number
    ]
    return ", ".join(parts) or "All good."


COMMAND = Verb(
    "doctor",
    doctor,
    params=[source_argument(), *build_options()],
    global_options=global_options(),
)
