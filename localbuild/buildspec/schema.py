"""The table as a JSON schema (draft-07) for editors: it accepts what `lint` accepts.

Scalars are typed as an editor sees them, so where a scalar is meant, text, numbers and booleans
are all accepted. What no schema can say is left to the reader: that a pattern is a regular
expression, that identifiers are unique and depend on one another in no circle.
"""

from collections.abc import Callable

from localbuild.buildspec.scalars import FALSE_WORDS, SHELLS, TRUE_WORDS
from localbuild.buildspec.spec_build import VERSIONS
from localbuild.buildspec.spec_model import Field, Kind, Section
from localbuild.buildspec.spec_table import ROOT, SECTIONS

Schema = dict[str, object]

SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
TEXT: Schema = {"type": ["string", "number", "boolean"]}
NOT_NULL: Schema = {"not": {"type": "null"}}


def _any_case(word: str) -> str:
    """A pattern for a word in any case, without a flag: ECMA patterns have none."""
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in word)


def _words(words: tuple[str, ...]) -> str:
    return f"^({'|'.join(_any_case(word) for word in sorted(words))})$"


COUNT = "0*(100|[1-9]?[0-9])"
RETRY = f"{_any_case('RETRY')}(-{COUNT}(-[\\s\\S]+)?|-(?![0-9]+(-|$))[\\s\\S]+)?"
ON_FAILURE = f"^({_any_case('ABORT')}|{_any_case('CONTINUE')}|{RETRY})$"


def buildspec_schema() -> Schema:
    """The schema of a whole buildspec, as a value for JSON."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "AWS CodeBuild buildspec",
        **_section(SECTIONS[ROOT], required=False),
        **_version_rules(),
        "definitions": {
            name.replace(" ", "-"): _section(section)
            for name, section in SECTIONS.items()
            if name != ROOT
        },
    }


def _version_rules() -> Schema:
    """`version` may be missing beside a batch without phases; a batch build wants a number."""
    number = {"properties": {"version": {"type": "number"}}}
    needs_version = {"required": ["version"]}
    old = {"required": ["version"], "properties": {"version": {"enum": [0.1, "0.1"]}}}
    older_env = _or_null(_ref("environment_variables"))
    return {
        "allOf": [
            {"if": _there("batch"), "then": number, "else": needs_version},
            {"if": _there("phases"), "then": needs_version},
            {"if": old, "then": {"properties": {"environment_variables": older_env}}},
        ]
    }


def _section(section: Section, *, required: bool = True) -> Schema:
    fields = [field for field in section.fields if VERSIONS[-1] in field.versions]
    schema: Schema = {
        "type": "object",
        "description": section.doc,
        "properties": {field.name: _field(field) for field in fields},
    }
    names = [field.name for field in fields if field.required]
    if required and names:
        schema["required"] = names
    if section.closed:
        schema["additionalProperties"] = False
    if section.one_of:
        schema["oneOf"] = [_present(name) for name in section.one_of]
    if section.exclusive:
        schema["not"] = {"allOf": [_present(name) for name in section.exclusive]}
    return schema


def _there(name: str) -> Schema:
    return {"required": [name], "properties": {name: NOT_NULL}}


def _present(name: str) -> Schema:
    """That a key is there, with something in it."""
    return {"required": [name], "properties": {name: {**NOT_NULL, "minItems": 1}}}


def _field(field: Field) -> Schema:
    schema = FIXED[field.kind] if field.kind in FIXED else MADE[field.kind](field)
    if field.nullable:
        schema = _or_null(schema)
    elif "$ref" in schema:
        schema = {"allOf": [schema]}
    return {"description": field.doc, **schema}


def _or_null(schema: Schema) -> Schema:
    types, choices = schema.get("type"), schema.get("anyOf")
    if isinstance(types, list):
        return {**schema, "type": [*types, "null"]}
    if isinstance(choices, list):
        return {"anyOf": [*choices, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _text(field: Field) -> Schema:
    if field.choices and field.strict:
        return {"type": ["string"], "pattern": _words(field.choices)}
    return {**TEXT, "examples": list(field.choices)} if field.choices else TEXT


def _texts(field: Field) -> Schema:
    many: Schema = {"type": "array", "items": SCALAR}
    if field.most:
        many["maxItems"] = field.most
    return {"anyOf": [many, TEXT]}


def _matrix(field: Field) -> Schema:
    return _mapping_of(_or_null(_texts(field)))


def _named(field: Field) -> Schema:
    schema = _mapping_of(_or_null(_ref(field.section)))
    if field.most:
        schema["maxProperties"] = field.most
    if field.names:
        schema["propertyNames"] = {"pattern": f"^(?:{field.names.pattern})$"}
    return {"anyOf": [schema, TEXT]} if field.lone_text else schema


def _items(field: Field) -> Schema:
    return {"type": ["array"], "items": _ref(field.section)}


def _mapping_of(values: Schema) -> Schema:
    return {"type": ["object"], "additionalProperties": values}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name.replace(' ', '-')}"}


FIXED: dict[Kind, Schema] = {
    Kind.ANYTHING: {},
    Kind.BOOL: {
        "anyOf": [
            {"type": "boolean"},
            {"type": "string", "pattern": _words((*TRUE_WORDS, *FALSE_WORDS))},
        ]
    },
    Kind.COUNT: {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 999_999},
            {"type": "string", "pattern": "^0*[1-9][0-9]{0,5}$"},
        ]
    },
    Kind.VARIABLES: _mapping_of(SCALAR),
    Kind.VERSIONS: _mapping_of(TEXT),
    Kind.VERSION: {"enum": [0.1, 0.2, *VERSIONS]},
    Kind.SHELL: {"enum": list(SHELLS)},
    Kind.ON_FAILURE: {"type": ["string"], "pattern": ON_FAILURE},
}
MADE: dict[Kind, Callable[[Field], Schema]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.COMMANDS: _texts,
    Kind.MATRIX: _matrix,
    Kind.NAMED: _named,
    Kind.ITEMS: _items,
    Kind.SECTION: lambda field: _ref(field.section),
}
