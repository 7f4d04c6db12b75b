"""A LOCAL cache in a build: links into the engine's volume, made before the source is there.

Source: User Guide, local caching: links are created before the source is downloaded, and cached
items win over items of the source with the same name.
"""

from localbuild.plan.cache import LOCAL_CUSTOM_CACHE, LOCAL_SOURCE_CACHE
from localbuild.plan.local_cache import LocalFolder, uses_local_cache
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import quote
from localbuild.ports.engine import CommandRequest, Container, EndKind
from localbuild.run.deadline import Deadline
from localbuild.run.reporter import Reporter
from localbuild.terms import PhaseType

_PHASE = PhaseType.DOWNLOAD_SOURCE
_NO_FOLDER = 3
_LIMIT_S = 60.0
_LINK = f"""
for path in "$store" "$target"; do
  if [ -e "$path" ] && [ ! -d "$path" ]; then exit {_NO_FOLDER}; fi
done
rm -rf "$store".new-[0-9]*
mkdir -p "$store" "${{target%/*}}" || exit 1
if [ -d "$target" ] && [ ! -L "$target" ] && [ -z "$(ls -A "$store")" ]; then
  new="$store.new-$$"
  cp -a "$target" "$new" && rmdir "$store" && mv "$new" "$store" || exit 1
fi
rm -rf "$target" && ln -s "$store" "$target"
"""
"""What the image has in the folder goes into a store that is new: all of it, or nothing yet."""


def link_folders(
    plan: BuildPlan, folders: tuple[LocalFolder, ...], container: Container, reporter: Reporter
) -> bool:
    """Put a link in the place of each folder, with the service's lines; whether there is one."""
    _say_modes(plan, reporter)
    linked = [_link(folder, container, reporter) for folder in _possible(plan, folders, reporter)]
    return any(linked)


def _say_modes(plan: BuildPlan, reporter: Reporter) -> None:
    if LOCAL_SOURCE_CACHE in plan.cache.modes:
        is_here = plan.source.type == "DIRECTORY"
        why = "the source is a directory" if is_here else "every build fetches its sources anew"
        reporter.line(_PHASE, f"Skip local source cache: {why}")
    if not uses_local_cache(plan):
        reporter.line(_PHASE, "Skip cache due to: a LOCAL cache cannot be only read")
    elif plan.cache.paths and LOCAL_CUSTOM_CACHE not in plan.cache.modes:
        reporter.line(_PHASE, f"Skip cache due to: {LOCAL_CUSTOM_CACHE} is not among its modes")


def _possible(
    plan: BuildPlan, folders: tuple[LocalFolder, ...], reporter: Reporter
) -> list[LocalFolder]:
    """In a mounted source a link would take the place of the user's own folder."""
    if plan.source.mode != "mount":
        return list(folders)
    inside = [f for f in folders if f.target.startswith(f"{plan.source.directory}/")]
    for folder in inside:
        reporter.warn(f"cache: {folder.path} is not kept: the source is mounted, not copied")
    return [f for f in folders if f not in inside]


def _link(folder: LocalFolder, container: Container, reporter: Reporter) -> bool:
    reporter.line(_PHASE, f"Expanded cache path {folder.pattern}")
    status = _run_link(folder, container, reporter) if folder.store else _NO_FOLDER
    if status == _NO_FOLDER:
        why = "only directories can be cached locally"
        reporter.line(_PHASE, f"Unable to initialize cache download: {why}: {folder.path}")
    elif status:
        reporter.warn(f"cache: no link could be made at {folder.target}: {folder.path} is not kept")
    else:
        reporter.line(_PHASE, f"MkdirAll: {folder.store}")
        reporter.line(_PHASE, f"Symlinking: {folder.target} => {folder.store}")
    return status == 0


def _run_link(folder: LocalFolder, container: Container, reporter: Reporter) -> int:
    script = f"store={quote(folder.store)} target={quote(folder.target)}{_LINK}"
    limit = Deadline(reporter.clock, _LIMIT_S, lambda: None)
    end = container.run(CommandRequest(script=script), lambda _: None, limit)
    return end.exit_status if end.kind is EndKind.EXITED else 1
