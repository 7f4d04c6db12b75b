"""Brings a build's sources to this machine: everything after it works on directories."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from localbuild.cli.call import Call
from localbuild.cli.fetched_folders import fetched_folder
from localbuild.cli.layers import PROJECT_FILE
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.paths import is_file
from localbuild.cli.wanted_sources import WantedSource
from localbuild.errors import LocalbuildError, SourceError
from localbuild.lines import one_line
from localbuild.ports.engine import Interruption
from localbuild.ports.source import Source
from localbuild.run.deadline import Deadline, SystemClock
from localbuild.run.outcome import StoppedError
from localbuild.sources.places import GitRepository, S3Object
from localbuild.units import print_duration

Check = Callable[[], None]
"""Raises where the work must end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How fetching came out: where nothing kept the sources away, `prepared` has them all.

    `stopped` counts where both are there: what does not look at `check` ends with an error.
    """

    prepared: Prepared
    seconds: float = 0.0
    stopped: Interruption | None = None
    error: LocalbuildError | None = None


@contextmanager
def fetch_sources(
    call: Call, prepared: Prepared, interrupted: Callable[[], Interruption | None]
) -> Iterator[Fetched]:
    """Bring all sources into directories, which are gone after the block.

    It may take as long as the build itself, and ends where `interrupted` says so.
    """
    clock = SystemClock()
    deadline = Deadline(clock, prepared.request.timeout_s, interrupted)

    def check() -> None:
        if deadline() is not None:
            raise StoppedError

    wanted = (prepared.primary, *prepared.others)
    began = clock.monotonic()
    with ExitStack() as stack:
        try:
            ready = stack.enter_context(_fetched(call, prepared, wanted, check))
        except StoppedError:
            found = Fetched(prepared=prepared, stopped=deadline())
        except LocalbuildError as error:
            found = Fetched(prepared=prepared, stopped=interrupted(), error=error)
        else:
            seconds = 0.0 if ready is prepared else clock.monotonic() - began
            found = Fetched(prepared=ready, seconds=seconds)
        yield found


@contextmanager
def with_buildspec(call: Call, prepared: Prepared) -> Iterator[Prepared]:
    """The build with its buildspec at hand: the primary source is fetched if that is within it."""
    wanted = (prepared.primary,) if prepared.choice.is_awaited else ()
    for source in (prepared.primary, *prepared.others):
        if source.is_fetched and source not in wanted:
            name = source.identifier or "SOURCE"
            call.voice.note(f"{name} is not fetched for this: {source.address}")
    limit_s = prepared.request.timeout_s
    deadline = Deadline(SystemClock(), limit_s, lambda: None)

    def check() -> None:
        if deadline() is not None:
            raise SourceError(f"not fetched within {print_duration(limit_s)}")

    with _fetched(call, prepared, wanted, check) as found:
        yield found


def open_sources(call: Call, prepared: Prepared) -> tuple[Source, ...]:
    """The trees of all sources, the primary one first."""
    from localbuild.cli.artifacts import output_folders
    from localbuild.cli.open_cache import cache_folders
    from localbuild.sources.directory import DirectorySource

    own = prepared.tree == prepared.source
    caches = cache_folders(prepared) if own else ()
    outputs = output_folders(prepared.settings, prepared.source) if own else ()
    if prepared.settings.source_mode == "copy":
        for folder in caches:
            call.voice.detail(f"source: {folder} is left out: the cache lies there")
        for folder in outputs:
            call.voice.detail(f"source: {folder} is left out: what the build hands out goes there")
    plans = (prepared.request.source, *prepared.request.secondary_sources)
    return tuple(
        DirectorySource(
            tree,
            include_ignored=plan.include_ignored,
            environment=call.world.environ,
            left_out=() if plan.identifier else (*caches, *outputs),
        )
        for tree, plan in zip((prepared.tree, *prepared.trees), plans, strict=True)
    )


@contextmanager
def _fetched(
    call: Call, prepared: Prepared, wanted: tuple[WantedSource, ...], check: Check
) -> Iterator[Prepared]:
    if not any(source.is_fetched for source in wanted):
        yield prepared
        return
    with fetched_folder(call.world.user_state_dir()) as folder:
        for source in wanted:
            if source.is_fetched:
                place = folder / (f"secondary-{source.identifier}" if source.identifier else "src")
                place.mkdir()
                tree, commit = _bring(call, prepared, source, place, check)
                _say_unread(call, source, tree)
                prepared = prepared.with_tree(source, tree, commit, call.world.cwd)
        yield prepared


def _say_unread(call: Call, source: WantedSource, tree: Path) -> None:
    """What comes from elsewhere says nothing about this machine: volumes, caches, images."""
    elsewhere = not isinstance(source.place, Path) and not source.identifier
    if elsewhere and is_file(tree / PROJECT_FILE):
        call.voice.note(f"{PROJECT_FILE} of {one_line(source.address)} is not read")


def _bring(
    call: Call, prepared: Prepared, source: WantedSource, folder: Path, check: Check
) -> tuple[Path, str]:
    """Fetch one source; its directory and commit ('' without git)."""
    call.voice.remark(f"fetching {one_line(source.address)}")
    which = f"secondary source {source.identifier}" if source.identifier else "primary source"
    version = f" and source version {source.version}" if source.version else ""
    try:
        return _fetch(call, prepared, source, folder, check)
    except SourceError as error:
        hints = (f"-s {source.identifier}:DIR",) if source.identifier else ()
        raise SourceError(
            f"{error.message} for {which}{version}", hints=(*error.hints, *hints)
        ) from error


def _fetch(
    call: Call, prepared: Prepared, source: WantedSource, folder: Path, check: Check
) -> tuple[Path, str]:
    environ = call.world.environ
    match source.place:
        case GitRepository():
            from localbuild.sources.git_fetch import GitWish, fetch_repository

            wish = GitWish(
                repository=source.place,
                version=source.version,
                clone_depth=source.git_clone_depth,
                fetch_submodules=source.fetch_submodules,
            )
            return folder, fetch_repository(wish, folder, check, environ)
        case S3Object():
            from localbuild.cli.source_objects import fetch_from_s3

            object_ = replace(source.place, version=source.version)
            fetch_from_s3(object_, folder, prepared.settings, check)
            return folder, ""
        case _:
            from localbuild.sources.checkout import check_out

            return check_out(source.place, source.version, folder, check, environ)
