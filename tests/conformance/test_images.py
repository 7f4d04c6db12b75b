"""Rows 195, 196 and 198: images of all kinds."""

import io
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from localbuild.engines.docker.connection import connect
from tests.conformance.harness import build, spec
from tests.conformance.rows import row
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """The engine's own API, to make images with."""
    found = connect("", "").api
    yield found
    found.close()


@pytest.fixture(scope="module")
def stubborn(api: Any) -> Iterator[str]:
    """An image that ends at once when it is started as its author wants, and has its own user."""
    container = api.create_container(SMALL, ["true"])["Id"]
    changes = ['ENTRYPOINT ["/bin/false"]', 'CMD ["never"]', "USER nobody", "WORKDIR /tmp"]
    api.commit(container, "conf-stubborn", "1", changes=changes)
    api.remove_container(container)
    yield "conf-stubborn:1"
    api.remove_image("conf-stubborn:1", force=True)


@pytest.fixture(scope="module")
def shell_less(api: Any) -> Iterator[str]:
    """An image of one file, which is no shell."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        entry = tarfile.TarInfo("app")
        entry.size, entry.mode = 4, 0o755
        archive.addfile(entry, io.BytesIO(b"none"))
    api.import_image_from_data(held.getvalue(), repository="conf-shell-less:1")
    yield "conf-shell-less:1"
    api.remove_image("conf-shell-less:1", force=True)


@row(
    195,
    feature="names of curated images",
    expectation="mapped to images that the user names; one that is nowhere says what to do",
    decided="Ours: these names exist only within the service.",
)
def test_row_195_image_mapping() -> None:
    name = "aws/codebuild/standard:7.0"
    files = {"localbuild.toml": f'[images]\n"{name}" = "{SMALL}"\n'}
    text = spec(build=["echo ran"])
    mapped = build(text, files=files, image=name)
    assert (mapped.exit_code, mapped.said) == (0, ["ran\n"])
    assert mapped.document["environment"]["image"] == name
    nowhere = build(text, "--pull", "never", image=name)
    assert (nowhere.exit_code, nowhere.status, nowhere.ran) == (4, "FAILED", [])
    code, message = nowhere.context("PROVISIONING")
    assert code == "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE"
    assert name in message
    assert f'[images] "{name}" = ' in nowhere.stderr


@row(
    196,
    feature="ENTRYPOINT, CMD and USER of the image",
    expectation="not used: the build's own program runs in their place, as root",
)
def test_row_196_entrypoint(stubborn: str) -> None:
    built = build(spec(build=["id -u", "pwd"]), image=stubborn)
    assert (built.exit_code, built.said) == (0, ["0\n", f"{built.source_directory}\n"])


@row(
    198,
    feature="image without sh",
    expectation="a clear error: `Build container found dead before completing the build`, exit "
    "code 4",
)
def test_row_198_no_shell(shell_less: str, api: Any) -> None:
    built = build(spec(build=["echo never"]), image=shell_less)
    assert (built.exit_code, built.ran) == (4, [])
    message = "Build container found dead before completing the build"
    assert built.context("PROVISIONING")[1] == message
    assert message in built.stderr
    assert "must contain sh" in built.stderr
    label = {"label": f"dev.localbuild.build={built.document['id']}"}
    assert api.containers(all=True, filters=label) == []
