"""Rules about the cache: paths that take one file or too much, keys that do nothing."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import Command, simples, warning
from localbuild.buildspec.lint.tools import plain
from localbuild.buildspec.model import Buildspec, Text
from localbuild.buildspec.sh.model import Simple
from localbuild.errors import Problem
from localbuild.terms import PhaseType

OF_ONE_BUILD = re.compile(
    r"\$\{?(CODEBUILD_(RESOLVED_SOURCE_VERSION|BUILD_ID|BUILD_NUMBER|BUILD_ARN|START_TIME|LOG_PATH))\b"
    r"|\$\((date\b[^)]*%[sNTHMS]|git rev-parse)"
)
EVERYTHING = ("**/*", "./**/*", ".", "./", "*", "**", "/**/*", "$CODEBUILD_SRC_DIR/**/*")
TAIL = re.compile(r"(/\*\*/\*|/\*\*|/\*|/)$")


def _paths(buildspec: Buildspec) -> tuple[Text, ...]:
    return buildspec.cache.paths if buildspec.cache else ()


def lb401_path_without_pattern(buildspec: Buildspec) -> Iterator[Problem]:
    """A last part with a dot inside it is taken for a file, and nothing is said.

    Source: buildspec reference, cache/paths.
    """
    for path in _paths(buildspec):
        bare = path.value.rstrip("/")
        last = bare.rpartition("/")[2]
        if "*" in path.value or "." in last.lstrip(".") or "/bin/" in bare or not last.strip("."):
            continue
        whole = f"{bare}/**/*"
        message = f"'{path.value}' names one file, a directory needs '/**/*'"
        yield warning("LB401", message, path.place, f"write: - '{whole}'")


def lb402_fallback_without_key(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, cache/fallback-keys: ignored without a key."""
    cache = buildspec.cache
    if cache and cache.fallback_keys and cache.key is None:
        message = "fallback-keys are ignored because the cache has no key"
        yield warning("LB402", message, cache.fallback_keys[0].place)


def lb403_constant_key(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: Amazon S3 caching: a cache under a key is not updated once it is created."""
    key = buildspec.cache.key if buildspec.cache else None
    if key is not None and "$" not in key.value and "`" not in key.value:
        message = f"the key '{key.value}' never changes: saved once, the cache is never updated"
        hint = "let it depend on something: npm-$(codebuild-hash-files package-lock.json)"
        yield warning("LB403", message, key.place, hint)


def lb404_path_outside(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, cache/paths: below the source, or absolute."""
    for path in _paths(buildspec):
        value = path.value
        if re.match(r"(\./)?\.\.(/|$)", value):
            message = f"'{value}' leads out of the source, and is not cached"
            yield warning("LB404", message, path.place, "write an absolute path: /…")
        elif value[:1] == "!":
            message = f"'{value}' excludes nothing: a path is taken as it stands"
            yield warning("LB404", message, path.place)


def lb405_deleted_by_a_command(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: npm documentation, npm ci: node_modules is removed before it begins."""
    kept = {TAIL.sub("", path.value.removeprefix("./")): path for path in _paths(buildspec)}
    told: dict[Text, str] = {}
    for command, simple in simples(buildspec):
        argv = plain(simple.argv)
        for bare, path in kept.items():
            name = bare.rpartition("/")[2]
            if argv[:2] == ("npm", "ci") and name == "node_modules" and _is_sure(simple, command):
                told[path] = f"'npm ci' deletes '{bare}' before it installs: caching it costs, only"
            if _removes(argv, bare) and command.phase.type is PhaseType.POST_BUILD:
                message = f"'{bare}' is removed before the cache is saved"
                yield warning("LB405", message, command.place(simple))
    for path, message in told.items():
        hint = "cache what npm has fetched:   - '/root/.npm/**/*'"
        yield warning("LB405", message, path.place, hint)


def _is_sure(simple: Simple, command: Command) -> bool:
    """Whether it runs without having looked whether what is cached is there."""
    return not {"if", "case"} & set(simple.inside) and "node_modules" not in command.text.value


def _removes(argv: tuple[str, ...], path: str) -> bool:
    if argv[:1] != ("rm",) or not path:
        return False
    return any(word.removeprefix("./").rstrip("/") == path for word in argv[1:])


def lb406_everything(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: real builds: what is restored replaces files of the same name."""
    for path in _paths(buildspec):
        if path.value in EVERYTHING:
            message = (
                f"'{path.value}' caches the source: the next build gets old files over its own"
            )
            hint = "cache what a tool has fetched:   - 'node_modules/**/*'"
            yield warning("LB406", message, path.place, hint)


def lb407_key_of_one_build(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: Amazon S3 caching, keys: a build restores what has its key, or a fallback key."""
    cache = buildspec.cache
    if cache is None or cache.key is None or cache.fallback_keys:
        return
    found = OF_ONE_BUILD.search(cache.key.value)
    if found and "codebuild-hash-files" not in cache.key.value:
        message = f"the key '{cache.key.value}' is new in nearly every build: nothing is restored"
        hint = "add fallback-keys, or let it depend on a lock file: $(codebuild-hash-files FILE)"
        yield warning("LB407", message, cache.key.place, hint)


def lb408_process_number_in_key(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: POSIX, special parameters: `$$` is the number of the shell's process."""
    cache = buildspec.cache
    for key in (cache.key, *cache.fallback_keys) if cache else ():
        if key is not None and "$$" in key.value:
            message = f"'$$' in '{key.value}' is the number of a process, another one in each build"
            yield warning("LB408", message, key.place, "write $(codebuild-hash-files FILE)")
