"""ZIP files as people, programs and attackers make them."""

import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def entry(name: str, mode: int = 0, **facts: object) -> zipfile.ZipInfo:
    """An entry whose name is taken as it is; `mode` with the kind of the file."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.create_system = 3
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    for key, value in facts.items():
        setattr(info, key, value)
    return info


def link(name: str) -> zipfile.ZipInfo:
    """A symbolic link; its target is its content."""
    return entry(name, stat.S_IFLNK | 0o777)


def write_zip(path: Path, entries: Iterable[tuple[zipfile.ZipInfo, bytes]]) -> Path:
    """Write entries one after another."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as writer:
        for info, data in entries:
            writer.writestr(info, data)
    return path


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a ZIP file with these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in files.items():
            writer.writestr(entry(name, stat.S_IFREG | 0o644), content)
    return data.getvalue()


def flip(path: Path, old: bytes, new: bytes) -> None:
    """Replace bytes wherever they are."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
