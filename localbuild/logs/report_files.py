"""The reports' own files: one JSON a report group, in one folder.

A build that is root in a mounted source may put links in the folder's place: none is followed.
"""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from localbuild.events.document_reports import report_document
from localbuild.events.model import Event
from localbuild.events.reports import ReportMade
from localbuild.logs.door import replace_in

_ODD = re.compile(r"[^A-Za-z0-9_.@+-]+")
_NAME_LENGTH = 120
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PRIVATE = 0o600
_SHARED = 0o644


def file_name(name: str, taken: set[str]) -> str:
    """A group's file: nothing in its name means a place, and none is `taken` in any spelling."""
    stem = _ODD.sub("-", name).strip(".-")[:_NAME_LENGTH] or "report"
    found, number = f"{stem}.json", 1
    while found.lower() in taken:
        number += 1
        found = f"{stem}-{number}.json"
    taken.add(found.lower())
    return found


class ReportFilesSink:
    """Writes each report as it is made, whole or not at all.

    `folder` is made by the first report, below a folder that is there already, which is opened at
    once and cannot be exchanged afterwards. What is `private` is for the user alone.
    """

    def __init__(self, folder: Path, *, private: bool = True) -> None:
        self.fault: str | None = None
        self._folder = folder
        self._mode = _PRIVATE if private else _SHARED
        self._taken: set[str] = set()
        self._above = -1
        try:
            self._above = os.open(folder.parent, _FOLDER)
        except OSError as error:
            self._note(error)

    def accept(self, event: Event) -> None:
        """Write a report."""
        if isinstance(event, ReportMade) and self.fault is None and self._above >= 0:
            data = json.dumps(report_document(event), indent=2) + "\n"
            try:
                self._write(file_name(event.name, self._taken), data.encode())
            except OSError as error:
                self._note(error)

    def close(self) -> None:
        """Let go of the folder."""
        above, self._above = self._above, -1
        if above >= 0:
            os.close(above)

    def _write(self, name: str, data: bytes) -> None:
        with suppress(FileExistsError):
            os.mkdir(self._folder.name, 0o700, dir_fd=self._above)
        folder = os.open(self._folder.name, _FOLDER | os.O_NOFOLLOW, dir_fd=self._above)
        try:
            replace_in(folder, Path(name), data, self._mode)
        finally:
            os.close(folder)

    def _note(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        self.fault = f"cannot write reports to {self._folder}: {reason}"
