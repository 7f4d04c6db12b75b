"""All lint rules, in literal tuples. A rule is a function of a buildspec, named by its code."""

from collections.abc import Callable, Iterator

from localbuild.buildspec.lint import (
    cache,
    calls,
    failures,
    lasting,
    outputs,
    produced,
    publishing,
    runtimes,
    secrets,
    shell,
    variables,
)
from localbuild.buildspec.lint.produced import SourceTree
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem

Rule = Callable[[Buildspec], Iterator[Problem]]
TreeRule = Callable[[Buildspec, SourceTree], Iterator[Problem]]

LINT_RULES: tuple[Rule, ...] = (
    outputs.lb160_steps,
    variables.lb204_exported_but_never_set,
    outputs.lb205_commands_and_steps,
    outputs.lb206_no_files,
    variables.lb207_reserved_name,
    variables.lb208_literal_value,
    shell.lb209_windows_command,
    runtimes.lb214_unknown_runtime,
    runtimes.lb215_old_runtime,
    outputs.lb216_format_and_files,
    variables.lb217_misspelt_variable,
    lasting.lb218_version_01,
    variables.lb219_set_in_two_ways,
    outputs.lb220_names_collide,
    lasting.lb301_state_of_version_01,
    lasting.lb302_option_alone,
    runtimes.lb319_latest_runtime,
    cache.lb401_path_without_pattern,
    cache.lb402_fallback_without_key,
    cache.lb403_constant_key,
    cache.lb404_path_outside,
    cache.lb406_everything,
    cache.lb407_key_of_one_build,
    cache.lb408_process_number_in_key,
    secrets.lb501_plain_secret,
)

SHELL_RULES: tuple[Rule, ...] = (
    publishing.lb211_publishes_a_failed_build,
    publishing.lb212_never_true,
    shell.lb303_bash_in_sh,
    shell.lb304_incomplete,
    failures.lb305_lost_in_a_block,
    failures.lb306_lost_in_a_pipe,
    failures.lb307_failure_ignored,
    failures.lb308_status_of_export,
    lasting.lb309_function_is_gone,
    lasting.lb310_waits_for_another,
    calls.lb311_asks,
    calls.lb312_gone,
    lasting.lb313_directory_lasts,
    calls.lb314_sudo,
    shell.lb315_escaped_blank,
    calls.lb316_latest,
    calls.lb317_no_package_lists,
    calls.lb318_directory_of_one_build,
    cache.lb405_deleted_by_a_command,
    secrets.lb502_secret_in_the_log,
    secrets.lb503_environment_in_the_log,
    secrets.lb504_password_as_argument,
    secrets.lb505_runs_what_it_fetches,
    secrets.lb506_certificates_not_checked,
    secrets.lb507_secret_in_a_command,
)
"""Those that read commands as a shell of Linux does: they are silent about Windows' commands."""

TREE_RULES: tuple[TreeRule, ...] = (produced.lb213_nothing_makes,)
"""Those that have to know what is in the source."""
