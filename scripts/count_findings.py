#!/usr/bin/env python3
"""Lints a folder of other people's buildspecs; writes how often each rule spoke, and nothing else.

    scripts/count_findings.py FOLDER     writes docs/lint-counts.json

A file's name begins with its repository: OWNER__NAME__…
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from localbuild.buildspec.lint.text import lint_text

COUNTS = Path(__file__).resolve().parent.parent / "docs" / "lint-counts.json"


def main(folder: Path) -> int:
    """Count, and say how long it took."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    findings: Counter[str] = Counter()
    with_it: Counter[str] = Counter()
    start = time.process_time()
    for path in files:
        codes = [problem.code for problem in lint_text(path.read_bytes(), path.name)]
        findings.update(codes)
        with_it.update(set(codes))
    seconds = time.process_time() - start
    document = {
        "files": len(files),
        "repositories": len({tuple(path.name.split("__")[:2]) for path in files}),
        "codes": {code: [findings[code], with_it[code]] for code in sorted(findings)},
    }
    COUNTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"{len(files)} files, {seconds:.1f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
