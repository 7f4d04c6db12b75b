"""What is expected of a sample, and what its build on the real engine came to."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.databases import database_network

SAMPLES_DIR = Path(__file__).parents[2] / "samples"
SAMPLES = tuple(sorted(path.parent.name for path in SAMPLES_DIR.glob("*/expected.toml")))
RECORDS = ".localbuild"

_COMMAND = (sys.executable, "-m", "localbuild", "run", "--cache", "off")
_LIMIT_S = 600
_SHOWN_LINES = 60
_CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_AGENT_PREFIX = re.compile(r"^\[Container\] \S+ \S+ ")
_PASSED_ON = ("DOCKER_", "HOME", "PATH", "TMPDIR", "SSL_CERT_FILE")

Tree = Mapping[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A sample's `expected.toml`; `samples/README.md` describes its keys."""

    status: str
    exit_code: int
    network: bool
    phases: Mapping[str, str]
    commands: Mapping[str, int]
    git: bool = False
    secondary: Sequence[str] = ()
    database: Mapping[str, str] = field(default_factory=dict)
    fakes: Sequence[str] = ()
    log: Sequence[str] = ()
    absent: Sequence[str] = ()
    exported: Mapping[str, str] = field(default_factory=dict)
    artifacts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One build of a sample: `before` and `after` are its folder without the records."""

    sample: str
    expected: Expectation = field(repr=False)
    source: Path = field(repr=False)
    commit: str
    exit_code: int
    said: str = field(repr=False)
    before: Tree = field(repr=False)
    after: Tree = field(repr=False)

    @property
    def record(self) -> Path:
        """The folder of the build's record."""
        return self.source / RECORDS / "builds" / "1"

    @property
    def document(self) -> dict[str, Any]:
        """build.json."""
        file = self.record / "build.json"
        assert file.exists(), self.tell()
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    @property
    def log(self) -> list[str]:
        """The lines of build.log, without the times in front of CodeBuild's own."""
        lines = (self.record / "build.log").read_text(errors="replace").splitlines()
        return [_AGENT_PREFIX.sub("", line) for line in lines]

    @property
    def artifacts(self) -> dict[str, list[str]]:
        """The files of each output by its identifier, relative to its folder."""
        found = {a["identifier"]: Path(a["path"]) for a in self.document["localbuild"]["artifacts"]}
        return {key: files_of(path, set(found.values()) - {path}) for key, path in found.items()}

    @property
    def reports(self) -> dict[str, str]:
        """Each report's status and counts by its name, in the words of `localbuild report`."""
        return {
            str(found["name"]): _told(found) for found in self.document["localbuild"]["reports"]
        }

    def filled(self, text: str) -> str:
        """An expected text with what only the build can know: `{commit}`, `{commit:.7}`."""
        return text.format(commit=self.commit) if "{commit" in text else text

    def tell(self) -> str:
        """The end of what the command said, for messages; a bug's details are in crash files."""
        crashes = [file.read_text() for file in self.source.parent.rglob("crash-*.txt")]
        return "\n".join(["", *self.said.splitlines()[-_SHOWN_LINES:], *crashes])


def read_expectation(sample: str) -> Expectation:
    """The expectation of a sample; an unknown or missing key is an error."""
    found = tomllib.loads((SAMPLES_DIR / sample / "expected.toml").read_text())
    return Expectation(**{key.replace("-", "_"): value for key, value in found.items()})


