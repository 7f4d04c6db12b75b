#!/usr/bin/env python3
"""Draws a build's log as the terminal shows it: `localbuild logs` of a record, as an SVG."""

import argparse
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 112
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  white-space: pre;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw(log: str, title: str) -> str:
    """The picture of a text with its colours."""
    with open("/dev/null", "w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(log.rstrip("\n")), highlight=False, soft_wrap=False)
        return console.export_svg(title=title, code_format=FORMAT, unique_id="localbuild")


def main(arguments: list[str]) -> int:
    """Draw the newest build of a source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", help="the folder that was built")
    parser.add_argument("picture", type=Path, help="the file to write")
    given = parser.parse_args(arguments)
    command = [sys.executable, "-m", "localbuild", "logs", "latest", "-C", given.source]
    words = [*command, "--format", "pretty", "--color", "always"]
    log = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    text = draw(log, "localbuild run")
    given.picture.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
