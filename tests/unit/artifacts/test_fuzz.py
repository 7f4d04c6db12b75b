"""Random trees and patterns: nothing breaks, nothing of anything else is handed out."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from localbuild.artifacts.collector import ContainerCollector
from localbuild.artifacts.directory import DirectoryArtifacts, Folder
from localbuild.artifacts.host_files import Contents
from localbuild.artifacts.select import select
from localbuild.ports.artifacts import Output
from localbuild.ports.collect import FoundFile, Selected, Selection
from tests.faults.rooms import FolderContainer
from tests.trees.compare import describe
from tests.unit.artifacts.forest import FIFO, SOURCE, Forest, file, link

COUNTS = [
    pytest.param(2_000, id="short"),
    pytest.param(20_000, id="full", marks=pytest.mark.fuzz),
]
NAMES = (
    "a",
    "b",
    "c",
    ".d",
    "x.txt",
    "[e]",
    "*",
    "a b",
    "\n",
    "-n",
    "é",
    "...",
    ".localbuild",
    ".git",
)
TARGETS = (
    "..", ".", "/", "/etc", "/etc/shadow", "../..", "../../../../etc", "a/b", "../a", "b",
    SOURCE, f"{SOURCE}/a", "/proc/self", "nowhere", "/codebuild/output/tmp", "", "a/../../..",
)  # fmt: skip
PARTS = (
    "a",
    "b",
    "*",
    "**",
    "?",
    "[ab]",
    "[!a]*",
    "*.txt",
    ".*",
    "",
    ".",
    "[",
    "\\a",
    "a*b*",
    "**.*",
)
OUTWARD = ("..", "/etc", SOURCE, "/", "/proc", "~", "$A")
CANARY = b"canary"


def random_tree(random: Random) -> Forest:
    forest = Forest()
    for path in ("/etc/shadow", "/proc/self/environ", "/codebuild/output/tmp/env", "/srv/x"):
        forest.put(path, file())
    for path, target in random_entries(random):
        forest.put(path, file() if target is None else FIFO if target == "|" else link(target))
    return forest


def random_entries(random: Random) -> Iterator[tuple[str, str | None]]:
    """Paths, none in another one; None is a file, `|` something else, any other text a link's."""
    taken: set[str] = set()
    for _ in range(random.randrange(1, 25)):
        parts = random.choices(NAMES, k=random.randrange(1, 5))
        path = "/".join(parts)
        above = {"/".join(parts[:n]) for n in range(1, len(parts))}
        if above & taken or any(other == path or other.startswith(f"{path}/") for other in taken):
            continue
        taken.add(path)
        kind = random.random()
        yield path, None if kind < 0.6 else "|" if kind < 0.65 else random.choice(TARGETS)


def random_text(random: Random, parts: tuple[str, ...]) -> str:
    text = "/".join(random.choices(parts, k=random.randrange(1, 5)))
    return text if parts is not PARTS else text.lstrip("/")


def random_selection(random: Random, parts: tuple[str, ...] = PARTS) -> Selection:
    return Selection(
        directory=SOURCE,
        files=tuple(random_text(random, parts) for _ in range(random.randrange(1, 4))),
        base_directory=random_text(random, parts) if random.random() < 0.3 else "",
        exclude_paths=tuple(random_text(random, parts) for _ in range(random.randrange(0, 3))),
        discard_paths=random.random() < 0.2,
        keep_links=random.random() < 0.3,
    )


def check_names(found: Selected) -> None:
    """Each one once, none that leads anywhere else, none below another one."""
    names = [f.name for f in found.files]
    assert len(set(names)) == len(names)
    for name in names:
        parts = name.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert not {"/".join(parts[:n]) for n in range(1, len(parts))} & set(names)


@pytest.mark.parametrize("count", COUNTS)
def test_nothing_outside_of_the_source_is_selected(count: int) -> None:
    for seed in range(count):
        random = Random(seed)
        forest, selection = random_tree(random), random_selection(random)
        found = select(forest, selection, most_linked=2_000)
        check_names(found)
        assert bool(found.files) is not bool(found.failure), seed
        for each in found.files:
            assert each.path.startswith(f"{SOURCE}/"), seed
            assert not each.path.startswith(f"{SOURCE}/.localbuild/"), seed
            assert not each.link or selection.keep_links, seed


@pytest.mark.parametrize("count", COUNTS)
def test_patterns_that_lead_anywhere(count: int) -> None:
    """What a buildspec names itself may be anywhere; the kernel's and our own files never are."""
    for seed in range(count):
        random = Random(-seed - 1)
        found = select(random_tree(random), random_selection(random, PARTS + OUTWARD), 2_000)
        check_names(found)
        for each in found.files:
            assert not each.path.startswith(("/proc", "/codebuild/output/tmp")), seed


@pytest.mark.parametrize(
    "count", [pytest.param(100, id="short"), pytest.param(2_000, id="full", marks=pytest.mark.fuzz)]
)
def test_no_byte_comes_from_or_goes_elsewhere(count: int, tmp_path: Path) -> None:
    """Real trees, read and written: the canary stays where it is, and alone."""
    around = tmp_path / "around"
    around.mkdir()
    (around / "canary").write_bytes(CANARY)
    before = describe(around)
    for seed in range(count):
        root, out = tmp_path / f"root{seed}", tmp_path / f"out{seed}"
        random = Random(seed)
        build_tree(random, root, around)
        out.mkdir()
        container, collector = FolderContainer(root=root), ContainerCollector(lambda: None)
        found = collector.select(container, random_selection(random))
        descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        place = DirectoryArtifacts(Folder(descriptor=descriptor, path=str(out), shown="out"))
        packaging = "ZIP" if any(f.link for f in found.files) else "NONE"
        parts = ("z",) if packaging == "ZIP" else ()
        output = Output(parts=parts, packaging=packaging)  # type: ignore[arg-type]
        handed = place.put(output, checked(collector.read(container, found.files)))
        os.close(descriptor)
        assert handed.files == len(found.files), seed
        assert not any(f.kind == "link" for f in describe(out).values()), seed
        assert describe(around) == before, seed


def checked(
    contents: Iterator[Contents],
) -> Iterator[tuple[FoundFile, list[bytes]]]:
    for found, pieces in contents:
        data = b"".join(pieces)
        assert CANARY not in data, found
        yield found, [data]


def build_tree(random: Random, root: Path, around: Path) -> None:
    """A container's root whose links also lead to this machine's files."""
    source = root / SOURCE[1:]
    source.mkdir(parents=True)
    (root / "etc").mkdir()
    (root / "etc/shadow").write_bytes(CANARY)
    for path, target in random_entries(random):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        if target is None:
            (source / path).write_bytes(b"mine")
        elif target == "|":
            os.mkfifo(source / path)
        else:
            choices = (target or ".", str(around), str(around / "canary"))
            (source / path).symlink_to(random.choice(choices))
