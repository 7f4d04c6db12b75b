"""The catalogue of hostile entry lists is what it says, and forging keeps every word of it."""

import pytest

from localbuild.cache.segments import decode_segment, encode_segment
from tests.trees.forge import forge
from tests.trees.hostile import CATALOGUE, PARTS
from tests.trees.hostile_lines import BASES, GOOD, Outcome

WRITABLE = [
    name
    for name, case in CATALOGUE.items()
    if all(len(line.kind) == 1 and b"\0" not in line.path + line.target for line in case.lines)
]


def below(path: bytes, declared: tuple[str, ...]) -> bool:
    """Whether a path lies below one of the static bases of these patterns."""
    bases = [text.partition("*")[0].encode() for text in declared]
    return any(path.startswith(base) for base in bases if base)


def test_there_are_enough_and_no_name_twice() -> None:
    bad = [case for case in CATALOGUE.values() if case.outcome is not Outcome.RESTORED]
    assert len(bad) >= 150
    assert len(CATALOGUE) == sum(map(len, PARTS))
    assert {case.outcome for case in CATALOGUE.values()} == set(Outcome)


def test_no_list_is_there_under_two_names() -> None:
    seen = [(case.lines, case.declared) for case in CATALOGUE.values()]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("name", [n for n, c in CATALOGUE.items() if c.outcome is Outcome.SKIPPED])
def test_what_is_skipped_is_outside_and_all_else_is_not(name: str) -> None:
    case = CATALOGUE[name]
    assert case.skipped
    assert not any(below(path, case.declared) for path in case.skipped)
    others = [line.path for line in case.lines if line.path not in case.skipped]
    assert others
    assert all(below(path, case.declared) for path in others)


def test_what_only_looks_hostile_is_well_placed() -> None:
    fine = [case for case in CATALOGUE.values() if case.outcome is Outcome.RESTORED]
    paths = [line.path for case in fine for line in case.lines]
    assert all(below(path + b"/", BASES) for path in paths)
    assert all(case.lines.count(GOOD) == 1 for case in fine)


@pytest.mark.parametrize("name", WRITABLE)
def test_a_forged_index_says_what_its_lines_say(name: str) -> None:
    forged = forge(CATALOGUE[name])
    read = decode_segment(encode_segment(forged.segment, 1))
    assert read == forged.segment
    said = [(e.path, e.kind, e.mode, e.size, e.target, e.mtime_ns) for e in read.entries]
    assert said == [tuple(line) for line in CATALOGUE[name].lines]
