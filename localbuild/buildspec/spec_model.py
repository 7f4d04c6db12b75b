"""The shape of the buildspec's table: kinds of values, fields, sections."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a value may be. `null` is accepted everywhere unless a field says otherwise."""

    TEXT = auto()  # one scalar
    BOOL = auto()  # yes, no, true, false, on, off in any case, quoted or not
    COUNT = auto()  # a whole number from 1
    TEXTS = auto()  # a list of scalars, or one scalar
    COMMANDS = auto()  # the same, with the service's words about commands
    VARIABLES = auto()  # a mapping of names to scalars
    VERSIONS = auto()  # a mapping of names to scalars, none of them empty
    MATRIX = auto()  # a mapping of names to TEXTS
    VERSION = auto()
    SHELL = auto()
    ON_FAILURE = auto()
    ANYTHING = auto()  # not looked into here
    SECTION = auto()  # a mapping with a section of its own
    NAMED = auto()  # a mapping of free names to such mappings
    ITEMS = auto()  # a list of such mappings


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of a section.

    `choices` are compared without regard to case; `strict` says whether another value is refused.
    `lone_text` warns about a scalar where the page asks for a list or a mapping. `names` is what
    the free names of a NAMED one must be.
    """

    name: str
    kind: Kind
    doc: str
    section: str = ""
    choices: tuple[str, ...] = ()
    strict: bool = True
    required: bool = False
    nullable: bool = True
    lone_text: bool = False
    most: int = 0
    names: re.Pattern[str] | None = None
    versions: tuple[str, ...] = ("0.1", "0.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A mapping of the buildspec: its keys, and whether others are refused (`closed`).

    `title` is what the service calls the section when it warns about unknown keys, empty where it
    says nothing. Of the keys in `one_of` exactly one must be there, of those in `exclusive` at
    most one.
    """

    doc: str
    fields: tuple[Field, ...]
    title: str = ""
    closed: bool = False
    one_of: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()

    def find(self, name: str, version: str) -> Field | None:
        """The field of that name, None where this version of the buildspec has none."""
        found = (field for field in self.fields if field.name == name)
        return next((field for field in found if version in field.versions), None)

    def names(self, version: str) -> tuple[str, ...]:
        """The keys that are allowed here, sorted."""
        return tuple(sorted(field.name for field in self.fields if version in field.versions))
