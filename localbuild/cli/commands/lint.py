"""`localbuild lint`, alias `validate`."""

from collections.abc import Sequence
from pathlib import Path

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.findings import FORMATS, Checked, count, summary
from localbuild.cli.lintable import default_files, expand_files
from localbuild.cli.linting import Looked, ignored, look, write_fixed
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import BuildspecError, ExitCode, Problem, Severity, UsageError
from localbuild.units import counted

_LEVELS = {
    "note": tuple(Severity),
    "warning": (Severity.ERROR, Severity.WARNING),
    "error": (Severity.ERROR,),
}


def lint(ctx: click.Context) -> int:
    """Check buildspecs.

    FILES are files, folders or - for stdin; by default every buildspec*.yml that git knows of
    here and below. Findings go to stdout, a summary to stderr. `localbuild explain CODE` tells
    what a finding means; `# localbuild: ignore CODE` on its line silences it.

    Exit code: 0 no findings but notes, 1 findings, 3 a buildspec is missing or the service would
    refuse it. With --fail-level error, warnings alone end with 0. With --diff: 1 if there is
    something to mend.
    """
    call = read_call(ctx)
    mend, diff = call.flag("fix"), call.flag("diff")
    ignore = ignored(call)
    asked = call.words("files")
    if mend and not diff and "-" in asked:
        raise UsageError("--fix writes files, stdin is none", hints=("localbuild lint --diff -",))
    if diff and (call.flag("json") or call.text("format") not in ("", "text")):
        raise UsageError("--diff is a text of its own: without --json and --format")
    looked, missing = _look_at(_files(asked, call), call, ignore, mend=mend and not diff)
    if diff:
        return _tell_diff(looked, missing, call)
    if mend:
        looked, unwritten = _write(looked, call)
        missing += unwritten
    problems = [problem for one in looked for problem in one.problems]
    kind = "json" if call.flag("json") else call.text("format") or "text"
    call.voice.data(FORMATS[kind](Checked(problems=problems, files=len(looked), missing=missing)))
    if not missing:
        call.voice.remark(_summary(looked, problems, mend=mend))
    return _exit_code(problems, len(missing), call.text("fail_level") or "warning")


def _look_at(
    files: Sequence[str], call: Call, ignore: frozenset[str], *, mend: bool
) -> tuple[list[Looked], list[str]]:
    looked: list[Looked] = []
    missing: list[str] = []
    for name in files:
        try:
            looked.append(look(name, call, ignore, mend=mend))
        except OSError as error:
            missing.append(name)
            call.voice.error(f"{name}: {error.strerror}")
    return looked, missing


def _tell_diff(looked: Sequence[Looked], missing: Sequence[str], call: Call) -> int:
    call.voice.data("".join(one.diff() for one in looked))
    mended = sum(one.mended for one in looked)
    call.voice.remark(f"Would fix {counted(mended, 'finding')}." if mended else "Nothing to fix.")
    if missing:
        return ExitCode.BUILDSPEC
    return ExitCode.FAILED if mended else ExitCode.SUCCEEDED


def _write(looked: Sequence[Looked], call: Call) -> tuple[list[Looked], list[str]]:
    written: list[Looked] = []
    unwritten: list[str] = []
    for one in looked:
        try:
            if one.mended:
                write_fixed(one, call.world.cwd)
            written.append(one)
        except OSError as error:
            unwritten.append(one.name)
            call.voice.error(f"{one.name}: {error.strerror}")
    return written, unwritten


def _summary(looked: Sequence[Looked], problems: Sequence[Problem], *, mend: bool) -> str:
    mended = sum(one.mended for one in looked)
    told = summary(problems, len(looked))
    if mend:
        return f"Fixed {counted(mended, 'finding')}. {told}" if mended else told
    return f"{told[:-1]} ({mended} can be mended with --fix)." if mended else told


def _files(asked: tuple[str, ...], call: Call) -> list[str]:
    from localbuild.sources.git import list_files

    cwd, environ = call.world.cwd, call.world.environ

    def known(folder: Path) -> list[str] | None:
        return list_files(folder, environ)

    files = expand_files(asked, cwd, known) if asked else default_files(cwd, known)
    if not files:
        where = f"in {' or '.join(asked)}" if asked else "here or below"
        raise BuildspecError(f"there is no buildspec*.yml {where}", hints=("localbuild lint FILE",))
    return files


def _exit_code(problems: Sequence[Problem], missing: int, level: str) -> int:
    if missing or count(problems, Severity.ERROR):
        return ExitCode.BUILDSPEC
    failing = any(problem.severity in _LEVELS[level] for problem in problems)
    return ExitCode.FAILED if failing else ExitCode.SUCCEEDED


COMMAND = Verb(
    "lint",
    lint,
    params=[
        click.Argument(["files"], nargs=-1, metavar="[FILES]..."),
        Option(
            "--format",
            type=click.Choice(list(FORMATS)),
            help="text (default), json, github (annotations), sarif.",
        ),
        Option(
            "--fail-level",
            type=click.Choice(list(_LEVELS)),
            help="The least finding that fails: note, warning (default) or error.",
        ),
        Option(
            "--ignore",
            multiple=True,
            metavar="CODE",
            envvar="LOCALBUILD_LINT_IGNORE",
            help="Say nothing of warnings and notes with that code (repeatable).",
        ),
        Option(
            "--fix",
            is_flag=True,
            from_environ=False,
            help="Mend what can be mended safely, in place.",
        ),
        Option(
            "--diff",
            is_flag=True,
            from_environ=False,
            help="Show what --fix would change, write nothing.",
        ),
    ],
    global_options=global_options(),
)
