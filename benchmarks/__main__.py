"""`python -m benchmarks [GROUP…]`: measure claims, print tables, write benchmarks/results.md."""

import compileall
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import localbuild
from benchmarks.groups import GROUPS, Group
from benchmarks.lab import Lab, obstacles, open_lab
from benchmarks.measure import Finding
from benchmarks.results import merge, section
from localbuild.errors import LocalbuildError

RESULTS = Path(__file__).with_name("results.md")
_FAULTS = (LocalbuildError, OSError, subprocess.CalledProcessError, SystemExit)


def main(names: Sequence[str]) -> int:
    """Measure the groups of these names, all for none; 1 where a claim does not hold."""
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"no such group: {unknown[0]}; there are: {' '.join(GROUPS)}", file=sys.stderr)
        return 2
    if missing := obstacles():
        print("\n".join(missing), file=sys.stderr)
        return 2
    _compile()
    kept = True
    with ExitStack() as later:
        folder = later.enter_context(tempfile.TemporaryDirectory(prefix="localbuild-bench-"))
        lab = open_lab(Path(folder), later)
        for name in names or GROUPS:
            kept &= _run(name, GROUPS[name], lab)
    return 0 if kept else 1


def _compile() -> None:
    """See to it that bytecode is there, as it is for every user after the first run."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    package = Path(localbuild.__file__).parent
    for place in (package, Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(place, quiet=2)


def _run(name: str, group: Group, lab: Lab) -> bool:
    """One group: whether its claims hold. What it found is kept, whatever becomes of the next."""
    began, found = time.monotonic(), []
    try:
        for finding in group.measure(lab):
            print(finding.row(), flush=True)
            found.append(finding)
    except _FAULTS as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        found.append(_broken(error))
    text = section(name, _made(lab, time.monotonic() - began), group.note, found)
    print(f"\n{text}", flush=True)
    if lab.scale == 1:
        before = RESULTS.read_text() if RESULTS.exists() else ""
        RESULTS.write_text(merge(before, {name: text}, tuple(GROUPS)))
    return _hold(found)


def _hold(findings: Iterable[Finding]) -> bool:
    return all(finding.kept is not False for finding in findings)


def _broken(error: BaseException) -> Finding:
    words = " ".join(str(error).split()).replace("|", "/")
    what = f"{type(error).__name__}: {words[:200]}"
    return Finding(claim="the rest", ours=what, theirs="", found="", goal="", kept=False)


def _made(lab: Lab, seconds: float) -> str:
    """When and where."""
    day = datetime.now(UTC).date()
    size = "" if lab.scale == 1 else f" At {lab.scale} of the size."
    where = f"Python {platform.python_version()}, {platform.platform()}"
    return f"Made on {day} in {seconds:.0f} s, {where}.{size}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
