"""The suite's image with nothing but busybox, and its program for tests on this machine."""

import io
import tarfile
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

from tests.conftest import missing

BUSYBOX = "localbuild/busybox:1"
_OURS = tempfile.TemporaryDirectory(prefix="localbuild-busybox-")


def provide_busybox() -> str:
    """The image's name. Skips, or fails where the engine is required, where it is not there."""
    from docker.api.client import APIClient
    from docker.errors import DockerException

    try:
        with closing(_client(APIClient)) as api:
            api.inspect_image(BUSYBOX)
    except DockerException as error:
        missing("docker", f"image {BUSYBOX} is not there: scripts/images.sh ({error})")
    return BUSYBOX


@cache
def busybox_program() -> str:
    """A busybox that runs here: this machine's, or the image's, which needs no library."""
    return which("busybox") or str(_taken_out(provide_busybox()))


def _taken_out(image: str) -> Path:
    from docker.api.client import APIClient

    with closing(_client(APIClient)) as api:
        container = api.create_container(image, ["true"])["Id"]
        try:
            pieces, _ = api.get_archive(container, "/bin/busybox")
            data = b"".join(pieces)
        finally:
            api.remove_container(container, force=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.extractfile("busybox")
        assert member is not None
        program = Path(_OURS.name, "busybox")
        program.write_bytes(member.read())
    program.chmod(0o755)
    return program


def _client(make: Any) -> Any:
    return make(version="1.41")
