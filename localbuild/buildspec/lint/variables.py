"""Rules about variables: unset exports, reserved names, literal values, misspellings."""

import difflib
import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import commands, warning
from localbuild.buildspec.model import Buildspec, Variable
from localbuild.errors import Problem

BUILT_IN = ("AWS_", "CODEBUILD_")
KNOWN = tuple(
    "CODEBUILD_" + name
    for name in (
        *("BATCH_BUILD_IDENTIFIER", "BUILD_ARN", "BUILD_ID", "BUILD_IMAGE", "BUILD_NUMBER"),
        *("BUILD_SUCCEEDING", "BUILD_URL", "CI", "CURRENT_SHARD_FILES", "INITIATOR", "KMS_KEY_ID"),
        *("LAST_EXIT", "LOG_PATH", "PROJECT_UUID", "PUBLIC_BUILD_URL", "RESOLVED_SOURCE_VERSION"),
        *("SOURCE_REPO_URL", "SOURCE_VERSION", "SRC_DIR", "START_TIME", "GOPATH", "VPC_AZ"),
        *("WEBHOOK_ACTOR_ACCOUNT_ID", "WEBHOOK_BASE_REF", "WEBHOOK_EVENT", "WEBHOOK_HEAD_REF"),
        *("WEBHOOK_MERGE_COMMIT", "WEBHOOK_PREV_COMMIT", "WEBHOOK_TRIGGER"),
    )
)
"""Source: user guide, environment variables in build environments; dumps of real builds."""

ALIKE = 0.9
_USED = re.compile(r"\$\{?(CODEBUILD_[A-Z0-9_]+)")
_SET = re.compile(r"\b(CODEBUILD_[A-Z0-9_]+)=")


def lb204_exported_but_never_set(buildspec: Buildspec) -> Iterator[Problem]:
    """A file that is sourced may set anything, so then nothing is said."""
    texts = [command.value for _, command in commands(buildspec)]
    if any(re.search(r"(^|[\s;&|(])(source|\.|eval)\s", text) for text in texts):
        return
    known = {variable.name.value for variable in _variables(buildspec)}
    for text in texts:
        known.update(re.findall(r"(?<![\w$-])(?<!\$\{)[A-Za-z_]\w*", text))
    for name in buildspec.env.exported_variables:
        if name.value not in known and not name.value.startswith(BUILT_IN):
            message = f"nothing here sets '{name.value}', which is exported"
            hint = f"set it in a command: - {name.value}=…"
            yield warning("LB204", message, name.place, hint)


def _variables(buildspec: Buildspec) -> tuple[Variable, ...]:
    env = buildspec.env
    return (*env.variables, *env.parameter_store, *env.secrets_manager)


def lb207_reserved_name(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, env: names with CODEBUILD_ are reserved."""
    for variable in _variables(buildspec):
        if variable.name.value.upper().startswith("CODEBUILD_"):
            message = f"'{variable.name.value}' begins with CODEBUILD_, which is reserved"
            yield warning("LB207", message, variable.name.place)


def lb208_literal_value(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, env/variables: $PATH is not expanded."""
    for variable in buildspec.env.variables:
        value = variable.value.value
        if value == "$LATEST" or not re.search(r"\$(\{?[A-Za-z_]|\()", value):
            continue
        name = variable.name.value
        message = f"the value of '{name}' is taken literally, '$' included"
        hint = f'set it in a command: - export {name}="…"'
        yield warning("LB208", message, variable.value.place, hint)


def lb217_misspelt_variable(buildspec: Buildspec) -> Iterator[Problem]:
    """Nearly one of CodeBuild's own; any other may come from the project's file systems."""
    texts = [command for _, command in commands(buildspec)]
    own = {variable.name.value for variable in _variables(buildspec)}
    own.update(name for command in texts for name in _SET.findall(command.value))
    told: set[str] = set()
    for command in texts:
        for name in _USED.findall(command.value):
            if name in own or name in told or name.startswith(KNOWN):
                continue
            told.add(name)
            for close in difflib.get_close_matches(name, KNOWN, n=1, cutoff=ALIKE):
                message = f"CodeBuild sets no variable '{name}'; did you mean {close}?"
                yield warning("LB217", message, command.place)


def lb219_set_in_two_ways(buildspec: Buildspec) -> Iterator[Problem]:
    """Which of them wins is documented nowhere."""
    env = buildspec.env
    first: dict[str, str] = {}
    kinds = (
        ("variables", env.variables),
        ("parameter-store", env.parameter_store),
        ("secrets-manager", env.secrets_manager),
    )
    for kind, variables in kinds:
        for variable in variables:
            name = variable.name.value
            before = first.setdefault(name, kind)
            if before != kind:
                message = f"'{name}' is in {before} and in {kind}: which one counts is not known"
                yield warning("LB219", message, variable.name.place, "remove one of them")
