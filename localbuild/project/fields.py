"""A map of a definition, read field by field: what is wrong is taken down, what is left is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from localbuild.project.dynamic import PART
from localbuild.project.findings import Findings
from localbuild.project.values import ListValue, MapValue, Origin, TextValue, Value, kind_of

_TRUE, _FALSE = "true", "false"


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a whole definition is read into: findings, and the origin of each value by its path."""

    findings: Findings
    origins: dict[str, Origin] = field(default_factory=dict)


class Fields:
    """The fields of one map. `path` names it: `source`, `` for the whole."""

    def __init__(self, value: Value | None, path: str, reading: Reading) -> None:
        self.path = path
        self.reading = reading
        self.findings = reading.findings
        self.found: dict[str, Value] = {}
        self.origin = value.origin if value is not None else None
        if isinstance(value, MapValue):
            self.found = dict(value.pairs)
        elif value is not None and not _all_unknown(value, self.findings, path):
            self.findings.problem(
                f"{path or 'a project'} is a map, not {kind_of(value)}", value.origin.place
            )

    def take(self, name: str) -> Value | None:
        """A field's value, which is then read."""
        return self.found.pop(name, None)

    def value(self, name: str) -> TextValue | None:
        """A single value with its unknown parts; else a problem and None."""
        found = self.take(name)
        if found is None or isinstance(found, TextValue):
            if found is not None:
                self._keep(name, found.origin)
            return found
        self.findings.problem(
            f"{self._at(name)} is a single value, not {kind_of(found)}", found.origin.place
        )
        return None

    def text(self, name: str, *, inert: bool = False) -> str:
        """A text that must be known. With `inert`, stand-ins are in it: it is only kept."""
        found = self.value(name)
        if found is None:
            return ""
        for unknown in found.unknown:
            stands = f"'{unknown.stand_in}' stands for it"
            then = stands if inert else f"{self._at(name)} is not used"
            self.findings.unknown(unknown, then, inert=inert)
        resolved_late = None if found.unknown else PART.search(found.text)
        if resolved_late:
            self.findings.note(
                f"{self._at(name)}: {resolved_late[0]} is resolved in AWS only; it is not used",
                found.origin.place,
                inert=inert,
            )
        if (found.unknown or resolved_late) and not inert:
            self.reading.origins.pop(self._at(name), None)
            return ""
        return found.text

    def word(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of some words; else a problem."""
        found = self.text(name)
        origin = self.reading.origins.get(self._at(name))
        if found and found not in allowed and origin:
            self.findings.problem(
                f"{self._at(name)}: '{_short(found)}' is none of {', '.join(allowed)}",
                origin.place,
            )
            return ""
        return found

    def flag(self, name: str, *, inert: bool = False) -> bool:
        """True or false, also as a text, as CloudFormation takes them."""
        found = self.text(name, inert=inert)
        origin = self.reading.origins.get(self._at(name))
        if found.lower() not in ("", _TRUE, _FALSE) and origin and not inert:
            self.findings.problem(
                f"{self._at(name)}: '{_short(found)}' is neither true nor false", origin.place
            )
        return found.lower() == _TRUE

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number within bounds; 0 where it is not said."""
        found = self.text(name)
        origin = self.reading.origins.get(self._at(name))
        if not found or origin is None:
            return 0
        digits = found.removesuffix(".0")
        if re.fullmatch(r"[0-9]{1,9}", digits) and low <= int(digits) <= high:
            return int(digits)
        self.findings.problem(
            f"{self._at(name)}: '{_short(found)}' is no whole number from {low} to {high}",
            origin.place,
        )
        return 0

    def texts(self, name: str, *, inert: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        found = self.take(name)
        if found is None:
            return ()
        items = found.items if isinstance(found, ListValue) else (found,)
        self._keep(name, found.origin)
        texts = []
        for number, item in enumerate(items):
            inner = Fields(None, self._at(name), self.reading)
            inner.found = {str(number): item}
            texts.append(inner.text(str(number), inert=inert))
        return tuple(text for text in texts if text)

    def section(self, name: str) -> "Fields":
        """A map within this one."""
        found = self.take(name)
        if found is not None:
            self._keep(name, found.origin)
        return Fields(found, self._at(name), self.reading)

    def sections(self, name: str) -> Iterator["Fields"]:
        """A list of maps."""
        found = self.take(name)
        if found is None or (
            isinstance(found, TextValue) and _all_unknown(found, self.findings, self._at(name))
        ):
            return
        self._keep(name, found.origin)
        if not isinstance(found, ListValue):
            self.findings.problem(
                f"{self._at(name)} is a list, not {kind_of(found)}", found.origin.place
            )
            return
        for number, item in enumerate(found.items):
            yield Fields(item, f"{self._at(name)}[{number}]", self.reading)

    def note(self, name: str, message: str, hints: tuple[str, ...] = ()) -> None:
        """Take down that a field does not apply here as it does in AWS."""
        origin = self.reading.origins.get(self._at(name)) or self.origin
        self.findings.note(message, origin.place if origin else None, hints)

    def pass_over(self, *names: str) -> None:
        """Note fields that mean nothing for a build here; false and empty ones say nothing."""
        for name in names:
            found = self.take(name)
            if found is None or _says_nothing(found):
                continue
            message = f"{self._at(name)} has no meaning for a build on this machine"
            self.findings.note(message, found.origin.place, inert=True)

    def note_rest(self) -> None:
        """Note the fields that nobody has read: they are not known."""
        for name, value in self.found.items():
            self.findings.note(
                f"{self._at(name)} is no property that localbuild knows", value.origin.place
            )

    def _at(self, name: str) -> str:
        name = _short(name)
        return f"{self.path}.{name}" if self.path else name

    def _keep(self, name: str, origin: Origin) -> None:
        self.reading.origins[self._at(name)] = origin


def _all_unknown(value: Value, findings: Findings, path: str) -> bool:
    """Whether a value is not known here; then that is noted."""
    if not isinstance(value, TextValue) or not value.unknown:
        return False
    for unknown in value.unknown:
        findings.unknown(unknown, f"{path} is not used")
    return True


def _says_nothing(value: Value) -> bool:
    if isinstance(value, TextValue):
        return not value.unknown and value.text.lower() in ("", _FALSE)
    if isinstance(value, ListValue):
        return not value.items
    return all(_says_nothing(item) for item in value.pairs.values())


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean if len(clean) <= 60 else f"{clean[:59]}…"
