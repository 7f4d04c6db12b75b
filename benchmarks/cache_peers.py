"""The ways of others, as what they run: pack everything into one archive, and unpack everything.

Sources: actions/cache (toolkit, `tar.ts`: zstd without --long, all processors; the archive lies on
the disk before it is uploaded), AWS CodeBuild's S3 cache (tar, gzip), gitlab-runner (zip).
Nothing is written through to the disk, as none of them does.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = {"tar": "tar", "zstd": "zstd", "gzip": "gzip", "zip": "zip", "unzip": "unzip"}
Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One way. `save` packs a tree into a new archive, `restore` unpacks it: in s, to its end.

    `tools` are the commands that it needs. An archive's name ends with `suffix`: zip insists.
    """

    name: str
    suffix: str
    tools: tuple[str, ...]
    save: Callable[[Path, Path], float]
    restore: Callable[[Path, Path], float]


def missing_tools(peers: Sequence[Peer]) -> list[str]:
    """What is not installed, a line each: the command and the Debian package that has it."""
    wanted = dict.fromkeys(tool for peer in peers for tool in peer.tools)
    return [
        f"{tool} is missing: install {_PACKAGES[tool]}"
        for tool in wanted
        if shutil.which(tool) is None
    ]


def save_zstd(tree: Path, archive: Path) -> float:
    """actions/cache: `tar --posix -P | zstd -T0`, level 3."""
    pack = ("tar", "--posix", "-P", "-C", tree, "-cf", "-", ".")
    return _pipe(pack, ("zstd", "-T0", "-q", "-f", "-o", archive))


def restore_zstd(archive: Path, target: Path) -> float:
    """actions/cache: `zstd -d | tar x -P`."""
    return _pipe(("zstd", "-d", "-q", "-c", archive), ("tar", "-x", "-P", "-C", target, "-f", "-"))


def save_gzip(tree: Path, archive: Path) -> float:
    """CodeBuild: `tar cz`, level 6, one processor."""
    return _run(("tar", "-C", tree, "-czf", archive, "."))


def restore_gzip(archive: Path, target: Path) -> float:
    """CodeBuild: `tar xz`."""
    return _run(("tar", "-C", target, "-xzf", archive))


def save_zip(tree: Path, archive: Path) -> float:
    """gitlab-runner: deflate, one processor, links kept as links."""
    return _run(("zip", "-q", "-r", "-y", archive.absolute(), "."), tree)


def restore_zip(archive: Path, target: Path) -> float:
    """gitlab-runner: unzip."""
    return _run(("unzip", "-q", archive, "-d", target))


ACTIONS = Peer(
    name="actions/cache",
    suffix=".tzst",
    tools=("tar", "zstd"),
    save=save_zstd,
    restore=restore_zstd,
)
CODEBUILD = Peer(
    name="CodeBuild", suffix=".tgz", tools=("tar", "gzip"), save=save_gzip, restore=restore_gzip
)
GITLAB = Peer(
    name="gitlab-runner", suffix=".zip", tools=("zip", "unzip"), save=save_zip, restore=restore_zip
)
PEERS = (ACTIONS, CODEBUILD, GITLAB)


def _run(command: Command, cwd: Path | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True)
    return time.perf_counter() - began


def _pipe(first: Command, second: Command) -> float:
    """Raises CalledProcessError where either fails."""
    began = time.perf_counter()
    with subprocess.Popen(first, stdout=subprocess.PIPE) as source:
        assert source.stdout is not None
        subprocess.run(second, stdin=source.stdout, check=True)
        source.stdout.close()
        code = source.wait()
    if code:
        raise subprocess.CalledProcessError(code, [str(word) for word in first])
    return time.perf_counter() - began
