"""CodeBuild's own words, spelled as its API spells them.

Source: API reference, BuildPhaseType, StatusType, EnvironmentVariableType, ReportType,
ReportStatusType, TestCase status; buildspec reference.
"""

from enum import StrEnum


class PhaseType(StrEnum):
    """A build's phases in the order in which they are entered."""

    SUBMITTED = "SUBMITTED"
    QUEUED = "QUEUED"
    PROVISIONING = "PROVISIONING"
    DOWNLOAD_SOURCE = "DOWNLOAD_SOURCE"
    INSTALL = "INSTALL"
    PRE_BUILD = "PRE_BUILD"
    BUILD = "BUILD"
    POST_BUILD = "POST_BUILD"
    UPLOAD_ARTIFACTS = "UPLOAD_ARTIFACTS"
    FINALIZING = "FINALIZING"
    COMPLETED = "COMPLETED"


COMMAND_PHASES = (
    PhaseType.INSTALL,
    PhaseType.PRE_BUILD,
    PhaseType.BUILD,
    PhaseType.POST_BUILD,
)
"""The phases that a buildspec can give commands to, in the order of running."""


class StatusType(StrEnum):
    """The status of a build and of a phase."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    FAULT = "FAULT"
    TIMED_OUT = "TIMED_OUT"
    IN_PROGRESS = "IN_PROGRESS"
    STOPPED = "STOPPED"


class OnFailureAction(StrEnum):
    """What follows a failed phase that says `on-failure`."""

    ABORT = "ABORT"
    CONTINUE = "CONTINUE"
    RETRY = "RETRY"


class ReportType(StrEnum):
    """What a report group holds."""

    TEST = "TEST"
    CODE_COVERAGE = "CODE_COVERAGE"


class ReportStatusType(StrEnum):
    """The status of a report."""

    GENERATING = "GENERATING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    INCOMPLETE = "INCOMPLETE"
    DELETING = "DELETING"


class CaseStatusType(StrEnum):
    """The status of a test case of a report."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


class VariableType(StrEnum):
    """Where the value of an environment variable comes from."""

    PLAINTEXT = "PLAINTEXT"
    PARAMETER_STORE = "PARAMETER_STORE"
    SECRETS_MANAGER = "SECRETS_MANAGER"
