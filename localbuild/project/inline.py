"""Buildspecs that stand in a definition: what counts as one, and how its lines keep their numbers.

Source: API reference, ProjectSource buildspec: YAML text, a path, or an S3 ARN.
"""

from collections.abc import Sequence


def is_inline(text: str) -> bool:
    """Whether it is the buildspec itself."""
    return "\n" in text or text.lstrip().startswith(("version:", "{"))


def lines_of_file(text: str, first: int, lines: Sequence[str]) -> str:
    """The text moved to where it stands in its file, so that problems are told by the file's lines.

    `first`: the line (from 1) of the text's first line. Blank lines go before it, and it is
    indented as the file has it.
    """
    own = text.split("\n")
    at = next((n for n, line in enumerate(own) if line.strip()), 0)
    written = lines[first - 1 + at] if 0 <= first - 1 + at < len(lines) else ""
    margin = written[: len(written) - len(written.lstrip(" "))]
    deeper = len(own[at]) - len(own[at].lstrip(" "))
    indent = margin[: max(0, len(margin) - deeper)]
    moved = "\n".join(indent + line if line.strip() else line for line in own)
    return "\n" * (first - 1) + moved