def run_sample(
    sample: str, folder: Path, *options: str, aws: Mapping[str, str] | None = None
) -> Outcome:
    """Build a copy of the sample in that folder by the command line.

    A sample that is said to do without the network gets none. `aws`: variables of who asks AWS for
    the sample's secrets; without them its fakes stand in for these.
    """
    expected = read_expectation(sample)
    source = folder / sample
    shutil.copytree(SAMPLES_DIR / sample, source, ignore=shutil.ignore_patterns(RECORDS))
    sources = [word for name in expected.secondary for word in _secondary(source, name)]
    commit = _commit(source) if expected.git else ""
    before = tree_of(source)
    fakes = [] if aws else [word for fake in expected.fakes for word in ("--fake-secret", fake)]
    with _network(expected) as network:
        done = subprocess.run(
            [*_COMMAND, sample, *network, *sources, *fakes, *options],
            cwd=folder,
            env=_environment(folder) | dict(aws or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_LIMIT_S,
            check=False,
        )
    return Outcome(
        sample=sample,
        expected=expected,
        source=source,
        commit=commit,
        exit_code=done.returncode,
        said=done.stdout,
        before=before,
        after=tree_of(source),
    )


def tree_of(folder: Path) -> Tree:
    """Every path below a folder with mode, owner and content; the build's records left out."""
    paths = (path.relative_to(folder) for path in folder.rglob("*"))
    return {str(p): _facts(folder / p) for p in paths if p.parts[0] != RECORDS}


def files_of(folder: Path, without: Set[Path]) -> list[str]:
    """The files below a folder, sorted, without those of some folders; a file has its own name."""
    if folder.is_file():
        return [folder.name]
    apart = {other for other in without if other.is_relative_to(folder)}
    found = (p for p in folder.rglob("*") if not p.is_dir() and apart.isdisjoint(p.parents))
    return sorted(str(p.relative_to(folder)) for p in found)


def foreign_files(folder: Path) -> list[str]:
    """What is below a folder and does not belong to who runs the tests."""
    paths = (folder, *folder.rglob("*"))
    return [str(path) for path in paths if path.lstat().st_uid != os.getuid()]


def missing_in_order(patterns: Iterable[str], lines: Iterable[str]) -> list[str]:
    """The patterns that no line is like, from where the pattern before was found on."""
    rest = list(lines)
    missing = []
    for pattern in patterns:
        at = next((n for n, line in enumerate(rest) if is_like(pattern, line)), None)
        if at is None:
            missing.append(pattern)
        else:
            rest = rest[at + 1 :]
    return missing


def is_like(pattern: str, line: str) -> bool:
    """Whether the whole line is as the pattern says, in which `*` stands for anything."""
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), line) is not None


def _told(report: Mapping[str, Any]) -> str:
    """`SUCCEEDED 6 of 7 tests`, `SUCCEEDED 95.45 % of lines`."""
    if coverage := report.get("codeCoverageSummary"):
        return f"{report['status']} {coverage['lineCoveragePercentage']} % of lines"
    counts = report["testSummary"]
    passed = counts["statusCounts"].get("SUCCEEDED", 0)
    return f"{report['status']} {passed} of {counts['total']} tests"


def _facts(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    facts: tuple[object, ...] = (stat.filemode(found.st_mode), found.st_uid, found.st_gid)
    if stat.S_ISLNK(found.st_mode):
        return (*facts, str(path.readlink()))
    if stat.S_ISREG(found.st_mode):
        return (*facts, found.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
    return facts


@contextmanager
def _network(expected: Expectation) -> Iterator[list[str]]:
    """The options for the network that a sample needs, as long as it is there."""
    if not expected.network:
        yield ["--network", "none"]
        return
    trusted = ["--ca-file", str(_CA_BUNDLE)] if _CA_BUNDLE.is_file() else []
    if not expected.database:
        yield trusted
        return
    with database_network(**expected.database) as network:
        yield [*trusted, "--network", network]


def _secondary(source: Path, name: str) -> list[str]:
    """A folder of the sample stands for a repository of its own; the options that name it."""
    place = source.parent / "secondary" / name
    place.parent.mkdir(exist_ok=True)
    shutil.move(source / name, place)
    _commit(place)
    return ["--source", f"{name}:{place.relative_to(source.parent)}"]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's settings gets into the build, and nothing of it to the user."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    own = {name: str(folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    return kept | own


def _commit(source: Path) -> str:
    """Make the folder a repository with everything in it; returns the commit."""
    who = ["-c", "user.name=Sample", "-c", "user.email=sample@example.invalid"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "All"]):
        subprocess.run(["git", *who, *words], cwd=source, check=True, capture_output=True)
    head = ["git", "rev-parse", "HEAD"]
    return subprocess.run(
        head, cwd=source, check=True, capture_output=True, text=True
    ).stdout.strip()
