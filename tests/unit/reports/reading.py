"""Reads hostile files and mutants in a process of its own, with little memory and time.

    python -m tests.unit.reports.reading hostile CANARY | mutants FIRST END

It writes a line a fate; what is raised and is no FormatError ends it with a traceback.
"""

import resource
import sys
from collections import Counter
from collections.abc import Iterator

from localbuild.ports.reports import ReportContent, ReportFile
from localbuild.reports.recognise import recognise
from localbuild.reports.service import FormatReports
from tests.unit.reports.hostile import CANARY, hostile_files
from tests.unit.reports.mutants import make_mutant

MEMORY_BYTES = 256 * 1024 * 1024
CPU_S = 120


def main(words: list[str]) -> None:
    """Read them all."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    fates = Counter(_hostile(words[1]) if words[0] == "hostile" else _mutants(words[1:]))
    for fate, count in sorted(fates.items()):
        sys.stdout.write(f"{fate} {count}\n")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = "little" if most - used < MEMORY_BYTES else f"{(most - used) >> 20} MB"
    sys.stdout.write(f"memory {told}\n")


def _hostile(canary: str) -> Iterator[str]:
    for file_format, name, data in hostile_files(canary):
        content = _read(file_format, data)
        if CANARY in repr(content):
            raise AssertionError(f"{file_format} {name}: what is in another file was read")
        yield _fate(content)


def _mutants(words: list[str]) -> Iterator[str]:
    for seed in range(int(words[0]), int(words[1])):
        file_format, data = make_mutant(seed)
        try:
            yield _fate(_read(file_format, data))
        except Exception as error:
            raise AssertionError(f"seed {seed}, {file_format}") from error


def _read(file_format: str, data: bytes) -> ReportContent:
    recognise(data[:8192])
    return FormatReports().read(file_format, [ReportFile(path="/f", data=data)])


def _fate(content: ReportContent) -> str:
    return "refused" if content.problems else "read"


if __name__ == "__main__":
    main(sys.argv[1:])
