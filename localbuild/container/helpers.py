"""The helper commands that every build finds at the end of its PATH."""

from functools import cache

from localbuild.container.scripts import read_script
from localbuild.plan.environment import HELPERS_DIR

HASH_FILES = f"{HELPERS_DIR}/codebuild-hash-files"


@cache
def helper_files() -> tuple[tuple[str, str, int], ...]:
    """(path, text, mode) of each; their directory must be there."""
    return ((HASH_FILES, f"#!/bin/sh\n{read_script('hash_files.sh')}\n", 0o755),)
