"""A past build as a page or as a trace: its history is read, told, and written to a file."""

import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from localbuild.cli.call import Call
from localbuild.cli.process.paths import exists, is_dir, is_file, under
from localbuild.cli.records.folders import is_number, record_numbers
from localbuild.cli.records.history import read_document, read_history
from localbuild.errors import HostResourceError, UsageError
from localbuild.events.fold import fold
from localbuild.events.result import BuildResult
from localbuild.logs.door import open_file, replace_file
from localbuild.page.document import PageContent, page_html
from localbuild.page.log import LogLimits
from localbuild.page.story import Story, tell_story
from localbuild.page.trace import trace_document
from localbuild.terms import StatusType

_LOOKED_AT = 50
_STDOUT = "-"


def write_views(record: Path, call: Call) -> None:
    """Write what `--html` and `--trace` ask for, and say where; `-` is stdout.

    Raises UsageError where the record cannot be read, HostResourceError where a file cannot be
    written.
    """
    try:
        story = tell_story(read_history(record), LogLimits())
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None
    written = {
        name: _write(path, make(story, record), call)
        for name, path, make in _asked(call, record, story.result.started.number)
    }
    places = {name: place for name, place in written.items() if place}
    if call.flag("json"):
        call.voice.document(places)
    elif places:
        call.voice.data("\n".join(places.values()))


def _asked(
    call: Call, record: Path, number: int
) -> Iterator[tuple[str, str | Path, Callable[[Story, Path], str]]]:
    page, trace = call.value("html"), call.value("trace")
    if call.flag("json") and _STDOUT in (page, trace):
        raise UsageError("--json and - for --html or --trace: stdout is for one of them")
    if page == trace == _STDOUT:
        raise UsageError("--html and --trace: only one of them can go to stdout")
    if page is not None:
        yield "html", _place(str(page), call) or record / f"build-{number}.html", _page
    if trace is not None:
        yield "trace", _place(str(trace), call), _trace


def _place(text: str, call: Call) -> str | Path:
    return under(call.world.cwd, text) if text not in ("", _STDOUT) else text


def _page(story: Story, record: Path) -> str:
    folder = story.result.started.record or str(record)
    earlier = find_earlier(record, story)
    return page_html(PageContent(story=story, earlier=earlier, log_path=f"{folder}/build.log"))


def _trace(story: Story, _: Path) -> str:
    return json.dumps(trace_document(story), ensure_ascii=False, indent=1) + "\n"


def find_earlier(record: Path, story: Story) -> BuildResult | None:
    """The last build of the same project before this one that succeeded, if it can be read."""
    started = story.result.started
    if not is_number(record.name):
        return None
    numbers = [n for n in record_numbers(record.parent) if n < started.number]
    for number in reversed(numbers[-_LOOKED_AT:]):
        with suppress(UsageError, ValueError):
            found = read_document(record.parent / str(number))
            good = found.get("buildStatus") == StatusType.SUCCEEDED
            if good and found.get("projectName") == started.project:
                history = read_history(record.parent / str(number), with_output=False)
                return fold(history)
    return None


def _write(place: str | Path, text: str, call: Call) -> str:
    """Returns the place as people see it; '' for stdout. What a record holds is masked already."""
    if not isinstance(place, Path):
        call.voice.masked_data(text)
        return ""
    if not is_dir(place.parent):
        shown = os.path.relpath(place.parent, call.shell_cwd)
        raise HostResourceError(
            f"cannot write {place}: there is no directory {shown}",
            hints=(f"mkdir -p {shlex.quote(shown)}",),
        )
    data = text.encode("utf-8", "replace")
    fault = replace_file(place, data) if is_file(place) or not exists(place) else _fill(place, data)
    if fault:
        raise HostResourceError(fault)
    return os.path.relpath(place, call.shell_cwd)


def _fill(place: Path, data: bytes) -> str | None:
    """Write into what is no file, a pipe or a device, where it is."""
    outlet = open_file(place)
    outlet.write(data)
    outlet.close()
    return outlet.fault
