"""`python -m benchmarks`: measure every claim, print a table, write benchmarks/results.md."""

import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.commands import first_command, next_command, start
from benchmarks.measure import Finding
from benchmarks.output import output
from benchmarks.source import source

HEAD = """# Measured claims

Each row compares two commands that alternate within one run on one machine: read the ratios, not
the seconds. Made by `make bench` on {day}, Python {python}, {system}.

| claim | localbuild | compared with | found | goal | kept |
|---|---|---|---|---|---|
"""


def main() -> int:
    """Measure; 1 where a claim does not hold."""
    if shutil.which("docker") is None:
        print("make bench compares with the docker command: install it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="localbuild-bench-") as name:
        found = _measure(Path(name))
    head = HEAD.format(
        day=datetime.now(UTC).date(), python=platform.python_version(), system=platform.platform()
    )
    text = head + "\n".join(finding.row() for finding in found) + "\n"
    Path(__file__).with_name("results.md").write_text(text)
    print(text)
    return 0 if all(finding.kept for finding in found) else 1


def _measure(folder: Path) -> list[Finding]:
    return [
        first_command(folder),
        next_command(folder),
        *output(folder),
        *start(folder),
        source(folder),
    ]


if __name__ == "__main__":
    sys.exit(main())
