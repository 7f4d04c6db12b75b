"""Globs with several `**`: as one expression takes them, in a time that does not multiply."""

from itertools import product

import pytest
from wcmatch import glob

from localbuild.globs import Globs

_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.NODIR | glob.FORCEUNIX


def _paths() -> list[bytes]:
    names = (b"a", b"b", b".ab")
    return [b"/".join(parts) for count in range(1, 6) for parts in product(names, repeat=count)]


@pytest.mark.parametrize("count", range(2, 6))
def test_several_crossings_match_as_one_expression_does(count: int) -> None:
    paths = _paths()
    for parts in product((b"**", b"a", b"*b"), repeat=count):
        pattern = b"/".join(parts)
        globs = Globs([pattern.decode()])
        wanted = glob.globfilter(paths, pattern, flags=_FLAGS)
        assert [path for path in paths if globs.takes(path)] == wanted, pattern


@pytest.mark.parametrize("pattern", ["**/x/" * 40 + "b", "**/*x/" * 40 + "**/*b", "*x" * 100 + "y"])
def test_no_pattern_multiplies_the_time(pattern: str) -> None:
    """One that does would not end."""
    deep = b"x/" * 250
    assert not Globs([pattern]).takes(deep + b"a")
    assert not Globs([pattern]).takes(b"x" * 255)
