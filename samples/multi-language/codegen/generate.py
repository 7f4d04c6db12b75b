"""Writes the C header with the table of units: generate.py UNITS_JSON > units.h"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

HEADER = "/* Made by codegen/generate.py; do not edit. */\nstatic const struct unit UNITS[] = {\n"


def header_of(units: Iterable[dict[str, object]]) -> str:
    """The header's text. Raises ValueError for a symbol that is there twice."""
    seen: set[object] = set()
    lines = []
    for unit in units:
        if unit["symbol"] in seen:
            raise ValueError(f"the unit {unit['symbol']} is there twice")
        seen.add(unit["symbol"])
        lines.append(f'    {{"{unit["symbol"]}", {unit["metres"]}}},\n')
    return HEADER + "".join(lines) + "};\n"


if __name__ == "__main__":
    sys.stdout.write(header_of(json.loads(Path(sys.argv[1]).read_text())))
