"""`localbuild clean`."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import ExitCode, HostResourceError, UsageError

if TYPE_CHECKING:
    from localbuild.cli.clean_cached import Cleaned

_KEEP = 10


def clean(ctx: click.Context) -> int:
    """Remove what dead builds left behind.

    Containers whose build is over or was killed go at once; those that a build was asked to keep
    only with --kept, and old build records only with --builds. A warm layer is a copy of a cache's
    entry: --layers removes those whose entry is in no cache directory any more.
    """
    from localbuild.cli.fetched_folders import remove_dead_folders
    from localbuild.cli.records.deaths import end_dead_builds
    from localbuild.cli.records.history import find_builds

    call = read_call(ctx)
    if call.flag("everything") and not (call.flag("layers") or call.flag("volumes")):
        raise UsageError("--all says nothing alone", hints=("localbuild clean --layers --all",))
    old = _old_records(call) if call.flag("builds") else []
    if old and not call.flag("yes"):
        _confirm(old, call)
    sources = remove_dead_folders(call.world.user_state_dir())
    containers, layers, volumes = _clean_engine(call)
    with suppress(UsageError):  # there may be no builds here
        end_dead_builds(find_builds(call.world.cwd))
    for path in old:
        _remove(path)
    if call.flag("json"):
        call.voice.document(
            {
                "containers": containers,
                "builds": [int(p.name) for p in old],
                "layers": layers.document,
                "volumes": volumes.document,
                "sources": [str(path) for path in sources],
            }
        )
        return ExitCode.SUCCEEDED
    removed = [f"container {name}" for name in containers]
    removed += [*layers.lines, *volumes.lines]
    removed += [f"sources of a dead build at {path}" for path in sources]
    removed += [f"record of build {path.name}" for path in old]
    for line in removed:
        call.voice.data(f"removed {line}")
    stays = (*_in_use(call), *layers.stays, *volumes.stays)
    for line in stays:
        call.voice.remark(line)
    if not removed and not stays:
        call.voice.remark("There was nothing to remove.")
    return ExitCode.SUCCEEDED


def _in_use(call: Call) -> list[str]:
    """Kept containers that were to go and that somebody is in."""
    from localbuild.cli.records.held import held_names

    names = held_names(call.world.user_state_dir()) if call.flag("kept") else []
    return [f"container {name} stays: a shell or a retry is in it" for name in names]


def _clean_engine(call: Call) -> "tuple[list[str], Cleaned, Cleaned]":
    """Containers first: a layer or a volume that one uses would stay."""
    from localbuild.cli.clean_cached import Cleaned, clean_layers, clean_volumes
    from localbuild.cli.layers import load_settings
    from localbuild.cli.wiring import engine_of

    settings = load_settings(call, call.world.cwd)
    with engine_of(settings) as engine:
        containers = list(engine.remove_leftovers(kept_too=call.flag("kept")))
        layers = clean_layers(call, settings, engine) if call.flag("layers") else Cleaned()
        volumes = clean_volumes(call, settings, engine) if call.flag("volumes") else Cleaned()
        return containers, layers, volumes


def _old_records(call: Call) -> list[Path]:
    """All but the newest ones, and never one of a build that may still run."""
    from localbuild.cli.records.history import find_builds, list_records
    from localbuild.terms import StatusType

    asked = call.value("newest")
    keep = asked if isinstance(asked, int) else _KEEP
    records = list(list_records(find_builds(call.world.cwd)))[keep:]
    return [r.path for r in records if r.summary.status is not StatusType.IN_PROGRESS]


def _confirm(old: list[Path], call: Call) -> None:
    if not call.world.stdin.isatty():
        raise UsageError("nobody is there to be asked", hints=("localbuild clean --builds --yes",))
    call.voice.say(f"Remove {len(old)} build records below {old[0].parent}? [y/N]")
    if call.world.stdin.readline().strip().lower() not in (b"y", b"yes"):
        raise UsageError("nothing was removed")


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise HostResourceError(f"cannot remove {path}: {error.strerror}") from None


def _option(*names: str, **attributes: Any) -> Option:
    """What removes things is asked for in words, not by the environment."""
    return Option(*names, from_environ=False, **attributes)


COMMAND = Verb(
    "clean",
    clean,
    params=[
        _option("--kept", is_flag=True, help="Also containers that builds were asked to keep."),
        _option("--builds", is_flag=True, help="Also old build records of this project."),
        _option("--layers", is_flag=True, help="Also warm layers whose entries are gone."),
        _option("--volumes", is_flag=True, help="Also the volumes of this project's LOCAL cache."),
        _option(
            "--all",
            "everything",
            is_flag=True,
            help="With --layers, --volumes: all of them, whosever they are.",
        ),
        _option(
            "--keep",
            "newest",  # `keep` is a setting of builds
            type=click.IntRange(min=0),
            metavar="N",
            help="With --builds: keep the newest N (10).",
        ),
        _option("-y", "--yes", is_flag=True, help="Do not ask."),
    ],
    global_options=global_options(),
)
