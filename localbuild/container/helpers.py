"""The helper commands that every build finds at the end of its PATH.

Source: reference of CodeBuild's behaviour, section 6. They are written by the first script of every
build, which the shell reads byte by byte: so they go without comments and indentation.
"""

from functools import cache

from localbuild.container.scripts import read_script
from localbuild.plan.environment import HELPERS_DIR, SHARD_COUNT, SHARD_INDEX
from localbuild.plan.script import ENV_FILE, STATE_DIR

HASH_FILES = f"{HELPERS_DIR}/codebuild-hash-files"
GLOBS_FILE = "/codebuild/readonly/globs.sh"
PAUSED_FILE = f"{STATE_DIR}/paused"
RESUME = f"{HELPERS_DIR}/codebuild-resume"

_SCRIPTS = {
    HASH_FILES: "hash_files.sh",
    f"{HELPERS_DIR}/codebuild-glob-search": "glob_search.sh",
    f"{HELPERS_DIR}/codebuild-tests-run": "tests_run.sh",
}
_SESSION = {f"{HELPERS_DIR}/codebuild-breakpoint": "breakpoint.sh", RESUME: "resume.sh"}
_WORDS = {
    "GLOBS": GLOBS_FILE,
    "INDEX": SHARD_INDEX,
    "COUNT": SHARD_COUNT,
    "PAUSED": PAUSED_FILE,
    "RESUME": RESUME,
    "ENV_FILE": ENV_FILE,
}


@cache
def helper_files(session: str = "") -> tuple[tuple[str, str, int], ...]:
    """(path, text, mode) of each; their directories must be there.

    `session`: the container's name where the build has a debug session, '' where it has none.
    """
    sessions = {path: name if session else "no_session.sh" for path, name in _SESSION.items()}
    commands = (
        (path, f"#!/bin/sh\n{_text(name, session)}", 0o755)
        for path, name in {**_SCRIPTS, **sessions}.items()
    )
    return (*commands, (GLOBS_FILE, _text("globs.sh", session), 0o644))


def _text(name: str, session: str) -> str:
    lines = (line.strip() for line in read_script(name).splitlines())
    text = "\n".join(line for line in lines if line)
    for word, value in {**_WORDS, "CONTAINER": session}.items():
        text = text.replace(f"@{word}@", value)
    return f"{text}\n"
