"""`localbuild explain`."""

import difflib
from collections.abc import Mapping
from dataclasses import asdict

import click

from localbuild.buildspec.explained.model import Explanation
from localbuild.cli.call import read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode, StatusCode, UsageError

EXIT_CODES: Mapping[int, str] = {
    ExitCode.SUCCEEDED: "The build succeeded, or nothing was found.",
    ExitCode.FAILED: "A phase of the build failed, or something was found.",
    ExitCode.USAGE: "Wrong usage: an option, the config file, the project.",
    ExitCode.BUILDSPEC: "The buildspec is missing or the service would refuse it.",
    ExitCode.ENGINE: "The engine or the image is not to be had.",
    ExitCode.STORAGE: "AWS or a storage failed, a source was not to be had, or the build record "
    "could not be written.",
    ExitCode.INTERNAL: "A bug in localbuild; the message names a file with the details.",
    ExitCode.TIMED_OUT: "The build took longer than its timeout.",
    ExitCode.HANGUP: "The build was stopped: its terminal went away (SIGHUP).",
    ExitCode.INTERRUPTED: "The build was stopped by Ctrl-C (SIGINT).",
    ExitCode.TERMINATED: "The build was stopped by SIGTERM.",
}
STATUS_CODES: Mapping[str, str] = {
    StatusCode.COMMAND_EXECUTION_ERROR: "A command ended with another exit status than 0.",
    StatusCode.YAML_FILE_ERROR: "The buildspec is missing or the service would refuse it.",
    StatusCode.CLIENT_ERROR: "What the build asks for cannot be done: no file matches `files` of "
    "the artifacts, or their `base-directory` is missing (mend the path, or make the files; "
    "`localbuild shell` shows what is there), a source or a bucket is not to be had, a cache that "
    "is required is missing. The phase's message says which.",
    StatusCode.DECRYPTED_VARIABLES_ERROR: "Parameter Store gave no value for a variable.",
    StatusCode.SECRETS_MANAGER_ERROR: "Secrets Manager gave no value for a variable.",
    StatusCode.BUILD_TIMED_OUT: "The build took longer than its timeout.",
    StatusCode.UNABLE_TO_PULL_IMAGE: "The image is neither on the engine nor to be pulled.",
    StatusCode.CONTAINER_TERMINATED: "The build's container ended while a command ran.",
    StatusCode.ENGINE_UNAVAILABLE: "No engine answers, or it does not let us in.",
    StatusCode.ENGINE_CONNECTION_LOST: "The engine went away while the build ran.",
    StatusCode.HOST_RESOURCE_ERROR: "A disk is full or may not be written.",
    StatusCode.INTERNAL_ERROR: "A bug in localbuild.",
}


def explain(ctx: click.Context) -> int:
    """Explain a code.

    CODE is that of a finding (LB104), with samples of what is wrong and right; an exit code (3),
    a status code (YAML_FILE_ERROR), or `exit-codes` for all of these. Without it, all codes are
    listed.
    """
    call = read_call(ctx)
    texts = explanations()
    asked = call.argument("code")
    if call.flag("json"):
        call.voice.document(_found(asked, texts))
    elif not asked:
        call.voice.data("\n".join(f"{code}  {found.what}" for code, found in texts.items()))
    elif asked == "exit-codes":
        call.voice.data("\n".join(f"{code:>3}  {text}" for code, text in EXIT_CODES.items()))
    else:
        code = _code(asked, texts)
        call.voice.data(texts[code].page(code))
    return ExitCode.SUCCEEDED


def explanations() -> dict[str, Explanation]:
    """What is said about every code."""
    from localbuild.buildspec.rules import RULES

    plain = {**STATUS_CODES, **{str(int(k)): v for k, v in EXIT_CODES.items()}}
    return {**RULES, **{code: Explanation(what=text, why="") for code, text in plain.items()}}


def _found(asked: str, texts: Mapping[str, Explanation]) -> Mapping[str, object]:
    if asked == "exit-codes":
        return {str(int(code)): text for code, text in EXIT_CODES.items()}
    codes = (_code(asked, texts),) if asked else texts
    return {code: _as_object(texts[code]) for code in codes}


def _as_object(found: Explanation) -> Mapping[str, object]:
    return {"text": found.paragraph, **asdict(found)}


def _code(asked: str, texts: Mapping[str, Explanation]) -> str:
    code = asked.upper().replace("-", "_")
    if code not in texts:
        close = difflib.get_close_matches(code, texts, n=1)
        raise UsageError(
            f"there is no code '{asked}'" + (f"; did you mean {close[0]}?" if close else ""),
            hints=("localbuild explain",),
        )
    return code


COMMAND = Verb(
    "explain",
    explain,
    params=[click.Argument(["code"], required=False, metavar="[CODE]")],
    global_options=global_options(),
)
