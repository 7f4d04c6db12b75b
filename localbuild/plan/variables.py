"""Who sets which variable: layers by name, where a value and a reference push each other out. Pure.

Source: API StartBuild, environmentVariablesOverride: override > project > buildspec > image.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from localbuild.buildspec.model import Buildspec, Variable
from localbuild.plan.model import Origin, PlannedSecret, PlannedVariable
from localbuild.plan.script import is_shell_name
from localbuild.project.model import ProjectVariable
from localbuild.terms import VariableType

Planned = PlannedVariable | PlannedSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Where variables come from. `file` is the buildspec's; `secrets` are names of options."""

    spec: Buildspec
    file: str
    project: tuple[ProjectVariable, ...] = ()
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = ()


def plan_variables(
    layers: Layers,
) -> tuple[tuple[PlannedVariable, ...], tuple[PlannedSecret, ...]]:
    """The variables with a value and those whose value is fetched; no name is in both.

    Of one name in several maps of a buildspec the reference wins, and of two the later map: that
    is ours, the service documents nothing.
    """
    merged: dict[str, Planned] = {}
    for planned in (*_of_buildspec(layers), *_of_project(layers), *_of_options(layers)):
        merged[planned.name] = planned
    found = merged.values()
    return (
        tuple(p for p in found if isinstance(p, PlannedVariable)),
        tuple(p for p in found if isinstance(p, PlannedSecret)),
    )


def secret_names(spec: Buildspec, secrets: tuple[PlannedSecret, ...]) -> frozenset[str]:
    """All names that a build must not show: also where somebody gives a plain value for one."""
    declared = (*spec.env.parameter_store, *spec.env.secrets_manager)
    return frozenset(v.name.value for v in declared) | {secret.name for secret in secrets}


def _of_buildspec(layers: Layers) -> Iterator[Planned]:
    env = layers.spec.env
    for variable in env.variables:
        if is_shell_name(variable.name.value):
            yield PlannedVariable(
                name=variable.name.value, value=variable.value.value, origin=Origin.BUILDSPEC
            )
    for type, found in (
        (VariableType.PARAMETER_STORE, env.parameter_store),
        (VariableType.SECRETS_MANAGER, env.secrets_manager),
    ):
        for variable in found:
            if is_shell_name(variable.name.value):
                yield _secret(variable, type, layers.file)


def _secret(variable: Variable, type: VariableType, file: str) -> PlannedSecret:
    return PlannedSecret(
        name=variable.name.value,
        type=type,
        origin=Origin.BUILDSPEC,
        reference=variable.value.value,
        file=file,
        line=variable.name.place.line,
    )


def _of_project(layers: Layers) -> Iterator[Planned]:
    for variable in layers.project:
        if variable.type is VariableType.PLAINTEXT:
            yield PlannedVariable(name=variable.name, value=variable.value, origin=Origin.PROJECT)
        else:
            yield PlannedSecret(
                name=variable.name,
                type=variable.type,
                origin=Origin.PROJECT,
                reference=variable.value,
                file=variable.file,
                line=variable.line,
            )


def _of_options(layers: Layers) -> Iterator[Planned]:
    for name, value in layers.options:
        yield PlannedVariable(name=name, value=value, origin=Origin.OPTION)
    for name in layers.secrets:
        yield PlannedSecret(name=name, type=VariableType.PLAINTEXT, origin=Origin.OPTION)
