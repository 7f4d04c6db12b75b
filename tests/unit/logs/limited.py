"""A disk with too little room for one file, as far as this process can tell."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

SAID = "File too large"


@contextmanager
def no_larger_file_than(size: int) -> Iterator[None]:
    """Writes beyond `size` bytes of a file fail with SAID."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
