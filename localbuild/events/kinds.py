"""Every kind of event by its name in `events.jsonl`."""

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.model import (
    AgentLine,
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandSkipped,
    CommandStarted,
    Event,
    Failed,
    Output,
    PhaseEnded,
    PhaseRetried,
    PhaseStarted,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.reports import ReportMade
from localbuild.events.stand_ins import StandIns

EVENT_TYPES: dict[str, type[Event]] = {
    "build-started": BuildStarted,
    "build-planned": BuildPlanned,
    "phase-started": PhaseStarted,
    "phase-ended": PhaseEnded,
    "phase-retried": PhaseRetried,
    "command-started": CommandStarted,
    "output": Output,
    "command-ended": CommandEnded,
    "command-skipped": CommandSkipped,
    "agent": AgentLine,
    "warning": Warned,
    "error": Failed,
    "exported-variables": VariablesExported,
    "cache-restored": CacheRestored,
    "cache-saved": CacheSaved,
    "report": ReportMade,
    "artifact-uploaded": ArtifactUploaded,
    "stand-ins": StandIns,
    "container-started": ContainerStarted,
    "container-kept": ContainerKept,
    "timing": Timing,
    "build-ended": BuildEnded,
}
