"""What names a store takes: one check for every store. Pure."""

import re

from localbuild.ports.store import Fault, StoreError

MAX_NAME_BYTES = 900
MAX_PART_BYTES = 255
RESERVED = "tmp"
"""No name's first part: a directory keeps there what is being written."""

_PART = rf"(?!\.{{1,2}}(?:/|\Z))[A-Za-z0-9_%~.-]{{1,{MAX_PART_BYTES}}}"
_NAME = re.compile(rf"(?!{RESERVED}(?:/|\Z)){_PART}(?:/{_PART})*")
_PREFIX = re.compile(rf"(?:{_PART}/)*[A-Za-z0-9_%~.-]{{0,{MAX_PART_BYTES}}}")


def is_name(name: str) -> bool:
    """Whether an object may have that name. Source: `ports/store.py`."""
    return len(name) <= MAX_NAME_BYTES and _NAME.fullmatch(name) is not None


def check_name(name: str) -> None:
    """Raises StoreError (WRONG) for what is no name."""
    if not is_name(name):
        raise StoreError(Fault.WRONG, f"a store takes no object named {name!r}")


def check_prefix(prefix: str) -> None:
    """Raises StoreError (WRONG) for what no name can begin with; '' is the beginning of all."""
    if len(prefix) > MAX_NAME_BYTES or _PREFIX.fullmatch(prefix) is None:
        raise StoreError(Fault.WRONG, f"no object's name begins with {prefix!r}")
