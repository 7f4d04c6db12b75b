"""All lint rules, in one literal tuple. A rule is a function of a buildspec, named by its code."""

from collections.abc import Callable, Iterator

from localbuild.buildspec.lint import cache, outputs, secrets, shell, variables
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem

Rule = Callable[[Buildspec], Iterator[Problem]]

LINT_RULES: tuple[Rule, ...] = (
    outputs.lb160_steps,
    variables.lb204_exported_but_never_set,
    outputs.lb205_commands_and_steps,
    outputs.lb206_no_files,
    variables.lb207_reserved_name,
    variables.lb208_literal_value,
    shell.lb209_windows_command,
    shell.lb301_state_of_version_01,
    shell.lb302_option_alone,
    shell.lb303_bash_in_sh,
    cache.lb401_path_without_pattern,
    cache.lb402_fallback_without_key,
    cache.lb403_constant_key,
    secrets.lb501_plain_secret,
)
