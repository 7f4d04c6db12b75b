"""build.json: a build's result in the shape of the API's `Build`, with our own part beside it.

Source: API reference, Build, BuildPhase, ProjectEnvironment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from localbuild.events.document_cache import cache_facts, project_cache
from localbuild.events.document_course import course_facts
from localbuild.events.document_outputs import (
    artifact_facts,
    primary_artifacts,
    secondary_artifacts,
)
from localbuild.events.document_reports import report_summary
from localbuild.events.document_sides import side_facts
from localbuild.events.document_sources import secondary_source_versions, secondary_sources
from localbuild.events.model import BuildStarted
from localbuild.events.result import BuildResult, PhaseResult
from localbuild.events.shapes import (
    parse_time,
    print_time,
    read_integer,
    read_object,
    read_text,
)
from localbuild.terms import PhaseType, StatusType


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """What a list of builds says of one build: read from its build.json."""

    id: str
    number: int
    project: str
    status: StatusType
    phase: PhaseType
    started: datetime
    ended: datetime | None
    exit_code: int | None
    planned: int
    ran: int
    failed: int


def build_document(result: BuildResult) -> dict[str, object]:
    """The document of a result; a running build's one lacks `endTime` and has no exit code."""
    started, ended = result.started, result.ended
    document: dict[str, object] = {
        "id": started.build,
        "arn": started.arn,
        "buildNumber": started.number,
        "projectName": started.project,
        "startTime": print_time(started.time),
        "currentPhase": current_phase(result).value,
        "buildStatus": result.status.value,
        "buildComplete": ended is not None,
        "initiator": started.initiator,
        "sourceVersion": started.source_version,
        "resolvedSourceVersion": started.resolved_source_version,
        "timeoutInMinutes": ceil(started.timeout_s / 60),
        "source": {
            "type": started.source_type,
            "location": started.source,
            "buildspec": result.buildspec,
        },
        "secondarySources": secondary_sources(started),
        "secondarySourceVersions": secondary_source_versions(started),
        "environment": _environment(started),
        "phases": _phases(result),
        "artifacts": primary_artifacts(result),
        "secondaryArtifacts": secondary_artifacts(result),
        "cache": project_cache(started),
        "logs": {
            "cloudWatchLogs": {"status": "DISABLED"},
            "s3Logs": {"status": "DISABLED"},
        },
        "exportedEnvironmentVariables": [
            {"name": name, "value": value} for name, value in result.exported
        ],
        "reportArns": [report.report_arn for report in result.reports],
        "localbuild": _own(result),
    }
    if started.auto_retry_limit:
        document["autoRetryConfig"] = _auto_retry(started)
    if started.debug_session:
        document["debugSession"] = {"sessionEnabled": True}
    if ended is not None:
        document["endTime"] = print_time(ended.time)
    return document


def _exit_code(result: BuildResult) -> int | None:
    """None for a build that runs, or whose process died without a word."""
    code = result.ended.exit_code if result.ended else -1
    return code if code >= 0 else None


def _auto_retry(started: BuildStarted) -> dict[str, object]:
    """Source: API reference, AutoRetryConfig."""
    config: dict[str, object] = {
        "autoRetryLimit": started.auto_retry_limit,
        "autoRetryNumber": started.auto_retry_number,
    }
    if started.previous_auto_retry:
        config["previousAutoRetry"] = started.previous_auto_retry
    return config


def current_phase(result: BuildResult) -> PhaseType:
    """The phase that the build is in: COMPLETED once it is over."""
    if result.ended is not None:
        return PhaseType.COMPLETED
    return result.phases[-1].type if result.phases else PhaseType.SUBMITTED


def count_commands(result: BuildResult) -> dict[str, int]:
    """`planned`, `ran`, `failed`: a command counts once, however often its phase ran it.

    A command ran where it has an exit status; it failed where its last one is not 0. Those of the
    image's runtimes, which run in DOWNLOAD_SOURCE, are not the buildspec's and not counted.
    """
    own = [c for c in result.commands if c.phase is not PhaseType.DOWNLOAD_SOURCE]
    last = {(c.phase, c.list, c.number): c.exit_status for c in own}
    return {
        "planned": result.planned,
        "ran": len(last),
        "failed": sum(1 for status in last.values() if status),
    }


def build_number_of(document: Mapping[str, object]) -> int:
    """The number of a build by its build.json. Raises ValueError where there is none."""
    return read_integer(document.get("buildNumber"))


def read_build_document(document: Mapping[str, object]) -> BuildSummary:
    """The summary of a build.json. Raises ValueError where it is none of ours."""
    own = read_object(document.get("localbuild"))
    commands = read_object(own.get("commands"))
    ended, exit_code = document.get("endTime"), own.get("exitCode")
    return BuildSummary(
        id=read_text(document.get("id")),
        number=build_number_of(document),
        project=read_text(document.get("projectName")),
        status=StatusType(read_text(document.get("buildStatus"))),
        phase=PhaseType(read_text(document.get("currentPhase"))),
        started=parse_time(document.get("startTime")),
        ended=None if ended is None else parse_time(ended),
        exit_code=None if exit_code is None else read_integer(exit_code),
        planned=read_integer(commands.get("planned")),
        ran=read_integer(commands.get("ran")),
        failed=read_integer(commands.get("failed")),
    )


def _environment(started: BuildStarted) -> dict[str, object]:
    return {
        "type": started.environment_type,
        "image": started.image,
        "computeType": started.compute_type,
        "privilegedMode": started.privileged,
        "environmentVariables": [
            {"name": v.name, "value": v.value, "type": v.type}
            for v in started.environment_variables
        ],
    }


def _phases(result: BuildResult) -> list[dict[str, object]]:
    """As the API has it: a running phase and COMPLETED have no status and no end."""
    phases = [_phase(phase) for phase in result.phases]
    completed = any(phase.type is PhaseType.COMPLETED for phase in result.phases)
    if result.ended is not None and not completed:
        phases.append({"phaseType": "COMPLETED", "startTime": print_time(result.ended.time)})
    return phases


def _phase(phase: PhaseResult) -> dict[str, object]:
    found: dict[str, object] = {
        "phaseType": phase.type.value,
        "startTime": print_time(phase.started),
    }
    if phase.ended is not None:
        seconds = (phase.ended - phase.started).total_seconds()
        found |= {
            "phaseStatus": phase.status.value,
            "endTime": print_time(phase.ended),
            "durationInSeconds": max(0, int(seconds)),
            "contexts": [
                {"statusCode": phase.context.status_code, "message": phase.context.message}
            ],
        }
    return found


def _own(result: BuildResult) -> dict[str, object]:
    return {
        "exitCode": _exit_code(result),
        "commands": count_commands(result),
        "cache": cache_facts(result),
        "artifacts": artifact_facts(result),
        "reports": [report_summary(report) for report in result.reports],
        **side_facts(result),
        **course_facts(result),
    }
