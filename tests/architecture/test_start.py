"""What is quick to start stays quick: heavy libraries are imported only where they are needed."""

import subprocess
import sys

import pytest

HEAVY = ("docker", "boto3", "botocore", "structlog", "rich", "requests")
PROGRAM = """
import sys
from localbuild.cli.main import run_cli
code = run_cli(sys.argv[1:])
loaded = [name for name in {heavy!r} if name in sys.modules]
print("LOADED", ",".join(loaded), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["run", "--help"], ["lint", "-"]], ids=" ".join
)
def test_no_heavy_library_is_loaded(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), *arguments],
        input="version: 0.2\nphases:\n  build:\n    commands: [make]\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1:] == ["LOADED "], done.stderr
    assert done.returncode == 0
