"""Reports that nobody named: files that this build has made and that are reports by their contents.

Source: User Guide, report auto-discovery: a build without `reports` looks for them after its
commands, for up to 5 seconds; two variables turn that off, or say where to look. Ours: only files
that are newer than the build count, and a folder of dependencies is not looked into.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from localbuild.container.said import Said
from localbuild.plan.outputs import ReportPlan
from localbuild.plan.report_groups import AUTO_DISCOVER, AUTO_DISCOVER_DIR, discovered_group
from localbuild.plan.script import ENV_FILE, quote
from localbuild.ports.collect import FoundFile, Selection
from localbuild.ports.engine import CommandRequest, Container, EndKind
from localbuild.run.deadline import Deadline
from localbuild.run.reports import ReportUse
from localbuild.terms import PhaseType

LIMIT_S = 5.0
MAX_FILES = 500
_MOST_BYTES = 256 * 1024
_UPLOAD = PhaseType.UPLOAD_ARTIFACTS
_EVERYWHERE = "**/*"
_HEAD_BYTES = 8_192
_PLAIN = re.compile(r"[A-Za-z0-9_./ +@,=:%#-]+")
"""Paths in which no sign means something in a pattern."""

_SPARE_S = 2.0
"""How much the clocks of a file system and of a machine may differ."""

_LINES = (
    "Set report auto-discover timeout to 5 seconds",
    "Expanding base directory path:  .",
    "Assembling file list",
    "Expanding .",
    "Expanding file paths for base directory .",
    "Assembling file list",
)
_NO_FOLDERS = ("node_modules", ".git", ".localbuild", "site-packages", ".venv", "vendor")
_SCRIPT = f"""\
. {ENV_FILE}
printf '%s\\0%s\\0' "${{{AUTO_DISCOVER}-}}" "${{{AUTO_DISCOVER_DIR}-}}"
case ${{{AUTO_DISCOVER}-}}${{{AUTO_DISCOVER_DIR}-}} in ?*) exit 0 ;; esac
cd @DIRECTORY@ && find . @FOLDERS@ -prune -o -type f @NAMES@ -mmin -@MINUTES@ -print0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the container says: whether and where to look, and what its own `find` found."""

    wanted: bool
    pattern: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """Looks for the reports of one build."""

    use: ReportUse

    def run(self, container: Container) -> None:
        """Find them, and publish one report a format. Raises StoppedError."""
        began = self.use.reporter.clock.monotonic()
        limit = Deadline(self.use.reporter.clock, LIMIT_S, self.use.interrupted)
        answer = self._ask(container, limit)
        if not answer.wanted:
            return
        for line in (*_LINES, f"Expanding {answer.pattern}"):
            self.use.reporter.line(_UPLOAD, line)
        group = ReportPlan(name="auto-discover")
        self.use.guarded(lambda _: self._publish(answer, container, limit, began), group)

    def _ask(self, container: Container, limit: Deadline) -> _Answer:
        said = Said(_MOST_BYTES)
        request = CommandRequest(script=self._script(), shell=self.use.plan.shell)
        end = container.run(request, said.take, limit)
        self.use.check()
        enabled, pattern, *paths = [*said.data().decode("utf-8", "surrogateescape").split("\0"), ""]
        if end.kind is EndKind.CONTAINER_GONE or not said.data():
            return _Answer(wanted=False, pattern="", paths=())
        return _Answer(
            wanted=enabled.lower() != "false",
            pattern=pattern or _EVERYWHERE,
            paths=tuple(path.removeprefix("./") for path in paths[:-2][:MAX_FILES]),
        )

    def _script(self) -> str:
        age_s = self.use.reporter.clock.now().timestamp() - self.use.identity.started_ms / 1000
        folders = " -o ".join(f"-name {quote(name)}" for name in _NO_FOLDERS)
        names = (pattern.rpartition("/")[2] for pattern in self.use.reports.patterns)
        words = {
            "@DIRECTORY@": quote(self.use.plan.source.directory),
            "@FOLDERS@": f"\\( {folders} \\)",
            "@NAMES@": "\\( " + " -o ".join(f"-name {quote(name)}" for name in names) + " \\)",
            "@MINUTES@": str(max(1, int((age_s + _SPARE_S) // 60) + 2)),
        }
        script = _SCRIPT
        for word, value in words.items():
            script = script.replace(word, value)
        return script

    def _publish(
        self, answer: _Answer, container: Container, limit: Deadline, began: float
    ) -> None:
        found = self._recognised(self._select(answer, container), container, limit)
        count = sum(map(len, found.values()))
        told = f"Found {count} file(s)" if count else "No matching auto-discover report paths found"
        self.use.reporter.line(_UPLOAD, told)
        took = self.use.reporter.clock.monotonic() - began
        text = f"Report auto-discover file discovery took {took:.6f} seconds"
        self.use.reporter.line(_UPLOAD, text)
        for file_format, files in sorted(found.items()):
            group = ReportPlan(name=discovered_group(file_format), file_format=file_format)
            contents = self.use.contents(files, container)
            self.use.publish(group, self.use.reports.read(file_format, contents))

    def _select(self, answer: _Answer, container: Container) -> list[FoundFile]:
        """What `find` found or the pattern names, as far as it is new and not too large."""
        named = tuple(path for path in answer.paths if _PLAIN.fullmatch(path))
        wanted = named if answer.pattern == _EVERYWHERE else (answer.pattern,)
        if not wanted:
            return []
        directory = self.use.plan.source.directory
        selected = self.use.collector.select(
            container, Selection(directory=directory, files=wanted)
        )
        since_s = self.use.identity.started_ms / 1000 - _SPARE_S
        return [
            file
            for file in selected.files[:MAX_FILES]
            if file.modified_s >= since_s and file.size_bytes <= self.use.reports.largest_bytes
        ]

    def _recognised(
        self, files: Sequence[FoundFile], container: Container, limit: Deadline
    ) -> dict[str, list[FoundFile]]:
        """The files by their format, as far as that was known in time."""
        found: dict[str, list[FoundFile]] = {}
        for file, pieces in self.use.collector.read(container, files) if files else ():
            if limit() is not None:
                break
            file_format = self.use.reports.recognise(_head(pieces))
            if file_format:
                found.setdefault(file_format, []).append(file)
        return found


def _head(pieces: Iterable[bytes]) -> bytes:
    """The beginning of a file; the rest is taken all the same, as the port wants it."""
    head = b""
    for piece in pieces:
        head += piece[: _HEAD_BYTES - len(head)]
    return head
