"""Rules about failures that nobody hears of: in blocks, in pipes, behind `|| true` and `export`."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import note, scripts, shown, simples, warning
from localbuild.buildspec.lint.tools import Purpose, plain, purpose
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.sh.model import Simple
from localbuild.buildspec.sh.parse import parse
from localbuild.buildspec.sh.words import substitutions
from localbuild.errors import Problem

LOOKS = re.compile(r"\$\?|PIPESTATUS|\btrap\b.*\b(ERR|EXIT)\b")
FILTERS = ("tee", "grep", "tail", "head", "cat", "sort", "sed", "awk", "less", "ts", "jq", "tr")
NOTHING = (("true",), (":",), ("exit", "0"))
REMOTE = re.compile(r"\s*(aws|curl|wget|git (ls-remote|fetch)|kubectl|gh|vault)\s")


def lb305_lost_in_a_block(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for a command: the first failure that is lost stands for all.

    Source: measured; the status of a command with several parts is that of its last part.
    """
    for command in scripts(buildspec):
        if LOOKS.search(command.text.value):
            continue
        for simple in command.script.commands:
            if simple.followed and not simple.tested and not simple.piped and _is_work(simple):
                message = (
                    f"if '{shown(simple)}' fails, nobody hears of it: the commands after it run"
                )
                hint = "begin the block with: set -e   or join the commands with &&"
                yield warning("LB305", message, command.place(simple), hint)
                break


def _is_work(simple: Simple) -> bool:
    return "function" not in simple.inside and purpose(simple.argv) is not None


def lb306_lost_in_a_pipe(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: POSIX, Pipelines: the status is that of the last command."""
    for command, simple in simples(buildspec):
        into = plain(simple.into)[:1]
        is_lost = simple.piped and not simple.pipefail and not simple.tested
        if is_lost and into and into[0] in FILTERS and purpose(simple.argv):
            if LOOKS.search(command.text.value):
                continue
            message = f"if '{shown(simple)}' fails, nobody hears of it: '{into[0]}' succeeds"
            hint = "with env: / shell: bash begin the command with: set -o pipefail;"
            yield warning("LB306", message, command.place(simple), hint)


def lb307_failure_ignored(buildspec: Buildspec) -> Iterator[Problem]:
    """Tests whose failure is thrown away; elsewhere `|| true` is nearly always meant."""
    for command, simple in simples(buildspec):
        if simple.rescued in NOTHING and purpose(simple.argv) is Purpose.TEST:
            message = f"'{shown(simple)}' can never fail the build: '|| {' '.join(simple.rescued)}'"
            yield note("LB307", message, command.place(simple), "on-failure: CONTINUE tells of it")


def lb308_status_of_export(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: POSIX, export: its status is not that of a substitution in its words."""
    for command, simple in simples(buildspec):
        if simple.name != "export" or len(simple.words) != 2:
            continue
        name, _, value = simple.words[1].partition("=")
        asked = next((code for code in substitutions(value) if _is_remote(code)), "")
        if asked:
            what = asked.split()[0]
            message = f"if '{what}' fails, the build goes on with an empty {name}: export succeeds"
            hint = f"leave 'export' out, {name} is exported all the same: {name}=$(…)"
            yield note("LB308", message, command.place(simple), hint)


def _is_remote(code: str) -> bool:
    """Whether it is one command that asks something elsewhere."""
    return REMOTE.match(f"{code} ") is not None and len(parse(code).commands) == 1
