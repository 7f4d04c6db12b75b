"""The build project: what a buildspec does not say, in the shape of `AWS::CodeBuild::Project`."""

from dataclasses import dataclass, field

from localbuild.terms import VariableType


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectVariable:
    """`EnvironmentVariable`: `value` is a name where `type` is not PLAINTEXT.

    `file` and `line` say where it was read, '' and 0 where that is no file.
    """

    name: str
    value: str = field(repr=False)
    type: VariableType = VariableType.PLAINTEXT
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The settings of a project that a local build has a use for; empty means not said."""

    name: str
    image: str = ""
    compute_type: str = ""
    privileged_mode: bool = False
    environment_variables: tuple[ProjectVariable, ...] = ()
    timeout_in_minutes: int = 60
    buildspec: str = ""
