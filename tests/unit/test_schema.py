"""The buildspec's JSON schema and the reader agree on what is accepted, and no file has drifted.

What a schema cannot say, and where the two may differ for that reason only:
- identifiers of a batch are unique, `depend-on` names known ones and goes in no circle;
- the pattern of `on-failure` is a regular expression of at most 1,000 characters;
- `parallelism: 5.0` is a whole number for a schema;
- a pattern of a schema matches before a line end at the end of a text.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import find, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.schema import buildspec_schema
from localbuild.buildspec.spec_model import Field, Kind
from localbuild.buildspec.spec_table import ROOT, SECTIONS
from localbuild.errors import Severity

REPOSITORY = Path(__file__).parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "lint"
VALIDATOR = Draft7Validator(buildspec_schema())
BEYOND_A_SCHEMA = {"LB201", "LB202", "LB203"}
BEYOND_JSON = ("LB001", "LB002", "LB004", "LB005", "LB006", "LB007", "LB010", "LB011")

Json = Any
WORDS = st.sampled_from(["a", "b", "0.2", "yes", "no", "x y", "$A", ""])
SCALARS = WORDS | st.integers(-3, 200) | st.sampled_from([0.1, 0.2, 3.5, True, False, None])
LISTS = st.lists(SCALARS, max_size=7)
NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "env", "files"])

VALUES: dict[Kind, st.SearchStrategy[Json]] = {
    Kind.TEXT: SCALARS,
    Kind.BOOL: st.sampled_from([True, False, "yes", "No", "TRUE", "off", None]),
    Kind.COUNT: st.sampled_from([1, 5, "7", 999_999]),
    Kind.TEXTS: LISTS | SCALARS,
    Kind.COMMANDS: LISTS | SCALARS,
    Kind.VARIABLES: st.dictionaries(NAMES, SCALARS, max_size=3),
    Kind.VERSIONS: st.dictionaries(NAMES, WORDS | st.integers(), max_size=2),
    Kind.MATRIX: st.dictionaries(NAMES, LISTS | SCALARS, max_size=2),
    Kind.VERSION: st.sampled_from([0.1, 0.2, 0.2, "0.1", "0.2"]),
    Kind.SHELL: st.sampled_from(["bash", "/bin/bash", "sh", "/bin/sh", None]),
    Kind.ON_FAILURE: st.sampled_from(
        ["ABORT", "continue", "RETRY", "Retry-3", "RETRY-100", "RETRY-a+", "RETRY-7-a.*b", None]
    ),
    Kind.ANYTHING: LISTS,
}
ODD = st.sampled_from(
    [
        *(None, [], {}, "", "x", 0, 1, -1, 0.3, True, [None], ["a", None, 3], [["a"]], [{}]),
        *({"a": "b"}, {"a": {}}, {"a": None}, {"a": ["b"]}, [{"a": "b"}], {"files": "x"}),
        *("0.3", "0.2", "jes", "On", "STOP", "RETRY-101", "RETRY-3-", "RETRY-", "retry-0-x"),
        *("powershell", "zsh", "/bin/sh", "restore", "SAVE", "junit", "08", "1e3", list("abcdef")),
        *([{"identifier": "a"}], {"parallelism": 2}, dict.fromkeys("abcdef")),
    ]
)


def values(field: Field) -> st.SearchStrategy[Json]:
    """Values that a field accepts."""
    if field.choices:
        return st.sampled_from([*field.choices, field.choices[0].lower(), None])
    if field.kind is Kind.SECTION:
        return st.deferred(lambda: documents(field.section))
    if field.kind is Kind.NAMED:
        return st.dictionaries(NAMES, st.deferred(lambda: documents(field.section)), max_size=3)
    if field.kind is Kind.ITEMS:
        return st.lists(st.deferred(lambda: documents(field.section)), min_size=1, max_size=2)
    return VALUES[field.kind]


def documents(section: str) -> st.SearchStrategy[Json]:
    """Mappings with keys of a section."""
    fields = SECTIONS[section].fields
    required = {field.name: values(field) for field in fields if field.required}
    optional = {field.name: values(field) for field in fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional)


def copy(value: Json) -> Json:
    """The same value, nothing shared."""
    return json.loads(json.dumps(value))


def spots(value: Json) -> list[tuple[Json, Json]]:
    """Every container in a document with each of its keys or indices."""
    found: list[tuple[Json, Json]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        found.append((value, key))
        if isinstance(inner, dict | list):
            found.extend(spots(inner))
    return found


@st.composite
def mutants(draw: st.DrawFn) -> Json:
    """A document of the table with something replaced, removed, added or renamed."""
    document = copy(draw(documents(ROOT)))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(spots(document) or [(document, "x")]))
        change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if change == "replace" or not isinstance(container, dict):
            container[key] = copy(draw(ODD))
        elif change == "remove":
            container.pop(key, None)
        elif change == "rename":
            container[f"{key}s"] = container.pop(key, None)
        else:
            container[draw(NAMES)] = copy(draw(ODD))
    return document


def read_refuses(data: bytes) -> bool:
    """Whether lint finds an error that a schema could find too."""
    problems = lint_text(data, "f")
    return any(
        problem.severity is Severity.ERROR and problem.code not in BEYOND_A_SCHEMA
        for problem in problems
    )


@settings(max_examples=150, deadline=None)
@given(documents(ROOT))
def test_what_the_table_describes(document: Json) -> None:
    assert read_refuses(json.dumps(document).encode()) != VALIDATOR.is_valid(document)


@settings(max_examples=400, deadline=None)
@given(mutants())
def test_what_departs_from_the_table(document: Json) -> None:
    assert read_refuses(json.dumps(document).encode()) != VALIDATOR.is_valid(document)


@settings(max_examples=100, deadline=None)
@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)))
def test_what_has_nothing_to_do_with_it(document: Json) -> None:
    assert read_refuses(json.dumps(document).encode()) != VALIDATOR.is_valid(document)


def loadable(path: Path) -> bool:
    """Whether an editor could load the file, and a schema could say what is wrong with it."""
    return not path.name.startswith((*BEYOND_JSON, *BEYOND_A_SCHEMA, "LB114"))


@pytest.mark.parametrize(
    "path", [p for p in sorted(GOLDEN.rglob("*.yml")) if loadable(p)], ids=lambda path: path.stem
)
def test_golden_files_as_an_editor_sees_them(path: Path) -> None:
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    assert VALIDATOR.is_valid(document) != read_refuses(path.read_bytes())


@pytest.mark.parametrize("strategy", [documents(ROOT), mutants()], ids=["table", "mutants"])
def test_both_verdicts_are_met(strategy: st.SearchStrategy[Json]) -> None:
    accepted = find(strategy, lambda d: "phases" in d and VALIDATOR.is_valid(d))
    refused = find(strategy, lambda d: not VALIDATOR.is_valid(d))
    assert not read_refuses(json.dumps(accepted).encode())
    assert read_refuses(json.dumps(refused).encode())


def test_the_schema_is_draft_07_and_says_what_everything_is() -> None:
    schema = buildspec_schema()
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    definitions = schema["definitions"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        for key, field in definition["properties"].items():
            assert field["description"], (name, key)


def test_every_section_of_the_table_is_referred_to() -> None:
    used = {field.section for section in SECTIONS.values() for field in section.fields}
    assert used - {""} == set(SECTIONS) - {ROOT}
