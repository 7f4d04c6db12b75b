"""What `doctor` looks at: independent checks, each a question that may fail or hang."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from localbuild import __version__
from localbuild.cli.call import Call
from localbuild.cli.prepare import Prepared, prepare
from localbuild.cli.process.limited import ask_within
from localbuild.cli.process.paths import exists, is_dir
from localbuild.errors import (
    BuildspecError,
    EngineUnavailableError,
    LocalbuildError,
    PrivilegeRefusedError,
)
from localbuild.ports.engine import Engine, EngineFacts, Image
from localbuild.units import print_bytes

_LITTLE_SPACE = 2 * 1000**3
_PAST = datetime(2025, 1, 1, tzinfo=UTC)


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found, and what to do about it."""

    text: str
    verdict: Verdict = Verdict.GOOD
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A named question."""

    id: str
    ask: Callable[[], Finding]


def run_checks(checks: Iterable[Check], patience_s: float) -> Iterator[tuple[str, Finding]]:
    """Ask one after the other; one that fails or gives no answer in time keeps none back."""
    for check in checks:
        yield check.id, _answer(check, patience_s)


def all_checks(call: Call) -> tuple[Check, ...]:
    """Every check of a call, in the order of telling; wrong settings leave few to be made."""
    always = (
        Check(id="versions", ask=check_versions),
        Check(id="clock", ask=lambda: check_clock(datetime.now(UTC))),
        Check(id="git", ask=lambda: _check_git(call)),
    )
    try:
        prepared = prepare(call)
    except LocalbuildError as error:
        wrong = Finding(text=error.message, verdict=Verdict.PROBLEM, hints=error.hints)
        return (*always, Check(id="settings", ask=lambda: wrong))
    return (
        *always,
        Check(id="settings", ask=lambda: _check_settings(prepared)),
        Check(id="engine", ask=lambda: _check_engine(prepared)),
        Check(id="image", ask=lambda: _check_image(prepared)),
        Check(id="privileged", ask=lambda: _check_privileged(prepared)),
        Check(id="kept", ask=lambda: _check_kept(prepared)),
        Check(id="buildspec", ask=lambda: _check_buildspec(prepared)),
        Check(id="record", ask=lambda: _check_record(prepared)),
        Check(id="disk", ask=lambda: _check_disk(prepared)),
    )


def check_versions() -> Finding:
    """localbuild's and Python's."""
    return Finding(
        text=f"localbuild {__version__}, Python {platform.python_version()}, "
        f"{sys.platform} {platform.machine()}"
    )


def check_clock(now: datetime) -> Finding:
    """A clock that stands in the past breaks certificates and signatures."""
    text = f"clock: {now:%Y-%m-%d %H:%M:%S} UTC"
    if now < _PAST:
        return Finding(text=f"{text}: that is long ago", verdict=Verdict.PROBLEM, hints=("date",))
    return Finding(text=text)


def check_space(free_bytes: int, where: str) -> Finding:
    """Room for records, images and copies of the source."""
    text = f"{where}: {print_bytes(free_bytes)} free"
    if free_bytes < _LITTLE_SPACE:
        return Finding(text=text, verdict=Verdict.WARNING, hints=("docker system df",))
    return Finding(text=text)


def _answer(check: Check, patience_s: float) -> Finding:
    try:
        return ask_within(patience_s, check.ask)
    except LocalbuildError as error:
        return Finding(
            text=f"{check.id}: {error.message}", verdict=Verdict.PROBLEM, hints=error.hints
        )
    except TimeoutError as error:
        return Finding(text=f"{check.id}: {error}", verdict=Verdict.PROBLEM)


def _describe(facts: EngineFacts) -> str:
    size = f"{facts.cpus} CPUs, {print_bytes(facts.memory_bytes)} memory"
    return f"{facts.name}, API {facts.api_version}, {size}, at {facts.endpoint}"


def _check_engine(prepared: Prepared) -> Finding:
    with _engine_of(prepared) as engine:
        return Finding(text=f"engine: {_describe(engine.facts())}")


def _check_settings(prepared: Prepared) -> Finding:
    origins = prepared.settings.origins.values()
    files = sorted({o.rpartition(":")[0] or o for o in origins if not o.startswith("-")})
    return Finding(text=f"settings: {', '.join(files) or 'defaults only'}")


def _check_buildspec(prepared: Prepared) -> Finding:
    if prepared.choice.is_awaited:
        where = f"{prepared.primary.address} is not fetched for this"
        return Finding(text=f"{prepared.choice.file}: not looked at: {where}")
    try:
        plan = prepared.plan()
    except BuildspecError as error:
        hints = error.hints or (f"localbuild lint {prepared.choice.file}",)
        text = f"{prepared.choice.file}: {error.message}"
        return Finding(text=text, verdict=Verdict.PROBLEM, hints=hints)
    return Finding(text=f"{plan.buildspec}: valid, {plan.planned_commands} commands")


def _check_image(prepared: Prepared) -> Finding:
    from localbuild.plan.images import image_hints, is_curated, is_published

    wanted = prepared.request.environment
    with _engine_of(prepared) as engine:
        found = _find_image(engine, prepared)
    if found is not None:
        return Finding(text=f"image {wanted.image}: on the engine")
    name = wanted.image_reference
    lost = wanted.pull == "never" or (is_curated(name) and not is_published(name))
    text = f"image {wanted.image}: not on the engine"
    if lost:
        return Finding(text=text, verdict=Verdict.PROBLEM, hints=image_hints(wanted.image, name))
    return Finding(text=f"{text}, to be pulled as {name}", verdict=Verdict.WARNING)


def _check_privileged(prepared: Prepared) -> Finding:
    """Whether a container gets every privilege: of the build's image, with nothing run in it."""
    from localbuild.run.privilege import try_privilege

    text = "privileged builds"
    asked = prepared.request.environment.privileged
    try:
        with _engine_of(prepared) as engine:
            image = _find_image(engine, prepared)
            if image is None:
                return Finding(text=f"{text}: not tried without the image", verdict=Verdict.WARNING)
            less = try_privilege(engine, image)
    except EngineUnavailableError:
        return Finding(text=f"{text}: not tried without an engine", verdict=Verdict.WARNING)
    except PrivilegeRefusedError as error:
        verdict = Verdict.PROBLEM if asked else Verdict.WARNING
        return Finding(text=f"{text}: {error.message}", verdict=verdict, hints=error.hints)
    return Finding(text=f"{text}: work here" + (f", but {less}" if less else ""))


