"""Whether the disk has room for a source, asked before anything of it is written."""

import shutil
from pathlib import Path

from localbuild.errors import SourceError
from localbuild.units import print_bytes


def refuse_full_disk(needed_bytes: int, into: Path) -> None:
    """Raises SourceError where `into` has less room than that."""
    free = shutil.disk_usage(into).free
    if needed_bytes > free:
        raise SourceError(
            f"it needs {print_bytes(needed_bytes)}, and {print_bytes(free)} are free at {into}"
        )
