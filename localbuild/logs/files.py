"""The build record's files: build.log, events.jsonl and build.json, for the user alone."""

import json
from pathlib import Path

from localbuild.events.document import build_document
from localbuild.events.fold import Folding
from localbuild.events.model import BuildEnded, BuildStarted, Event, PhaseEnded, PhaseStarted
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.logs.door import open_file, replace_file
from localbuild.logs.jsonl import JsonLines
from localbuild.logs.stream import RenderedSink


class CodeBuildLogSink(RenderedSink):
    """build.log: the log as the service prints it."""

    def __init__(self, path: Path) -> None:
        super().__init__(CodeBuildLines(), open_file(path))


class JsonlSink(JsonLines):
    """events.jsonl: every event, enough to make every other view again."""

    def __init__(self, path: Path) -> None:
        super().__init__(open_file(path))


class RecordSink:
    """build.json: the result so far, whole at any moment, also where the build is killed.

    Written when the build begins and ends and at each phase's beginning and end.
    """

    def __init__(self, path: Path) -> None:
        self.fault: str | None = None
        self._path = path
        self._folding = Folding()
        self._written = True
        self._closed = False

    def accept(self, event: Event) -> None:
        """Fold the event; write the document where a phase or the build turns."""
        if self._closed:
            return
        self._folding.accept(event)
        self._written = False
        if isinstance(event, BuildStarted | PhaseStarted | PhaseEnded | BuildEnded):
            self._write()

    def close(self) -> None:
        """Write what has come since the last turn."""
        self._closed = True
        if not self._written:
            self._write()

    def _write(self) -> None:
        if self._folding.started is None or self.fault is not None:
            return
        document = build_document(self._folding.result())
        text = json.dumps(document, indent=2) + "\n"
        self.fault = replace_file(self._path, text.encode())
        self._written = True
