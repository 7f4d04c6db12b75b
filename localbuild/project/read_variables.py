"""A project's environment variables, of all three types; stand-ins in their values are noted."""

from collections.abc import Iterable, Iterator

from localbuild.project.dynamic import PART, whole_reference
from localbuild.project.fields import Fields
from localbuild.project.model import ProjectVariable
from localbuild.project.values import Origin, TextValue
from localbuild.terms import VariableType

_TYPES = tuple(VariableType)


def read_variables(each: Iterable[Fields]) -> tuple[ProjectVariable, ...]:
    """The variables; of two of one name the later one."""
    found = {variable.name: variable for fields in each for variable in _read(fields)}
    return tuple(found.values())


def _read(fields: Fields) -> Iterator[ProjectVariable]:
    name = fields.text("name")
    type = VariableType(fields.word("type", _TYPES) or VariableType.PLAINTEXT)
    value = fields.value("value")
    fields.note_rest()
    if not name:
        if fields.origin and not fields.findings.problems:
            fields.findings.note("a variable without a name is left out", fields.origin.place)
        return
    if value is None:
        fields.note("name", f"{name} has no value that is known before it is deployed: not set")
        return
    yield _variable(name, type, value, fields)
    fields.reading.origins[f"variables.{name}"] = value.origin


def _variable(name: str, type: VariableType, value: TextValue, fields: Fields) -> ProjectVariable:
    place = value.origin.place
    reference = value.reference or whole_reference(value.text)
    if reference is not None and type is VariableType.PLAINTEXT:
        return _made(name, reference.type, reference.name, value.origin)
    for unknown in value.unknown:
        fields.findings.unknown(unknown, f"'{unknown.stand_in}' stands for it in {name}")
    late = None if value.unknown else PART.search(value.text)
    if late:
        fields.findings.note(
            f"{name}: {late[0]} is resolved in AWS only: it stands as it is", place
        )
    return _made(name, type, value.text, value.origin)


def _made(name: str, type: VariableType, text: str, origin: Origin) -> ProjectVariable:
    place = origin.place
    return ProjectVariable(name=name, value=text, type=type, file=place.file, line=place.line)
