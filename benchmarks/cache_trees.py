"""The trees that a cache is measured with: a node_modules, a Python environment, random bytes.

All content follows from a seed. A few megabytes of text and of machine code are made word by word;
a file is a piece of them under a permutation of its own, so that no two files and no two stretches
of a large one are alike, while each compresses as its model does.
"""

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from random import Random

from benchmarks.cache_contents import Contents

NPM_TIME_S = 499_162_500
"""What npm gives to every file: 1985-10-26 08:15:00 UTC."""

_MIB = 1 << 20
_FOLDERS = ("lib", "dist", "src", "esm", "cjs", "types", "dist/internal", "lib/util/helpers")
_PART_OF_A_PERCENT = 0.216


class Kind(StrEnum):
    """A: 60,000 small files, 0.6 GB. B: 5,000 files, 0.75 GB. C: 61 files, 1 GiB, random."""

    A = "A"
    B = "B"
    C = "C"


def make_tree(kind: Kind, folder: Path, scale: float = 1.0) -> Path:
    """Fill a new `folder`; `scale` is how much of the files there is (C: of their bytes).

    Removing it slows ext4 down for a while: put it on a `fresh_filesystem` that is dropped whole.
    """
    folder.mkdir(parents=True)
    makers: dict[Kind, Callable[[Path, float], None]] = {
        Kind.A: _node_modules,
        Kind.B: _environment,
        Kind.C: _random,
    }
    makers[kind](folder, scale)
    return folder


def change(kind: Kind, folder: Path, fraction: float = 0.01, turn: int = 1) -> int:
    """Give a part of the files new content, add and remove a tenth as many; the bytes written.

    Of C's files five are changed, each in one stretch. Each `turn` changes others.
    """
    random = Random(f"change {kind} {turn}")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    if kind is Kind.C:
        return _change_stretches(files, random, fraction)
    contents = Contents(f"change {kind} {turn}")
    count = max(1, int(len(files) * fraction))
    few = max(1, count // 10)
    chosen = random.sample(files, count + few)
    written = 0
    for file in chosen[:count]:
        size = min(file.stat().st_size, _MIB)
        written += file.write_bytes(contents.like(file.name, size))
    for number, file in enumerate(chosen[:few]):
        added = file.with_name(f"added-{turn}-{number}.js")
        written += added.write_bytes(contents.text(random.randrange(200, 8000)))
    for file in chosen[count:]:
        file.unlink()
    return written


def _change_stretches(files: list[Path], random: Random, fraction: float) -> int:
    """2.32 MB in each of five files of the whole tree."""
    total = sum(file.stat().st_size for file in files)
    written = 0
    for path in random.sample(files, 5):
        size = path.stat().st_size
        length = min(size, int(total * fraction * _PART_OF_A_PERCENT))
        with path.open("r+b") as file:
            file.seek(random.randrange(size - length + 1))
            written += file.write(random.randbytes(length))
    return written


# --- A: a node_modules ---------------------------------------------------------------------------


def _node_modules(folder: Path, scale: float) -> None:
    random, contents = Random("node_modules"), Contents("node_modules")
    binaries = folder / ".bin"
    binaries.mkdir()
    left, number, places = max(20, int(60_000 * scale)), 0, [folder]
    while left > 0:
        count = min(left, int(random.lognormvariate(3.2, 1.1)) + 3)
        above = random.choice(places) if random.random() < 0.25 else folder
        scope = f"@{contents.word()}" if random.random() < 0.3 else "."
        package = above / scope / f"{contents.word()}-{number}"
        _package(package, count, random, contents)
        if package.parts.count("node_modules") < 5:
            places.append(package / "node_modules")
        if number % 4 == 0:
            target = package.relative_to(folder) / "package.json"
            (binaries / f"tool-{number}").symlink_to(".." / target)
        left, number = left - count, number + 1


def _package(package: Path, count: int, random: Random, contents: Contents) -> None:
    contents.turn()
    folders = [package / name for name in random.sample(_FOLDERS, min(4, count // 4))]
    for folder in (package, *folders):
        folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(("package.json", "index.js", "README.md")[:count]):
        _old_file(package / name, contents.text(_small_size(random)), 0o755 * (number == 1))
    for number in range(3, count):
        suffix = random.choice(("js", "js", "mjs", "d.ts", "js.map"))
        file = random.choice(folders or [package]) / f"{contents.word()}{number}.{suffix}"
        _old_file(file, contents.text(_small_size(random)))


def _old_file(path: Path, data: bytes, mode: int = 0) -> None:
    path.write_bytes(data)
    if mode:
        path.chmod(mode)
    os.utime(path, (NPM_TIME_S, NPM_TIME_S))


def _small_size(random: Random) -> int:
    """Most below 8 KiB, one in forty from 50 to 500 KB; 9 KB on the average."""
    draw = random.random()
    if draw < 0.855:
        return int(200 * 40 ** random.random())
    if draw < 0.975:
        return int(8_000 * 6.25 ** random.random())
    return int(50_000 * 10 ** random.random())


# --- B: a Python environment ----------------------------------------------------------------------


def _environment(folder: Path, scale: float) -> None:
    random, contents = Random("environment"), Contents("environment")
    above = folder / "lib/python3.11/site-packages"
    for number in range(max(2, int(120 * scale))):
        package = above / f"{contents.word()}_{number}"
        contents.turn()
        _modules(package, random, contents)
        if number % 2 == 0:
            _library(package, _library_size(number, random), contents)
        details = package.with_name(f"{package.name}-{number % 9}.{number % 7}.0.dist-info")
        details.mkdir()
        for name in ("METADATA", "RECORD"):
            (details / name).write_bytes(contents.text(random.randrange(2_000, 20_000)))


def _modules(package: Path, random: Random, contents: Contents) -> None:
    for number in range(20):
        folder = package if number < 5 else package / ("core", "io", "tests")[number % 3]
        compiled = folder / "__pycache__"
        compiled.mkdir(parents=True, exist_ok=True)
        name, size = f"{contents.word()}{number}", int(1_000 * 120 ** random.random())
        (folder / f"{name}.py").write_bytes(contents.text(size))
        (compiled / f"{name}.cpython-311.pyc").write_bytes(contents.code(size))


def _library_size(number: int, random: Random) -> int:
    """From 1 to 40 MB; the first has 60."""
    return 60_000_000 if number == 0 else int(1_000_000 * 40 ** random.random())


def _library(package: Path, size: int, contents: Contents) -> None:
    file = package / "_native.cpython-311-x86_64-linux-gnu.so"
    file.write_bytes(contents.library(size))
    file.chmod(0o755)


# --- C: random bytes ------------------------------------------------------------------------------


def _random(folder: Path, scale: float) -> None:
    random = Random("random")
    shares = [random.uniform(0.2, 1.8) for _ in range(61)]
    for number, share in enumerate(shares):
        size = int(1024 * _MIB * scale * share / sum(shares))
        (folder / f"part-{number:02}.bin").write_bytes(random.randbytes(size))
