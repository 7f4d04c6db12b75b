"""An image with nothing but busybox, made of the host's own (the package busybox-static)."""

import io
import subprocess
import tarfile
from pathlib import Path
from shutil import which
from typing import Any

from tests.conftest import missing

BUSYBOX = "localbuild/busybox:1"

_USERS = b"root:x:0:0::/root:/bin/sh\ncodebuild-user:x:1000:1000::/tmp:/bin/sh\n"


def provide_busybox() -> str:
    """Make the image where it is not there; its name. Skips where there is no busybox."""
    from docker.api.client import APIClient
    from docker.errors import ImageNotFound

    api: Any = APIClient(version="1.41")
    try:
        api.inspect_image(BUSYBOX)
    except ImageNotFound:
        changes = ["ENV PATH=/bin", "LABEL localbuild.image=suite"]
        repository, _, tag = BUSYBOX.partition(":")
        api.import_image_from_data(_tree(), repository=repository, tag=tag, changes=changes)
    finally:
        api.close()
    return BUSYBOX


def _tree() -> bytes:
    program = which("busybox")
    if program is None:
        missing("busybox", "there is no busybox: apt-get install busybox-static")
        raise AssertionError
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as archive:
        for directory in ("bin", "dev", "etc", "root", "tmp"):
            member = tarfile.TarInfo(directory)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
        _add(archive, "bin/busybox", Path(program).read_bytes(), 0o755)
        _add(archive, "etc/passwd", _USERS, 0o644)
        for name in set(listed.stdout.split()) - {"busybox"}:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return out.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))
