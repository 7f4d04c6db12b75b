"""What build.json tells beside a build's result: what was left out or stood in for. Pure."""

from collections.abc import Iterable

from localbuild.events.document_commands import failed_command, skipped_command
from localbuild.events.model import Warned
from localbuild.events.result import BuildResult
from localbuild.events.stand_ins import StandIns


def side_facts(result: BuildResult) -> dict[str, object]:
    """The last keys of `localbuild`."""
    return {
        "skipped": [skipped_command(command) for command in result.skipped],
        "failedCommand": failed_command(result),
        "stubs": _stubs(result.stand_ins),
        "fakeSecrets": list(result.stand_ins.fake_secrets) if result.stand_ins else [],
        "warnings": [_warning(warned) for warned in result.warnings],
        "timings": _timings(result.timings),
    }


def _stubs(found: StandIns | None) -> list[dict[str, object]]:
    """`calls` is None where they could not be counted."""
    return [
        {
            "command": stub.command,
            "calls": stub.calls if stub.calls >= 0 else None,
            "arguments": list(stub.arguments),
        }
        for stub in (found.stubs if found else ())
    ]


def _warning(warned: Warned) -> dict[str, object]:
    return {
        "message": warned.message,
        "code": warned.code,
        "file": warned.file,
        "line": warned.line,
        "hints": list(warned.hints),
    }


def _timings(timings: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Seconds by name; what was done twice took as long as both times together."""
    found: dict[str, float] = {}
    for name, seconds in timings:
        found[name] = round(found.get(name, 0.0) + seconds, 6)
    return found
