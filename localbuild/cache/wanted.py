"""What a build wants of its cache: scope, paths and keys, evaluated here or in the container."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from localbuild.cache.keys import MAX_KEY_BYTES, Scope, paths_version
from localbuild.cache.manifest import Builder, KeyPart
from localbuild.cache.patterns import CachePath, parse_path, path_below, relative
from localbuild.cache.scripts import key_script, read_answers
from localbuild.cache.template import (
    VARIABLE,
    Template,
    evaluate,
    key_of,
    parse_template,
)
from localbuild.container.said import Said
from localbuild.errors import UsageError
from localbuild.plan.cache import CacheAction, CacheMode, CachePlan
from localbuild.plan.cache_paths import expand_path
from localbuild.ports.cache import CacheContext
from localbuild.ports.engine import CommandRequest, Container, EndKind, Image, Interrupted
from localbuild.ports.source import Source

_MOST_BYTES = 16 * 1024 * 1024
"""Of what a shell may say of all keys: far more than they may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A key's evaluated parts, and the evaluated fallback keys. Without a key both are empty.

    `problems` are warnings about parts that came to nothing: a hit does not make them right.
    """

    parts: tuple[KeyPart, ...] = ()
    fallback: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key; '' for a cache without one."""
        return key_of(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The cache of one build. `version` is of the paths as they are written."""

    plan: CachePlan
    scope: str
    version: str
    source_directory: str
    shell: str
    paths: tuple[CachePath, ...]
    expanded: tuple[str, ...]
    templates: tuple[Template, ...]
    variables: Mapping[str, str] = field(repr=False)
    source: Source = field(repr=False)
    interrupted: Interrupted = field(default=lambda: None, repr=False)
    problems: tuple[str, ...] = ()

    @property
    def has_key(self) -> bool:
        """Whether the buildspec gives a key."""
        return bool(self.plan.key)

    @property
    def restores(self) -> bool:
        """Whether the build may take files. Source: buildspec reference, cache/action."""
        plan = self.plan
        return plan.mode is not CacheMode.WRITE_ONLY and plan.action is not CacheAction.SAVE

    @property
    def saves(self) -> bool:
        """Whether the build may keep files."""
        plan = self.plan
        return plan.mode is not CacheMode.READ_ONLY and plan.action is not CacheAction.RESTORE

    @property
    def why_unsaved(self) -> str:
        """Why nothing may be kept; '' where it may."""
        if not self.paths:
            return "the buildspec names no path that can be cached"
        if self.plan.mode is CacheMode.READ_ONLY:
            return "the cache is read-only in this build"
        return "" if self.saves else "cache.action is restore"

    @property
    def lies_in_source(self) -> bool:
        """Whether any of it is relative to the source's directory."""
        return any(not path.base.startswith(b"/") for path in self.paths)


def want(context: CacheContext) -> Wanted:
    """What a build wants, before anything is evaluated."""
    plan = context.plan.cache
    directory = context.plan.source.directory
    paths: list[CachePath] = []
    expanded: list[str] = []
    problems: list[str] = []
    mounted = [relative(m.target, directory).encode() for m in context.plan.environment.mounts]
    for text in plan.paths:
        expanded.append(expand_path(text, context.variables))
        try:
            path = parse_path(expanded[-1], directory)
        except ValueError as error:
            problems.append(f"cache: {error}: it is left out")
            continue
        if context.plan.source.mode == "mount" and not path.base.startswith(b"/"):
            problems.append(f"cache: '{text}' is left out: the mounted source keeps it itself")
            continue
        below = (place for place in mounted if path_below(path.base, place))
        paths.append(replace(path, without=(*path.without, *below)))
    keys = (plan.key, *plan.fallback_keys) if plan.key else ()
    return Wanted(
        plan=plan,
        scope=Scope(project=context.plan.project, namespace=plan.namespace).id,
        version=paths_version(plan.paths),
        source_directory=directory,
        shell=context.plan.shell,
        paths=tuple(paths),
        expanded=tuple(expanded),
        templates=tuple(parse_template(key) for key in keys),
        variables=context.variables,
        source=context.source,
        interrupted=context.interrupted,
        problems=tuple(problems),
    )


def builder_of(tool: str, context: CacheContext, image: Image) -> Builder:
    """Who saves an entry, for its manifest. `tool`: our name and version."""
    return Builder(
        tool=tool,
        project=context.plan.project,
        build=context.build,
        image=context.plan.environment.image,
        image_id=image.id,
        platform=image.platform,
    )


def evaluate_here(wanted: Wanted) -> Keys | None:
    """The keys, where everything in them is known without the container. Raises UsageError."""
    return _evaluated(wanted, None)


def evaluate_inside(wanted: Wanted, container: Container) -> Keys | None:
    """The keys with what the container's shell says; None where it says nothing, or too much."""
    commands = [command for template in wanted.templates for command in template.commands]
    said = Said(_MOST_BYTES)
    request = CommandRequest(script=key_script(commands), shell=wanted.shell)
    end = container.run(request, said.take, wanted.interrupted)
    answers = read_answers(said.data())
    if end.kind is not EndKind.EXITED or not said.is_whole or len(answers) != len(commands):
        return None
    return _evaluated(wanted, answers)


def _evaluated(wanted: Wanted, answers: Sequence[str] | None) -> Keys | None:
    """Source: buildspec reference, cache/key: evaluated by the shell in the source directory."""
    found: list[tuple[KeyPart, ...]] = []
    for template in wanted.templates:
        count = len(template.commands)
        mine = None if answers is None else answers[:count]
        answers = None if answers is None else answers[count:]
        parts = evaluate(template, wanted.variables, wanted.source.hash_files, mine)
        if parts is None:
            return None
        found.append(parts)
    if not found:
        return Keys()
    key = key_of(found[0]).encode("utf-8", "surrogateescape")
    if not key:
        raise UsageError(f"the cache key '{wanted.plan.key}' came to nothing")
    if len(key) > MAX_KEY_BYTES:
        raise UsageError(f"the cache key is longer than {MAX_KEY_BYTES} bytes")
    return Keys(
        parts=found[0],
        fallback=tuple(k for k in map(key_of, found[1:]) if k),
        problems=tuple(dict.fromkeys(_empty_parts(wanted, found))),
    )


def _empty_parts(wanted: Wanted, found: Sequence[Sequence[KeyPart]]) -> Iterator[str]:
    """Of hashes of no file and unset variables: a key that leaves them out matches too much."""
    for template, parts in zip(wanted.templates, found, strict=True):
        for written, part in zip(template.parts, parts, strict=True):
            if "codebuild-hash-files" in part.text and not part.value.strip():
                yield f"cache: no file of the source matches {part.text}: the key has no hash there"
            elif written.kind == VARIABLE and written.words[0] not in wanted.variables:
                yield f"cache: nothing has set {part.text}: the key has nothing there"
