"""Every error a user can meet: what, where, why, what next; one class a kind, one exit code.

LocalbuildError
├── UsageError              2   options, config file, env file, project file
│   └── ProjectError            a project's definition, with every problem
├── BuildspecError          3   buildspec missing or invalid (YAML_FILE_ERROR)
├── EngineError             4   engine or image unavailable
│   ├── EngineUnavailableError
│   ├── EngineLostError
│   ├── ImageUnavailableError
│   └── ContainerStartError
│       └── PrivilegeRefusedError
├── StorageError            5   AWS or storage failure that stops the build
│   ├── SecretsError            Parameter Store or Secrets Manager gave no value
│   └── SourceError             a source that is fetched is not to be had
└── HostResourceError       5   the host could not hold what the build must leave behind

A failed build is no error: it is a value (`BuildResult`).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class StatusCode(StrEnum):
    """The `statusCode` of a phase context: CodeBuild's own first, then ours."""

    COMMAND_EXECUTION_ERROR = "COMMAND_EXECUTION_ERROR"
    YAML_FILE_ERROR = "YAML_FILE_ERROR"
    CLIENT_ERROR = "CLIENT_ERROR"
    DECRYPTED_VARIABLES_ERROR = "Decrypted Variables Error"
    SECRETS_MANAGER_ERROR = "Secrets Manager Error"
    BUILD_TIMED_OUT = "BUILD_TIMED_OUT"
    UNABLE_TO_PULL_IMAGE = "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE"
    CONTAINER_TERMINATED = "CONTAINER_TERMINATED"
    ENGINE_UNAVAILABLE = "ENGINE_UNAVAILABLE"
    ENGINE_CONNECTION_LOST = "ENGINE_CONNECTION_LOST"
    HOST_RESOURCE_ERROR = "HOST_RESOURCE_ERROR"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class ExitCode(IntEnum):
    """The contract of the command line's exit codes."""

    SUCCEEDED = 0
    FAILED = 1
    USAGE = 2
    BUILDSPEC = 3
    ENGINE = 4
    STORAGE = 5
    INTERNAL = 70
    TIMED_OUT = 124
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class Severity(StrEnum):
    """How much a problem matters: it is refused, it bites, or there is a better way."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position in a text: `line` and `column` count from 1, `length` in characters."""

    file: str
    line: int
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding about a file.

    `service_message` is what CodeBuild itself prints for it, where that is known.
    """

    severity: Severity
    code: str
    message: str
    place: Place
    excerpt: str = ""
    suggestion: str = ""
    hints: tuple[str, ...] = ()
    service_message: str = ""


class LocalbuildError(Exception):
    """Base of all: `message` is one line, `hints` can be pasted."""

    exit_code: ExitCode = ExitCode.INTERNAL
    status_code: StatusCode = StatusCode.INTERNAL_ERROR

    def __init__(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hints = hints


class UsageError(LocalbuildError):
    """Wrong options, config file, env file or project file; `problems` where places are known."""

    exit_code = ExitCode.USAGE
    status_code = StatusCode.CLIENT_ERROR

    def __init__(
        self, message: str, *, problems: tuple[Problem, ...] = (), hints: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, hints=hints)
        self.problems = problems


class ProjectError(UsageError):
    """A project's definition that CodeBuild would refuse, or that does not say what is meant."""


class BuildspecError(LocalbuildError):
    """A buildspec that is missing or that the service would refuse."""

    exit_code = ExitCode.BUILDSPEC
    status_code = StatusCode.YAML_FILE_ERROR

    def __init__(
        self, message: str, *, problems: tuple[Problem, ...] = (), hints: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, hints=hints)
        self.problems = problems


class EngineError(LocalbuildError):
    """The engine or an image is not to be had."""

    exit_code = ExitCode.ENGINE
    status_code = StatusCode.ENGINE_UNAVAILABLE


class EngineUnavailableError(EngineError):
    """No engine answers, or it does not let us in."""


class EngineLostError(EngineError):
    """The engine went away while a build was running."""

    status_code = StatusCode.ENGINE_CONNECTION_LOST


class ImageUnavailableError(EngineError):
    """The image is neither here nor to be pulled."""

    status_code = StatusCode.UNABLE_TO_PULL_IMAGE


class ContainerStartError(EngineError):
    """The engine refused to create or start the container."""

    status_code = StatusCode.CLIENT_ERROR


class PrivilegeRefusedError(ContainerStartError):
    """The engine cannot give a container the privilege that was asked for."""


class StorageError(LocalbuildError):
    """AWS or a storage failed and the build cannot go on without it."""

    exit_code = ExitCode.STORAGE
    status_code = StatusCode.CLIENT_ERROR


class SourceError(StorageError):
    """A source that is not to be had; the message ends as the service's does.

    Source: logs of builds: CLIENT_ERROR, `… for primary source and source version …`.
    """


class SecretsError(StorageError):
    """Values that a build needs are not to be had; the message is the service's."""

    def __init__(
        self, message: str, *, status_code: StatusCode, hints: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, hints=hints)
        self.status_code = status_code


class HostResourceError(LocalbuildError):
    """The host could not hold the build record: disk full, no permission."""

    exit_code = ExitCode.STORAGE
    status_code = StatusCode.HOST_RESOURCE_ERROR
