"""The file of results: a table for each group of claims, replaced when that group is run again."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.measure import Finding

HEAD = """# Measured claims

Each row compares two ways that alternate within one run on one machine: read the ratios, not the
seconds. `make bench` measures everything, `python -m benchmarks GROUP…` some of it anew.
"""

_TABLE = """
| claim | localbuild | compared with | found | goal | kept |
|---|---|---|---|---|---|
"""
_GROUP = "## "


def section(name: str, made: str, note: str, findings: Iterable[Finding]) -> str:
    """One group: `made` says when and where, `note` how it is measured ('' for nothing to say)."""
    says = f"\n{note}\n" if note else ""
    rows = "".join(f"{finding.row()}\n" for finding in findings)
    return f"{_GROUP}{name}\n\n{made}\n{says}{_TABLE}{rows}"


def merge(text: str, sections: Mapping[str, str], order: Sequence[str]) -> str:
    """A file of results with these sections, by their names, in place of its own.

    Sections that `order` does not name are dropped: nothing measures them any more.
    """
    known = {**_sections(text), **sections}
    return "\n".join([HEAD, *(known[name] for name in order if name in known)])


def _sections(text: str) -> dict[str, str]:
    """The sections of a file of results, by their names."""
    _, *parts = f"\n{text}".split(f"\n{_GROUP}")
    return {part.partition("\n")[0]: f"{_GROUP}{part.strip()}\n" for part in parts}
