"""Whether a CI builds a pull request from a fork: whose code must not write what others read. Pure.

Source: GitHub Actions, webhook payload `pull_request`; GitLab, predefined CI/CD variables.
"""

import json
from collections.abc import Mapping
from typing import cast

_PULL_REQUESTS = ("pull_request", "pull_request_target")
EVENT_FILE = "GITHUB_EVENT_PATH"


def is_pull_request(environ: Mapping[str, str]) -> bool:
    """Whether GitHub Actions builds a pull request, whoever made it."""
    return environ.get("GITHUB_EVENT_NAME", "") in _PULL_REQUESTS


def is_from_fork(environ: Mapping[str, str], event: bytes | None) -> bool:
    """Whether the code to be built comes from somebody else's repository.

    `event` is the content of the file that GITHUB_EVENT_PATH names, None where it cannot be read.
    What cannot be told counts as a fork.
    """
    if is_pull_request(environ):
        return _is_fork_event(event)
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
    return bool(source) and source != environ.get("CI_MERGE_REQUEST_PROJECT_ID", "")


def _is_fork_event(event: bytes | None) -> bool:
    try:
        request = _under(json.loads(event or b""), "pull_request")
        head = _under(_under(request, "head"), "repo")
        base = _under(_under(request, "base"), "repo")
        names = head["full_name"], base["full_name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True
    return not names[0] or names[0] != names[1]  # `fork` is true of all in a forked repository


def _under(value: object, key: str) -> Mapping[str, object]:
    found = cast("Mapping[str, object]", value)[key]
    if not isinstance(found, Mapping):
        raise TypeError(key)
    return found
