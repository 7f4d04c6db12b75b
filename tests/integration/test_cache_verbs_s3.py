"""The verbs of the cache on an S3 server: entries go there, are looked after, and come back."""

from pathlib import Path

import pytest

from localbuild.cache.entries import list_entries
from localbuild.cache.gc import collect
from localbuild.cache.verify import repair, verify
from tests.s3.servers import BUCKET, Server
from tests.unit.cache.cupboard import DAY, SCOPE, object_of, put_entry
from tests.unit.cli.cached import CacheHome
from tests.unit.cli.calling import Home

pytestmark = pytest.mark.s3


def test_entries_go_to_a_bucket_and_come_back(moto_server: Server, tmp_path: Path) -> None:
    cache = CacheHome(Home(tmp_path))
    manifest = cache.put("a", {"deps/f": b"1" * 5000})
    cache.put("b", {"deps/f": b"2"})
    url = f"s3://{BUCKET}/verbs"
    server = ("--endpoint-url", moto_server.endpoint_url, "--region", "us-east-1")
    pushed = cache.document("push", url, *server)
    assert {e["key"]: e["outcome"] for e in pushed["entries"]} == {"a": "copied", "b": "copied"}
    assert {e["key"] for e in cache.document("ls", "--cache", url, *server)} == {"a", "b"}
    assert cache.document("verify", "--cache", url, *server)["objects"] == 4
    cache.call("rm", "--all", "--yes")
    cache.document("pull", url, "a", *server)
    (entry,) = list_entries(cache.store, cache.scope)
    assert entry.manifest == manifest
    called = cache.call("rm", "b", "--cache", url, *server)
    assert "other machines may use it" in called.err
    assert [e["key"] for e in cache.document("ls", "--cache", url, *server)] == ["a"]


def test_damage_in_a_bucket_is_found_and_repaired(moto_server: Server) -> None:
    store = moto_server.store("damage")
    manifest = put_entry(store, "a", {"f": b"1" * 100})
    store.replace(object_of(manifest), b"damaged")
    verified = verify(store, SCOPE)
    assert [e.key for e in verified.spoiled] == ["a"]
    assert len(repair(store, verified)) == 2
    assert verify(store, SCOPE).damage == ()
    store.close()


def test_what_is_young_in_a_bucket_waits(moto_server: Server) -> None:
    store = moto_server.store("collected")
    put_entry(store, "a", {"f": b"1"})
    store.remove(list_entries(store, SCOPE)[0].name)
    assert collect(store, SCOPE, DAY).waiting == 2
    assert collect(store, SCOPE, at_once=True).freed == 2
    assert [s.name for s in store.list("v1/scopes/")] == []
    store.close()


def test_a_server_that_is_not_there_is_a_storage_failure(tmp_path: Path, aws: None) -> None:
    cache = CacheHome(Home(tmp_path))
    words = ("--cache", f"s3://{BUCKET}/x", "--endpoint-url", "http://127.0.0.1:1")
    called = cache.call("ls", *words)
    assert called.code == 5
    assert called.err.startswith("error: ")