def _check_kept(prepared: Prepared) -> Finding:
    """The containers that builds have left behind: they cost room on the engine's disk."""
    from localbuild.ports.kept import Kept

    text = "kept containers"
    try:
        with _engine_of(prepared) as engine:
            found = engine.list_kept() if isinstance(engine, Kept) else ()
    except EngineUnavailableError:
        return Finding(text=f"{text}: not looked for without an engine", verdict=Verdict.WARNING)
    names = ", ".join(each.name for each in found)
    return Finding(text=f"{text}: {f'{names} (localbuild clean --kept)' if names else 'none'}")


def _engine_of(prepared: Prepared) -> AbstractContextManager[Engine]:
    from localbuild.cli.wiring import engine_of

    return engine_of(prepared.settings)


def _find_image(engine: Engine, prepared: Prepared) -> Image | None:
    from localbuild.run.provision import find_image

    return find_image(engine, prepared.request.environment)


def _check_git(call: Call) -> Finding:
    from localbuild.sources.processes import Git

    answer = Git(environment=call.world.environ).ask(os.fsencode(call.world.cwd), ("--version",))
    if answer.problem:
        text = f"git: {answer.problem}; files that git ignores would be copied, too"
        return Finding(text=text, verdict=Verdict.WARNING)
    return Finding(text=answer.output.decode(errors="replace").strip())


def _check_record(prepared: Prepared) -> Finding:
    from localbuild.cli.records.folders import builds_directory

    asked = prepared.settings.record or builds_directory(prepared.source)
    folder = next(p for p in (asked, *asked.parents) if exists(p))
    if is_dir(folder) and os.access(folder, os.W_OK | os.X_OK):
        return Finding(text=f"build records: {asked}")
    text = f"build records: {folder} cannot be written"
    hints = ("localbuild run --record DIR",)
    return Finding(text=text, verdict=Verdict.PROBLEM, hints=hints)


def _check_disk(prepared: Prepared) -> Finding:
    return check_space(shutil.disk_usage(prepared.source).free, str(prepared.source))
