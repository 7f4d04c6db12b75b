"""`localbuild lint`, alias `validate`."""

from pathlib import Path

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.findings import FORMATS, Checked, count, summary
from localbuild.cli.lintable import default_files, expand_files
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import BuildspecError, ExitCode, Problem, Severity

_READ_BYTES = 2 * 1024 * 1024


def lint(ctx: click.Context) -> int:
    """Check buildspecs.

    FILES are files, folders or - for stdin; by default every buildspec*.yml that git knows of
    here and below. Findings go to stdout, a summary to stderr.

    Exit code: 0 no findings, 1 findings, 3 a buildspec is missing or the service would refuse it.
    With --fail-level error, warnings alone end with 0.
    """
    call = read_call(ctx)
    asked = call.words("files")
    files = _files(asked, call)
    problems: list[Problem] = []
    missing: list[str] = []
    for name in files:
        try:
            problems += _lint(name, call)
        except OSError as error:
            missing.append(name)
            call.voice.error(f"{name}: {error.strerror}")
    kind = "json" if call.flag("json") else call.text("format") or "text"
    read = len(files) - len(missing)
    call.voice.data(FORMATS[kind](Checked(problems=problems, files=read, missing=missing)))
    if not missing:
        call.voice.remark(summary(problems, read))
    tolerant = call.text("fail_level") == "error"
    return _exit_code(problems, len(missing), tolerant=tolerant)


def _files(asked: tuple[str, ...], call: Call) -> list[str]:
    from localbuild.sources.git import list_files

    cwd, environ = call.world.cwd, call.world.environ

    def known(folder: Path) -> list[str] | None:
        return list_files(folder, environ)

    files = expand_files(asked, cwd, known) if asked else default_files(cwd, known)
    if not files:
        where = " or ".join(asked) or "here or below"
        raise BuildspecError(f"there is no buildspec*.yml {where}", hints=("localbuild lint FILE",))
    return files


def _lint(name: str, call: Call) -> tuple[Problem, ...]:
    from localbuild.buildspec.lint.text import lint_text

    if name == "-":
        return lint_text(call.world.stdin.read(_READ_BYTES), "<stdin>")
    with open(call.world.cwd / name, "rb") as file:
        return lint_text(file.read(_READ_BYTES), name)


def _exit_code(problems: list[Problem], missing: int, *, tolerant: bool) -> int:
    if missing or count(problems, Severity.ERROR):
        return ExitCode.BUILDSPEC
    return ExitCode.FAILED if problems and not tolerant else ExitCode.SUCCEEDED


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
            type=click.Choice(["warning", "error"]),
            help="The least finding that fails: warning (default) or error.",
        ),
    ],
    global_options=global_options(),
)
