"""A home whose user's cache holds entries, for the tests of `localbuild cache`."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from localbuild.cache.keys import Scope
from localbuild.cache.manifest import KeyPart, Manifest
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.template import evaluate, parse_template
from localbuild.events.codec import encode_json, event_to_json
from localbuild.events.model import Event
from tests.unit.cache.cupboard import object_of, put_entry
from tests.unit.cli.calling import Called, Home

NOBODY = "unix:///nowhere/docker.sock"
"""No engine: what is on this machine's is no test's business."""

TEMPLATE = "npm-$NODE-$(codebuild-hash-files lock)"
PATHS = ("deps/**/*",)
SPEC = f"""\
version: 0.2
env:
  variables:
    NODE: "20"
phases:
  build:
    commands: [make]
cache:
  key: {TEMPLATE}
  fallback-keys: [npm-$NODE-]
  paths: ["deps/**/*"]
"""


class CacheHome:
    """Calls with the user's cache of `home`, where the project is called `work`."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.store = DirectoryStore(home.cache)
        self.scope = Scope(project="work").id

    def call(self, *words: str, environ: Mapping[str, str] | None = None, **more: Any) -> Called:
        """`localbuild cache` with these words."""
        environ = {"LOCALBUILD_DOCKER_HOST": NOBODY, **(environ or {})}
        return self.home.call("cache", *words, environ=environ, **more)

    def document(self, *words: str, code: int = 0) -> Any:
        """The JSON document of a call."""
        called = self.call(*words, "--json")
        assert called.code == code, called.err
        return json.loads(called.out)

    def put(self, key: str, files: Mapping[str, bytes], scope: str = "") -> Manifest:
        """Save an entry."""
        return put_entry(self.store, key, files, scope=scope or self.scope, paths=PATHS)

    def put_evaluated(self, node: str, lock: str) -> Manifest:
        """Save the entry that a build with these values would."""
        parts = parts_of(node, lock)
        key = "".join(part.value for part in parts)
        return put_entry(
            self.store, key, {"deps/f": b"1"}, scope=self.scope, paths=PATHS, parts=parts,
            template=TEMPLATE,
        )  # fmt: skip

    def record(
        self, number: int, events: Iterable[Event] = (), location: str = "", namespace: str = "",
        **cache: object,
    ) -> None:  # fmt: skip
        """The record of a build."""
        folder = self.home.cwd / ".localbuild" / "builds" / str(number)
        folder.mkdir(parents=True)
        document = {
            "buildNumber": number,
            "buildStatus": "SUCCEEDED",
            "cache": {
                "type": "S3",
                "location": location or self.store.url,
                "cacheNamespace": namespace,
            },
            "localbuild": {"cache": cache},
        }
        (folder / "build.json").write_text(json.dumps(document))
        lines = (encode_json(event_to_json(event)) + b"\n" for event in events)
        (folder / "events.jsonl").write_bytes(b"".join(lines))

    def damage(self, manifest: Manifest) -> Path:
        """Put other bytes where an entry's first pack is."""
        path = Path(self.store.url) / object_of(manifest)
        path.chmod(0o600)
        path.write_bytes(b"damaged")
        return path


def parts_of(node: str, lock: str) -> tuple[KeyPart, ...]:
    """The parts of the key; `lock` is the digest of the file."""
    found = evaluate(parse_template(TEMPLATE), {"NODE": node}, lambda _: (("lock", lock),))
    assert found is not None
    return found
