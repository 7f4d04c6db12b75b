"""`localbuild.toml` as a JSON schema (draft-07) for editors."""

from collections.abc import Mapping
from typing import cast

import click

from localbuild.cli.caching import KEYS as CACHE_KEYS
from localbuild.cli.caching import MODES, TYPES
from localbuild.cli.layers import KEYS
from localbuild.cli.options.parsers import PROJECT_NAME
from localbuild.cli.options.run import build_options, global_options
from localbuild.plan.compute import COMPUTE_TYPES
from localbuild.terms import VariableType

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_AMOUNT: Schema = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, _TEXT]}
_VARIABLES: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
_PROJECT_VARIABLES: Schema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {
                    "type": {"enum": [type.value for type in VariableType]},
                    "value": {"type": "string"},
                },
                "required": ["value"],
                "additionalProperties": False,
            },
        ]
    },
}
_PROJECT_CACHE: Schema = {
    "type": "object",
    "properties": {
        **{key: {"type": "string"} for key in CACHE_KEYS},
        "type": {"enum": list(TYPES)},
        "modes": {"type": "array", "items": {"enum": list(MODES)}},
    },
    "additionalProperties": False,
}
_LINT: Schema = {
    "type": "object",
    "properties": {
        "ignore": {"type": "array", "items": {"type": "string", "pattern": "^LB[0-9]{3}$"}}
    },
    "additionalProperties": False,
}
_SPECIAL: Mapping[str, Schema] = {
    "auto_retry_limit": {"type": "integer", "minimum": 0},
    "buildspec": {"type": "string"},
    "cache": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}, _PROJECT_CACHE]},
    "compute_type": {"enum": list(COMPUTE_TYPES)},
    "cpus": _AMOUNT,
    "git_clone_depth": {"type": "integer", "minimum": 0},
    "memory": _AMOUNT,
    "project_name": {"type": "string", "pattern": f"^{PROJECT_NAME.pattern}$"},
    "timeout": _AMOUNT,
}


def config_schema() -> Schema:
    """The schema of `localbuild.toml`, of `[tool.localbuild]` and of the user's config."""
    options = {str(o.name): o for o in (*build_options(), *global_options())}
    properties = {key: _property(options[name]) for key, name in sorted(KEYS.items())}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "localbuild's configuration",
        "type": "object",
        "properties": {
            **properties,
            "env": {**_PROJECT_VARIABLES, "description": "Variables of the project."},
            "images": {**_VARIABLES, "description": "What stands for an image."},
            "lint": {**_LINT, "description": "What `localbuild lint` is to leave out."},
        },
        "additionalProperties": False,
    }


def _property(option: click.Parameter) -> Schema:
    return {**_values(cast(click.Option, option)), "description": _help(option)}


def _values(option: click.Option) -> Schema:
    if str(option.name) in _SPECIAL:
        return _SPECIAL[str(option.name)]
    if isinstance(option.type, click.Choice):
        return {"enum": list(option.type.choices)}
    if option.is_flag:
        return {"type": "boolean"}
    return _TEXTS if option.multiple else _TEXT


def _help(option: click.Parameter) -> str:
    return str(getattr(option, "help", "") or "")
