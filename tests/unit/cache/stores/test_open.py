"""Which store a URL opens, and that opening one loads and touches nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from localbuild.cache.stores.open import StoreSettings, open_store
from localbuild.errors import UsageError


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("/var/cache/x", "/var/cache/x"),
        ("/odd:name", "/odd:name"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/", "s3://bucket"),
        ("s3://my.bucket-1/a/b/", "s3://my.bucket-1/a/b"),
        ("memory:", "memory:"),
    ],
)
def test_a_url_opens_its_store(url: str, opened: str) -> None:
    store = open_store(url, StoreSettings(region="eu-west-1"))
    assert store.url == opened
    store.close()


NO_PLACES = (
    "",
    "relative/path",
    "./x",
    "file:relative",
    "file:///var/cache/x",
    "s3:",
    "s3://",
    "s3:///x",
    "s3:/bucket/x",
    "s3://B_/x",
    "http://host/x",
    "gs://bucket",
    "/a\0b",
    "memory",
)


@pytest.mark.parametrize("url", NO_PLACES)
def test_what_is_no_place_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(url)
    assert caught.value.hints


def test_opening_touches_nothing(tmp_path: Path) -> None:
    open_store(str(tmp_path / "cache")).close()
    assert list(tmp_path.iterdir()) == []


def test_opening_loads_no_heavy_library() -> None:
    program = """
import sys
from localbuild.cache.stores.open import open_store
for url in ("/x", "s3://bucket/x", "memory:"):
    open_store(url).close()
print([name for name in ("boto3", "botocore", "urllib3") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
