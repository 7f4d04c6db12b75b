"""`aws codebuild start-build`'s spellings: those that apply, and those that cannot."""

import json
import re
from collections.abc import Callable, Iterable, Mapping

import click

from localbuild.cli.caching import read_override
from localbuild.cli.call import Call, Given
from localbuild.cli.options.spread import (
    SECONDARY_ARTIFACTS,
    SECONDARY_SOURCES,
    SECONDARY_VERSIONS,
    VARIABLES,
    json_items,
    parameter_of,
)
from localbuild.cli.options.verbs import Option
from localbuild.cli.source_overrides import PRIMARY, idle_overrides, with_secondary_sources
from localbuild.cli.variables import check_name
from localbuild.cli.windows import refuse_windows_type
from localbuild.errors import UsageError
from localbuild.project.model import ProjectVariable
from localbuild.terms import VariableType

_SAME = {
    "--image-override": "image",
    "--buildspec-override": "buildspec",
    "--compute-type-override": "compute_type",
    "--timeout-in-minutes-override": "timeout",
    "--auto-retry-limit-override": "auto_retry_limit",
    "--git-clone-depth-override": "git_clone_depth",
}
_SUBMODULES = "--git-submodules-config-override"
_FETCH = re.compile(r"fetchSubmodules\W+(true|false)")
_PRIVILEGED = "--privileged-mode-override"
_DEBUG = "--debug-session-enabled"
_FLAGS = (_PRIVILEGED, _DEBUG)
_CACHE = "--cache-override"
_ARTIFACTS = "--artifacts-override"
_SEVERAL = (VARIABLES, SECONDARY_SOURCES, SECONDARY_VERSIONS, SECONDARY_ARTIFACTS)
_IGNORED_FLAGS = (
    "--insecure-ssl-override",
    "--report-build-status-override",
)
_IGNORED = (
    "--build-status-config-override",
    "--certificate-override",
    "--encryption-key-override",
    "--environment-type-override",
    "--fleet-override",
    "--host-kernel-override",
    "--idempotency-token",
    "--image-pull-credentials-type-override",
    "--logs-config-override",
    "--queued-timeout-in-minutes-override",
    "--registry-credential-override",
    "--service-role-override",
    "--source-auth-override",
)


def override_options() -> list[click.Parameter]:
    """The hidden options."""
    texts = (*_SAME, _ARTIFACTS, _CACHE, _SUBMODULES, *PRIMARY, *_IGNORED)
    return [
        *(Option(name, hidden=True) for name in texts),
        *(
            Option(f"{name}/--no-{name[2:]}", hidden=True, default=None)
            for name in (*_FLAGS, *_IGNORED_FLAGS)
        ),
        *(Option(name, hidden=True, multiple=True) for name in _SEVERAL),
    ]


def apply_overrides(call: Call) -> tuple[Mapping[str, Given], tuple[ProjectVariable, ...]]:
    """The options' values with the overrides', and the variables; what cannot apply is noted."""
    given = dict(call.given)
    for option, name in _SAME.items():
        found = given.pop(parameter_of(option), None)
        if found is not None:
            given.setdefault(name, _minutes(found) if name == "timeout" else found)
    for option, (name, convert) in _CONVERTED.items():
        found = given.pop(parameter_of(option), None)
        if found is not None:
            given.setdefault(name, convert(found))
    with_secondary_sources(given)
    if environment := given.get("environment_type_override"):
        refuse_windows_type(str(environment.value))
    _say_idle(given, call)
    words = given.pop(parameter_of(VARIABLES), None)
    items = words.value if words and isinstance(words.value, tuple) else ()
    return given, tuple(_variables(str(item) for item in items))


def _say_idle(given: dict[str, Given], call: Call) -> None:
    for option in (*_IGNORED, *_IGNORED_FLAGS):
        if given.pop(parameter_of(option), None) is not None:
            call.voice.note(f"{option} has no meaning for a build on this machine")
    for said in idle_overrides(call):
        call.voice.note(said)


def _project_cache(given: Given) -> Given:
    text = str(given.value)
    try:
        found = json.loads(text) if text.startswith("{") else read_override(text)
    except ValueError as error:
        raise UsageError(
            f"{_CACHE}: {error}", hints=(f"{_CACHE} type=S3,location=BUCKET/PREFIX",)
        ) from None
    return Given(value=found, origin=given.origin)


def _fetch_submodules(given: Given) -> Given:
    found = _FETCH.search(str(given.value))
    if found is None:
        raise UsageError(
            f"{_SUBMODULES}: '{given.value}' says neither true nor false",
            hints=(f"{_SUBMODULES} fetchSubmodules=true",),
        )
    return Given(value=found[1] == "true", origin=given.origin)


def _minutes(given: Given) -> Given:
    return Given(value=f"{given.value}m", origin=given.origin)


def _variables(words: Iterable[str]) -> Iterable[ProjectVariable]:
    for word in words:
        if word.startswith(("[", "{")):
            yield from (_variable(item, word) for item in json_items(VARIABLES, word))
        else:
            yield _variable(dict(_pairs(word)), word)


def _pairs(word: str) -> Iterable[tuple[str, str]]:
    """The AWS CLI's shorthand: `name=A,value=b,type=PLAINTEXT`; a value may hold commas."""
    key = ""
    value = ""
    for part in word.split(","):
        name, sign, rest = part.partition("=")
        if sign and name in ("name", "value", "type"):
            if key:
                yield key, value
            key, value = name, rest
        else:
            value = f"{value},{part}"
    yield key, value


def _variable(found: Mapping[str, object], word: str) -> ProjectVariable:
    name, value = found.get("name"), found.get("value")
    kind = str(found.get("type") or VariableType.PLAINTEXT)
    if not isinstance(name, str) or not isinstance(value, str) or kind not in list(VariableType):
        raise UsageError(
            f"{VARIABLES}: '{word.partition('value=')[0]}…' is no variable",
            hints=(f"{VARIABLES} name=NAME,value=VALUE,type=PLAINTEXT",),
        )
    check_name(name, VARIABLES)
    return ProjectVariable(name=name, value=value, type=VariableType(kind))


_CONVERTED: Mapping[str, tuple[str, Callable[[Given], Given]]] = {
    _PRIVILEGED: ("privileged", lambda given: given),
    _DEBUG: ("debug_session", lambda given: given),
    _CACHE: ("cache", _project_cache),
    _SUBMODULES: ("git_submodules", _fetch_submodules),
}
"""The setting of each override that is written in another way, and what makes its value."""
