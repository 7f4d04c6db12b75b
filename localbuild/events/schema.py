"""The JSON Schemas (draft-07) of events.jsonl's lines and of build.json."""

from collections.abc import Mapping

from localbuild.events.codec import LAYOUTS
from localbuild.events.kinds import EVENT_TYPES
from localbuild.events.model import Event, Output, Stream
from localbuild.events.shapes import INTEGER, SHAPES, TEXT, TIME, Schema, Shape, object_schema
from localbuild.terms import PhaseType, StatusType

_DRAFT = "http://json-schema.org/draft-07/schema#"
_PHASE = SHAPES[PhaseType].schema
_STATUS = SHAPES[StatusType].schema
_NUMBER = {"type": "number"}
_BOOLEAN = {"type": "boolean"}
_ANY_OBJECTS: Schema = {"type": "array", "items": {"type": "object"}}


def event_schema() -> Schema:
    """The schema of one line of events.jsonl: the definition whose name is the line's `type`."""
    return {
        "$schema": _DRAFT,
        "title": "A localbuild event",
        "oneOf": [{"$ref": f"#/definitions/{name}"} for name in EVENT_TYPES],
        "definitions": {name: _event(name, kind) for name, kind in EVENT_TYPES.items()},
    }


def build_schema() -> Schema:
    """The schema of build.json. The API's own objects are open, as the service adds to them."""
    properties = _build_properties()
    running = {"endTime"}
    return {
        "$schema": _DRAFT,
        "title": "A localbuild build record, in the shape of CodeBuild's Build",
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in running],
    }


def _event(name: str, kind: type[Event]) -> Schema:
    shapes = {"time": TIME, "type": _constant(name), "build": TEXT}
    if kind is Output:
        shapes |= {"phase": SHAPES[PhaseType], "stream": SHAPES[Stream], "text": TEXT}
        return {**_described(kind, shapes | {"base64": TEXT}), "required": list(shapes)}
    return _described(kind, shapes | {f.key: f.shape for f in LAYOUTS[kind].fields})


def _described(kind: type[Event], shapes: Mapping[str, Shape]) -> Schema:
    description = (kind.__doc__ or "").split("\n")[0]
    return {"description": description, **object_schema(shapes)}


def _constant(name: str) -> Shape:
    return Shape(encode=str, decode=str, schema={"type": "string", "const": name})


def _open(properties: Schema, *optional: str) -> Schema:
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _nullable(kind: str) -> Schema:
    return {"type": [kind, "null"]}


def _build_properties() -> Schema:
    text, time = TEXT.schema, TIME.schema
    return {
        "id": {"type": "string", "pattern": "^[^:]+:.+$"},
        "arn": text,
        "buildNumber": INTEGER.schema,
        "projectName": text,
        "startTime": time,
        "endTime": time,
        "currentPhase": _PHASE,
        "buildStatus": _STATUS,
        "buildComplete": _BOOLEAN,
        "initiator": text,
        "sourceVersion": text,
        "resolvedSourceVersion": text,
        "timeoutInMinutes": INTEGER.schema,
        "source": _open({"type": text, "location": text, "buildspec": text}),
        "secondarySources": {"type": "array", "items": _secondary_source()},
        "secondarySourceVersions": _ANY_OBJECTS,
        "environment": _environment(),
        "phases": {"type": "array", "items": _phase()},
        "artifacts": {"type": "object"},
        "secondaryArtifacts": _ANY_OBJECTS,
        "cache": _project_cache(),
        "logs": {"type": "object"},
        "exportedEnvironmentVariables": SHAPES[tuple[tuple[str, str], ...]].schema,
        "reportArns": SHAPES[tuple[str, ...]].schema,
        "localbuild": _own(),
    }


def _secondary_source() -> Schema:
    return _open(dict.fromkeys(("sourceIdentifier", "type", "location"), TEXT.schema))


def _project_cache() -> Schema:
    more: Schema = {
        "location": TEXT.schema,
        "modes": SHAPES[tuple[str, ...]].schema,
        "cacheNamespace": TEXT.schema,
    }
    kind: Schema = {"type": "string", "enum": ["NO_CACHE", "S3", "LOCAL"]}
    return _open({"type": kind, **more}, *more)


def _environment() -> Schema:
    variable = _open({"name": TEXT.schema, "value": TEXT.schema, "type": TEXT.schema})
    return _open(
        {
            "type": TEXT.schema,
            "image": TEXT.schema,
            "computeType": TEXT.schema,
            "privilegedMode": _BOOLEAN,
            "environmentVariables": {"type": "array", "items": variable},
        }
    )


def _phase() -> Schema:
    context = _open({"statusCode": TEXT.schema, "message": TEXT.schema})
    ended: Schema = {
        "phaseStatus": _STATUS,
        "endTime": TIME.schema,
        "durationInSeconds": {"type": "integer", "minimum": 0},
        "contexts": {"type": "array", "items": context},
    }
    return _open({"phaseType": _PHASE, "startTime": TIME.schema, **ended}, *ended)


def _own() -> Schema:
    commands = _open(
        {key: {"type": "integer", "minimum": 0} for key in ("planned", "ran", "failed")}
    )
    return _open(
        {
            "exitCode": _nullable("integer"),
            "commands": commands,
            "cache": _cache(),
            "artifacts": _ANY_OBJECTS,
            "reports": _ANY_OBJECTS,
            "skipped": _ANY_OBJECTS,
            "failedCommand": _nullable("object"),
            "stubs": _ANY_OBJECTS,
            "fakeSecrets": SHAPES[tuple[str, ...]].schema,
            "warnings": _ANY_OBJECTS,
            "timings": {"type": "object", "additionalProperties": _NUMBER},
        }
    )


def _cache() -> Schema:
    integers = ("restoredBytes", "restoredFiles", "savedBytes", "newBytes")
    return _open(
        {
            "outcome": {"type": "string", "enum": ["hit", "fallback", "miss", "off"]},
            "key": _nullable("string"),
            "matchedKey": _nullable("string"),
            "why": SHAPES[tuple[str, ...]].schema,
            **{key: _nullable("integer") for key in integers},
            "restoreSeconds": _nullable("number"),
            "saveSeconds": _nullable("number"),
            "saved": _BOOLEAN,
            "reason": _nullable("string"),
        }
    )
