"""The region of a build: what AWS's own tools would take. No credentials are read."""

import configparser
from collections.abc import Mapping
from pathlib import Path

DEFAULT_REGION = "us-east-1"


def find_region(profile: str, environ: Mapping[str, str]) -> str:
    """The region of AWS_REGION, AWS_DEFAULT_REGION, or of a profile that somebody named."""
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    wanted = profile or environ.get("AWS_PROFILE", "")
    if named and not profile:
        return named
    return (_of_profile(wanted, environ) if wanted else "") or named or DEFAULT_REGION


def _of_profile(profile: str, environ: Mapping[str, str]) -> str:
    """Its `region` in AWS's config file, '' where there is none."""
    place = environ.get("AWS_CONFIG_FILE") or str(Path(environ.get("HOME", "")) / ".aws/config")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(place, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    for section in (f"profile {profile}", profile):
        if parser.has_option(section, "region"):
            return parser.get(section, "region")
    return ""
