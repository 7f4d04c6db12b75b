"""The archives that carry a layer say what they must, and in one pass."""

import io
import json
import tarfile
from hashlib import sha256
from typing import Any

import pytest

from localbuild.container import tar
from localbuild.engines.docker.layer_archive import LayerBody, build_context, image_archive
from localbuild.engines.docker.pieces import PIECE_BYTES, gather
from localbuild.errors import EngineError
from localbuild.ports.engine import Image, NewLayer

DATA = tar.file_header(b"f", 0o644, 5, 1) + b"hello" + tar.padding(5) + tar.END
BASE: dict[str, Any] = {
    "Id": "sha256:base",
    "Architecture": "arm64",
    "Variant": "v8",
    "Os": "linux",
    "Config": {"Env": ["A=1"], "Entrypoint": ["/x"], "User": "u", "Labels": {"old": "1"}},
    "RootFS": {"Type": "layers", "Layers": ["sha256:aa", "sha256:bb"]},
}


def new_layer(data: bytes = DATA, size_bytes: int = len(DATA)) -> NewLayer:
    return NewLayer(
        base=Image(id="sha256:base", reference="base:1"),
        reference="new:1",
        labels=(("new", "2"),),
        size_bytes=size_bytes,
        archive=[data[:700], data[700:]],
    )


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        files = ((m.name, archive.extractfile(m)) for m in archive)
        return {name: file.read() for name, file in files if file is not None}


def test_an_image_archive_is_its_base_and_one_layer() -> None:
    layer = new_layer()
    found = members(b"".join(image_archive(LayerBody(layer), layer, BASE, "2026-01-01T00:00:00Z")))
    [entry] = json.loads(found["manifest.json"])
    config = json.loads(found["config.json"])
    assert found[entry["Layers"][-1]] == DATA
    assert entry["RepoTags"] == ["new:1"]
    assert len(entry["Layers"]) == len(config["rootfs"]["diff_ids"]) == len(config["history"])
    assert config["rootfs"]["diff_ids"] == [
        "sha256:aa",
        "sha256:bb",
        f"sha256:{sha256(DATA).hexdigest()}",
    ]
    assert (config["architecture"], config["variant"], config["os"]) == ("arm64", "v8", "linux")
    assert config["config"] == BASE["Config"] | {"Labels": {"old": "1", "new": "2"}}
    assert BASE["Config"]["Labels"] == {"old": "1"}


def test_a_context_builds_on_the_base() -> None:
    layer = new_layer()
    found = members(b"".join(build_context(LayerBody(layer), layer)))
    assert found == {"Dockerfile": b"FROM sha256:base\nADD layer.tar /\n", "layer.tar": DATA}


@pytest.mark.parametrize("more", [-512, 1, 512])
def test_a_size_that_is_wrong_is_found_before_the_end(more: int) -> None:
    layer = new_layer(size_bytes=len(DATA) + more)
    body = LayerBody(layer)
    with pytest.raises(EngineError, match="turned out to have"):
        b"".join(image_archive(body, layer, BASE, ""))
    assert isinstance(body.error, EngineError)


@pytest.mark.parametrize("sizes", [[], [0], [1, 2], [PIECE_BYTES], [1000] * 1000, [0, 3 << 20, 1]])
def test_gathered_pieces_are_the_same_bytes(sizes: list[int]) -> None:
    pieces = [bytes([at % 256]) * size for at, size in enumerate(sizes)]
    gathered = list(gather(pieces))
    assert b"".join(gathered) == b"".join(pieces)
    assert all(len(piece) >= PIECE_BYTES for piece in gathered[:-1])
    assert b"" not in gathered
