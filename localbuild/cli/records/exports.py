"""The file of exported variables: `NAME=value` lines, or JSON."""

import json
from collections.abc import Iterable
from pathlib import Path

from localbuild.cli.process.voice import Voice
from localbuild.errors import HostResourceError


def write_exports(path: Path, variables: Iterable[tuple[str, str]], voice: Voice) -> None:
    """Write the file at once, for the user alone. Raises HostResourceError."""
    from localbuild.logs.door import replace_file

    pairs = list(variables)
    if path.suffix == ".json":
        text = json.dumps(dict(pairs), indent=2) + "\n"
    else:
        text = "".join(f"{name}={value}\n" for name, value in pairs if "\n" not in value)
        for name in (name for name, value in pairs if "\n" in value):
            voice.warning(f"{name} has several lines: only a .json file can hold it")
    fault = replace_file(path, text.encode("utf-8", "surrogateescape"))
    if fault:
        raise HostResourceError(fault, hints=("--exports-file FILE",))
