"""The lines of a build's end that say what was not the real thing in it. Pure."""

from collections.abc import Iterator

from localbuild.events.model import CommandSkipped
from localbuild.events.reasons import is_foreseen
from localbuild.events.result import BuildResult
from localbuild.events.stand_ins import StubUse
from localbuild.lines import one_line

_CALLS_SHOWN = 3
_CALL_LENGTH = 60


def stand_in_lines(result: BuildResult) -> Iterator[str]:
    """`skipped: POST_BUILD, 3 commands`, `stub: aws, 2 calls: …`, `fake secret: DB_PASSWORD`.

    And what a build of part of the way has left out: `ended: after BUILD (--until)`.
    """
    started = result.started
    if started.resumed_from:
        yield f"resumed: from build {started.resumed_from}, in its container"
    if started.until:
        yield f"ended: after {started.until} (--until)"
    found = result.stand_ins
    if found is None:
        return
    for phase in found.skipped_phases:
        count = sum(command.phase is phase for command in result.skipped)
        yield f"skipped: {phase}, {_counted(count, 'command')} (--skip)"
    for stub in found.stubs:
        yield f"stub: {one_line(stub.command)}, {_calls(stub)} (--stub)"
    for name in found.fake_secrets:
        yield f"fake secret: {one_line(name)} (--fake-secret)"


def unforeseen(result: BuildResult) -> tuple[CommandSkipped, ...]:
    """The commands that did not run although the user wanted them to."""
    wanted_so = result.stand_ins.skipped_phases if result.stand_ins else ()
    return tuple(
        command
        for command in result.skipped
        if command.phase not in wanted_so and not is_foreseen(command.reason)
    )


def _calls(stub: StubUse) -> str:
    if stub.calls < 0:
        return "calls not known"
    shown = [_cut(one_line(call)) for call in stub.arguments[:_CALLS_SHOWN]]
    if shown and stub.calls > len(shown):
        shown.append("...")
    return _counted(stub.calls, "call") + (f": {'; '.join(shown)}" if any(shown) else "")


def _cut(text: str) -> str:
    return text if len(text) <= _CALL_LENGTH else f"{text[: _CALL_LENGTH - 3]}..."


def _counted(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"
