"""The schemas say what is written."""

import json

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from localbuild.events.codec import event_to_json
from localbuild.events.document import build_document
from localbuild.events.fold import fold
from localbuild.events.kinds import EVENT_TYPES
from localbuild.events.model import Event
from localbuild.events.schema import build_schema, event_schema
from tests.unit.events.histories import histories

EVENT = Draft7Validator(event_schema())
DOCUMENT = Draft7Validator(build_schema())


@pytest.mark.parametrize("schema", [event_schema(), build_schema()], ids=["event", "build"])
def test_schemas_are_schemas_and_plain_json(schema: dict[str, object]) -> None:
    Draft7Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@given(histories())
def test_every_event_and_every_record_is_valid(history: tuple[Event, ...]) -> None:
    for event in history:
        EVENT.validate(event_to_json(event))
    DOCUMENT.validate(build_document(fold(history)))


@given(histories())
def test_an_event_of_another_shape_is_not_valid(history: tuple[Event, ...]) -> None:
    found = event_to_json(history[-1])
    assert not EVENT.is_valid({**found, "surplus": 1})
    assert not EVENT.is_valid({**found, "type": "nonsense"})
    assert not EVENT.is_valid({k: v for k, v in found.items() if k != "time"})


def test_every_type_has_its_definition() -> None:
    definitions = event_schema()["definitions"]
    assert isinstance(definitions, dict)
    assert list(definitions) == list(EVENT_TYPES)
