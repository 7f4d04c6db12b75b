"""Rows 136 to 140: what of a tree comes back, and where."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cache.keys import Scope, manifest_name, paths_version
from localbuild.cache.manifest import decode_manifest, encode_manifest
from localbuild.cache.stores.open import open_store
from tests.conformance.caches import Caching, cached, restored
from tests.conformance.harness import PROJECT
from tests.conformance.rows import row


@pytest.fixture
def caching(tmp_path: Path) -> Caching:
    """An empty cache."""
    return Caching(folder=tmp_path / "cache")


def paths(*found: str, install: Sequence[str], key: str = "") -> str:
    """A buildspec that caches these paths."""
    section: dict[str, object] = {"paths": list(found)}
    return cached(install=list(install), cache=section | ({"key": key} if key else {}))


@row(136, feature="absolute paths in a cache", expectation="restored where they were")
def test_row_136_absolute(caching: Caching) -> None:
    where = ("/root/.m2/**/*", "$HOME/.npm/**/*")
    first = ["mkdir -p /root/.m2/a $HOME/.npm; echo m > /root/.m2/a/f; echo n > $HOME/.npm/f"]
    assert caching.build(paths(*where, install=first)).exit_code == 0
    assert caching.build(paths(*where, install=["cat /root/.m2/a/f /root/.npm/f"])).said == [
        "m\nn\n"
    ]


@row(
    137,
    feature="relative paths in a cache",
    expectation="restored below the source's folder, wherever it is now; cached files win over "
    "files of the source, others stay",
)
def test_row_137_relative(caching: Caching) -> None:
    shared = ("--cache-namespace", "team")
    make = ["mkdir -p deps; echo cached > deps/file"]
    first = caching.build(paths("deps/**/*", install=make), "--project-name", "one", *shared)
    second = caching.build(
        paths("deps/**/*", install=["cat deps/file deps/other"]),
        "--project-name",
        "two",
        *shared,
        files={"deps/file": "source's\n", "deps/other": "other\n"},
    )
    assert first.source_directory != second.source_directory
    assert second.said == ["cached\nother\n"]


@row(
    138,
    feature="paths that a cache does not name",
    expectation='`Skipping cache entry: path "X" is not within allowed cache paths` each; '
    "the rest is restored",
)
def test_row_138_confined(caching: Caching) -> None:
    wide, narrow = ("deps/**/*", "/srv/**/*"), ("deps/**/*",)
    make = ["mkdir -p deps /srv/x; echo in > deps/file; echo out > /srv/x/file"]
    assert caching.build(paths(*wide, install=make, key="k")).exit_code == 0
    relabel(caching.folder, wide, narrow)
    built = caching.build(paths(*narrow, install=["cat deps/file; ls -d /srv/x"], key="k"))
    assert restored(built).outcome == "hit"
    assert built.said[0].splitlines()[0] == "in"
    assert "No such file" in built.said[0]
    skipping = 'Skipping cache entry: path "/srv/x/file" is not within allowed cache paths'
    assert skipping in built.agent


def relabel(folder: Path, old: Sequence[str], new: Sequence[str]) -> None:
    """Store the entry of key `k` as one of other paths, its content unchanged."""
    scope = Scope(project=PROJECT).id
    store = open_store(str(folder))
    data = store.read(manifest_name(scope, paths_version(old), "k"))
    assert data is not None
    manifest = replace(decode_manifest(data), version=paths_version(new), paths=tuple(new))
    assert store.create(manifest.name, [encode_manifest(manifest)])
    store.close()


@row(
    139,
    feature="symbolic links in a cache",
    expectation="kept as links, also those that lead out; nothing is written through them",
    decided="The service's behaviour is not documented.",
)
def test_row_139_links(caching: Caching) -> None:
    make = [
        "mkdir -p deps/pkg deps/.bin; echo tool > deps/pkg/tool",
        "ln -s ../pkg/tool deps/.bin/tool; ln -s /etc deps/out; ln -s nowhere deps/broken",
    ]
    show = "for l in deps/.bin/tool deps/out deps/broken; do readlink $l; done; cat deps/.bin/tool"
    assert caching.build(paths("deps/**/*", install=make)).exit_code == 0
    built = caching.build(
        paths("deps/**/*", install=[show, "ls -A deps/out/pkg deps/elsewhere"]),
        files={"deps/pkg/other": "x\n"},
    )
    assert built.said[0] == "../pkg/tool\n/etc\nnowhere\ntool\n"


@row(
    140,
    feature="file modes in a cache",
    expectation="kept, and times too",
    decided="The service's behaviour is not documented.",
)
def test_row_140_modes(caching: Caching) -> None:
    make = [
        "mkdir -p deps/d; touch deps/run deps/secret",
        "chmod 755 deps/run; chmod 600 deps/secret; chmod 750 deps/d",
        "touch -t 202001020304.05 deps/run",
    ]
    show = "stat -c '%a %n' deps/run deps/secret deps/d; stat -c %Y deps/run"
    assert caching.build(paths("deps/**/*", install=make)).exit_code == 0
    built = caching.build(paths("deps/**/*", install=[show]))
    assert built.said == ["755 deps/run\n600 deps/secret\n750 deps/d\n1577934245\n"]
