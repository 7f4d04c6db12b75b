"""`plan` and `run --dry-run`: what a build would do, as text or JSON; nothing is started."""

from collections.abc import Iterator

from localbuild.cli.caching import NO_CACHE, S3
from localbuild.cli.call import Call
from localbuild.cli.images import find_on_engine
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.voice import Voice
from localbuild.cli.settings import Settings
from localbuild.cli.stand_ins import stand_in_rows
from localbuild.errors import ExitCode
from localbuild.lines import plain
from localbuild.plan.cache import CacheAction, CacheMode, CachePlan, CacheSave
from localbuild.plan.model import (
    SHOWN,
    BuildPlan,
    PhasePlan,
    PlannedCommand,
    PlannedSecret,
    PlannedVariable,
    SourcePlan,
)
from localbuild.plan.resumption import phases_after
from localbuild.terms import VariableType
from localbuild.units import print_bytes, print_duration

_PLACES = {
    VariableType.PLAINTEXT: "",
    VariableType.PARAMETER_STORE: "Parameter Store",
    VariableType.SECRETS_MANAGER: "Secrets Manager",
}
_ORIGINS = {"option": "command line", "project": "project", "buildspec": "buildspec"}


def show_plan(call: Call, prepared: Prepared) -> int:
    """Print the plan. Raises BuildspecError."""
    plan = prepared.plan()
    if call.flag("json"):
        from localbuild.plan.codec import plan_to_json

        call.voice.document(plan_to_json(plan))
        return ExitCode.SUCCEEDED
    found = find_on_engine(prepared.settings, plan.environment)
    call.voice.data("\n".join(plan_lines(plan, prepared.settings, found)))
    tell_notices(plan, call.voice)
    return ExitCode.SUCCEEDED


def plan_lines(plan: BuildPlan, settings: Settings, image_found: str) -> Iterator[str]:
    """The plan for people. `image_found` says where the image stands."""
    yield from _head(plan, settings, image_found)
    if plan.variables or plan.secrets:
        yield "variables"
        yield from variable_lines(plan.variables, plan.secrets)
    if plan.exported_variables:
        yield _row("exports", ", ".join(plan.exported_variables))
    for phase in plan.phases:
        yield from _phase(phase, plan)
    yield f"{plan.planned_commands} commands planned"


def variable_lines(
    variables: tuple[PlannedVariable, ...], secrets: tuple[PlannedSecret, ...] = ()
) -> Iterator[str]:
    """One line a variable: its name, its value, who set it. Of a secret: where its value lies."""
    names = [*(v.name for v in variables), *(s.name for s in secrets)]
    width = max(map(len, names), default=0)
    for variable in variables:
        origin = _ORIGINS.get(variable.origin, variable.origin)
        yield f"  {variable.name:{width}} = {_one_line(variable.value)}  ({origin})"
    for secret in secrets:
        origin = _ORIGINS.get(secret.origin, secret.origin)
        where = (
            f"; {_PLACES[secret.type]} {_one_line(secret.reference)}" if secret.reference else ""
        )
        yield f"  {secret.name:{width}} = {SHOWN}  ({origin}{where})"


def tell_notices(plan: BuildPlan, voice: Voice) -> None:
    """What the user should know about the plan, on stderr."""
    for notice in plan.notices:
        place = f"{notice.file or plan.buildspec}:{notice.line}: " if notice.line else ""
        voice.warning(f"{place}{notice.message} [{notice.code}]")
        for hint in notice.hints:
            voice.hint(hint)


def _head(plan: BuildPlan, settings: Settings, image_found: str) -> Iterator[str]:
    environment = plan.environment
    yield _row("project", plan.project)
    yield _row("buildspec", f"{plan.buildspec} (version {plan.version})")
    yield _row("", plan.buildspec_location)
    asked = f"{environment.image}  ({settings.origin('image')})"
    yield _row("image", asked)
    if environment.image_reference != environment.image:
        yield _row("", environment.image_reference)
    yield _row("", image_found)
    yield _row("source", _place(plan.source))
    yield _row("", _source(plan))
    for source in plan.secondary_sources:
        yield _row("", f"{source.identifier}: {_place(source)}, at {source.directory}")
    for mount in environment.mounts:
        mode = ", read-only" if mount.read_only else ""
        yield _row("volume", f"{mount.source} at {mount.target}{mode}")
    yield from _cache(plan, settings)
    yield from _artifacts(plan, settings)
    yield from _reports(plan, settings)
    yield from (_row(name, text) for name, text in stand_in_rows(plan))
    yield _row("limits", _limits(plan))
    yield _row("network", environment.network or "the engine's default")
    yield _row("timeout", f"{print_duration(plan.timeout_s)}  ({settings.origin('timeout')})")
    if plan.runtime_versions:
        named = (f"{runtime.name} {runtime.version}" for runtime in plan.runtime_versions)
        yield _row("runtimes", _one_line(", ".join(named)))
    yield _row("shell", plan.shell + (", a new one for each command" if plan.isolated else ""))


