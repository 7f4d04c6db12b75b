"""`localbuild cache why`: why a build hit or missed, and whether the next one would."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.past import Reasons, recorded
from localbuild.cli.cache_verbs.places import Caches, cache_verb, open_caches, plain_option
from localbuild.cli.cache_verbs.plain import NO_KEY, on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import build_options
from localbuild.cli.overrides import override_options
from localbuild.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from localbuild.cache.lookup import Found
    from localbuild.cache.manifest import KeyPart
    from localbuild.cache.wanted import Wanted
    from localbuild.plan.model import BuildPlan

_TOLD = {
    "hit": "a hit: an entry has that very key",
    "fallback": "a fallback: an entry with another key",
    "miss": "a miss",
    "off": "not looked for",
    "unknown": "not known before the container runs",
}


def cache_why(ctx: click.Context) -> int:
    """Say why a build found its cache or did not.

    BUILD is a number, an id, `latest` (the default) or a record's folder. With --next the key of
    the next build is evaluated from the source as it is now, part by part, and nothing is started;
    the options of `localbuild run` decide about that build, as they would there.
    """
    call = read_call(ctx)
    if call.flag("next"):
        if call.argument("build"):
            raise UsageError("--next is about no BUILD", hints=("localbuild cache why --next",))
        reasons = _next(call)
    else:
        reasons = recorded(call)
    if call.flag("json"):
        call.voice.document(_as_object(reasons))
    else:
        call.voice.data(on_terminal(_lines(reasons)))
    return ExitCode.SUCCEEDED


def _next(call: Call) -> Reasons:
    """From the source as it is now. Raises UsageError, BuildspecError, StoreError."""
    from localbuild.cache.wanted import evaluate_here
    from localbuild.cli.fetching import with_buildspec
    from localbuild.cli.prepare import prepare

    with with_buildspec(call, prepare(call)) as prepared:
        plan = prepared.plan()
    if not plan.cache.paths:
        return Reasons(outcome="off", why=("the buildspec has no cache paths",))
    with open_caches(call) as caches:
        wanted = _want(plan, caches)
        keys = evaluate_here(wanted)
        if keys is None:
            commands = [c for template in wanted.templates for c in template.commands]
            lines = tuple(f"{command} is evaluated in the container" for command in commands)
            return Reasons(outcome="unknown", key=plan.cache.key, why=lines)
        found, why = _look(wanted, keys.parts, keys.fallback, caches)
        unset = _unset(keys.parts, wanted.variables)
    return Reasons(
        outcome=found.outcome.value if found else "miss",
        key=keys.key,
        matched_key=found.manifest.key if found else "",
        store=found.store.url if found else "",
        looked=tuple(store.url for store in caches.stores),
        why=(*why, *unset),
        parts=keys.parts,
    )


def _want(plan: "BuildPlan", caches: Caches) -> "Wanted":
    from localbuild.cache.wanted import want
    from localbuild.cli.wiring import new_identity
    from localbuild.plan.environment import compose_environment
    from localbuild.ports.cache import CacheContext
    from localbuild.sources.directory import DirectorySource

    environment = compose_environment(plan, new_identity(0), ())
    source = DirectorySource(
        caches.source,
        include_ignored=caches.settings.no_ignore,
        environment=caches.call.world.environ,
    )
    variables = {v.name: v.value for v in environment}
    return want(CacheContext(plan=plan, build="", variables=variables, source=source))


def _look(
    wanted: "Wanted", parts: "tuple[KeyPart, ...]", fallback: tuple[str, ...], caches: Caches
) -> "tuple[Found | None, tuple[str, ...]]":
    """The entry that the build would find, and why it is not that of its key."""
    from localbuild.cache.explain import explain
    from localbuild.cache.keys import decode_key
    from localbuild.cache.lookup import Lookup
    from localbuild.cache.template import key_of
    from localbuild.ports.cache import CacheOutcome

    lookup = Lookup(caches.stores, wanted.scope, wanted.version)
    found = lookup.find(key_of(parts), fallback)
    damaged = tuple(
        f"{decode_key(each.name) or NO_KEY} is damaged: {each.problem}" for each in lookup.damaged
    )
    if found is not None and found.outcome is CacheOutcome.HIT:
        return found, damaged
    candidates = [e.manifest for _, e in caches.entries() if e.manifest]
    now_s = caches.first.now()
    lines = explain(parts, wanted.plan.key, wanted.plan.paths, candidates, now_s)
    return found, (*damaged, *lines)


def _unset(parts: "tuple[KeyPart, ...]", variables: Mapping[str, str]) -> Iterator[str]:
    for part in parts:
        name = part.text.strip("${}")
        if part.kind == "variable" and name not in variables:
            yield f"{name} is not set here; if the image sets it, the key is another one"


def _as_object(reasons: Reasons) -> dict[str, object]:
    from localbuild.cli.cache_verbs.wording import part_objects

    return {
        "buildNumber": reasons.build or None,
        "outcome": reasons.outcome,
        "key": reasons.key or None,
        "matchedKey": reasons.matched_key or None,
        "store": reasons.store or None,
        "lookedIn": list(reasons.looked),
        "why": list(reasons.why),
        "parts": part_objects(reasons.parts),
        "saved": reasons.saved or None,
    }


def _lines(reasons: Reasons) -> Iterator[str]:
    from localbuild.cli.cache_verbs.wording import fields, part_rows

    which = f"build {reasons.build}" if reasons.build else "the next build"
    yield f"{which}: {_TOLD.get(reasons.outcome, reasons.outcome)}"
    rows = [("key", reasons.key or NO_KEY)]
    if reasons.outcome in ("hit", "fallback"):
        rows.append(("used", reasons.matched_key or NO_KEY))
    if reasons.store:
        rows.append(("from", reasons.store))
    elif reasons.looked:
        rows.append(("looked in", ", ".join(reasons.looked)))
    rows += [("saved", reasons.saved)] if reasons.saved else []
    if reasons.build and reasons.key and not reasons.parts:
        rows.append(("parts", "not known: no entry that is within reach has this key"))
    yield from fields([*rows, *part_rows(reasons.parts)])
    for line in reasons.why:
        yield f"because {line}"


WHY = cache_verb(
    "why",
    cache_why,
    click.Argument(["build"], required=False, metavar="[BUILD]"),
    plain_option("--next", is_flag=True, help="Whether the next build would find its cache."),
    *build_options(),
    *override_options(),
    which=False,
)
