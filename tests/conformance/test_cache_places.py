"""Rows 143 and 144: no cache at all, and one under an S3 prefix."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.caches import Caching, cached, facts, make, restored, saved
from tests.conformance.harness import build
from tests.conformance.rows import row
from tests.s3.servers import BUCKET, Server


@row(143, feature="NO_CACHE", expectation="the buildspec's cache is ignored")
@pytest.mark.parametrize(
    ("options", "toml"),
    [
        (("--cache", "off"), ""),
        ((), 'cache = "off"\n'),
        ((), 'cache = {type = "NO_CACHE", location = "ignored"}\n'),
    ],
)
def test_row_143_off(options: tuple[str, ...], toml: str) -> None:
    files = {"localbuild.toml": toml}
    built = build(cached(install=make("x"), cache={"key": "k"}), *options, files=files)
    assert (built.exit_code, built.document["cache"]) == (0, {"type": "NO_CACHE"})
    assert (facts(built)["outcome"], facts(built)["saved"]) == ("off", False)
    about = [line for line in built.agent if "cache" in line.lower()]
    assert about == ["Skip cache due to: the project has no cache (NO_CACHE)"]


@pytest.fixture
def client(moto_server: Server) -> Iterator[Any]:
    """A client of the server."""
    import boto3

    found = boto3.client("s3", endpoint_url=moto_server.endpoint_url, region_name="us-east-1")
    yield found
    found.close()


@row(
    144,
    feature="S3 prefix",
    expectation="objects lie below it, and nowhere else",
    decided="How the service names its objects is not documented.",
)
def test_row_144_prefix(moto_server: Server, client: Any, tmp_path: Path) -> None:
    url = f"s3://{BUCKET}/conf/row-144"
    before = names(client)
    caching = Caching(folder=tmp_path)
    options = ("--endpoint-url", moto_server.endpoint_url, "--region", "us-east-1")
    text = cached(install=make("kept"), cache={"key": "k"})
    first = caching.build(text, *options, cache=url)
    assert (first.exit_code, saved(first).saved) == (0, True)
    assert first.document["cache"] == {"type": "S3", "location": f"{BUCKET}/conf/row-144"}
    new = names(client) - before
    assert new
    assert {name for name in new if not name.startswith("conf/row-144/")} == set()
    toml = f'cache = {{type = "S3", location = "{BUCKET}/conf/row-144"}}\n'
    second = build(text, "--cache-layers", "off", *options, files={"localbuild.toml": toml})
    assert (restored(second).outcome, second.said[0]) == ("hit", "kept\n")
    assert restored(second).store.startswith(url)


def names(client: Any) -> set[str]:
    """The names of all objects."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}