def _place(source: SourcePlan) -> str:
    """Where it comes from, and what of it is wanted."""
    parts = (
        [source.location] if source.type == "DIRECTORY" else [f"{source.type} {source.location}"]
    )
    parts += [f"version {source.version}"] if source.version else []
    parts += [f"depth {source.git_clone_depth}"] if source.git_clone_depth else []
    parts += ["with submodules"] if source.fetch_submodules else []
    return _one_line(", ".join(parts))


def _source(plan: BuildPlan) -> str:
    if plan.source.mode == "mount":
        return f"mounted at {plan.source.directory}"
    ignored = "" if plan.source.include_ignored else ", without what git ignores"
    return f"copied to {plan.source.directory}{ignored}"


def _cache(plan: BuildPlan, settings: Settings) -> Iterator[str]:
    """Where the cache is, what is in it under which key, and what the build does with it."""
    cache = plan.cache
    places = cache.tiers or (" ".join((cache.type, *cache.modes)),)
    yield _row("cache", f"{', then '.join(places)}  ({settings.origin('cache')})")
    if not cache.paths:
        yield _row("", "the buildspec names no paths: nothing is kept")
        return
    if cache.type == NO_CACHE:
        return
    yield _row("", _one_line(", ".join(cache.paths)))
    if cache.type == S3:
        fallbacks = "".join(f", else {key}…" for key in cache.fallback_keys)
        yield _row("", _one_line(f"key {cache.key}{fallbacks}") if cache.key else "no key")
        yield _row("", _cache_use(cache))


def _artifacts(plan: BuildPlan, settings: Settings) -> Iterator[str]:
    """Where they go, and which files of each output."""
    if plan.artifacts:
        place = settings.artifacts or "the record"
        yield _row("artifacts", f"{place}  ({settings.origin('artifacts')})")
    for output in plan.artifacts:
        name = f"{output.identifier}: " if output.identifier else ""
        base = f" in {output.base_directory}" if output.base_directory else ""
        zipped = ", as a zip" if output.packaging == "ZIP" else ""
        yield _row("", _one_line(f"{name}{', '.join(output.files)}{base}{zipped}"))


def _reports(plan: BuildPlan, settings: Settings) -> Iterator[str]:
    """Where they are written, and which files of each group are read."""
    if plan.reports:
        place = settings.reports or "the record"
        yield _row("reports", f"{place}  ({settings.origin('reports')})")
    for group in plan.reports:
        base = f" in {group.base_directory}" if group.base_directory else ""
        files = f"{', '.join(group.files)}{base}"
        yield _row("", _one_line(f"{group.name}: {files} ({group.file_format})"))


def _cache_use(cache: CachePlan) -> str:
    if cache.mode is CacheMode.READ_ONLY or cache.action is CacheAction.RESTORE:
        return "restored, never saved"
    when = {
        CacheSave.SUCCESS: "when every phase has succeeded",
        CacheSave.INSTALL: "when INSTALL has succeeded",
        CacheSave.ALWAYS: "however the build ends",
    }[cache.save]
    only_saved = cache.mode is CacheMode.WRITE_ONLY or cache.action is CacheAction.SAVE
    return f"{'never restored' if only_saved else 'restored'}, saved {when}"


def _limits(plan: BuildPlan) -> str:
    wanted = plan.environment
    parts = [wanted.compute_type] if wanted.compute_type else []
    parts += [f"{wanted.cpus:g} CPUs"] if wanted.cpus else []
    parts += [print_bytes(wanted.memory_bytes)] if wanted.memory_bytes else []
    parts += ["privileged"] if wanted.privileged else []
    return ", ".join(parts) or "none"


def _phase(phase: PhasePlan, plan: BuildPlan) -> Iterator[str]:
    if not phase.declared:
        return
    extras = [f"as {phase.user}"] if phase.user else []
    if phase.on_failure:
        retries = f" {phase.on_failure.retries} times" if phase.on_failure.retries else ""
        extras.append(f"on-failure: {phase.on_failure.action}{retries}")
    if phase.skipped:
        extras.append("not run (--skip)")
    if plan.until and phase.type in phases_after(plan.until):
        extras.append("not entered (--until)")
    yield f"{phase.type}{'  ' if extras else ''}{', '.join(extras)}"
    for command in phase.commands:
        yield _command(command, plan)
    if phase.finally_:
        yield "  finally"
    for command in phase.finally_:
        yield _command(command, plan)


def _command(command: PlannedCommand, plan: BuildPlan) -> str:
    return f"  {plan.buildspec}:{command.line}: {_one_line(command.text)}"


def _one_line(text: str) -> str:
    """The first line, and how many more there are; nothing in it can steer a terminal."""
    lines = text.rstrip("\n").split("\n")
    shown = plain(lines[0].replace("\t", " "))
    more = len(lines) - 1
    return f"{shown} … ({more} more line{'s' if more > 1 else ''})" if more else shown


def _row(name: str, text: str) -> str:
    return f"{name:<10} {text}"
