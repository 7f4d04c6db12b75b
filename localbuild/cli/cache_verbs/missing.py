"""Directories that hold no cache, as mistyped ones do: they are told of, and stay as they are."""

from collections.abc import Iterable
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

from localbuild.cli.call import Call
from localbuild.lines import plain

if TYPE_CHECKING:
    from localbuild.ports.store import ByteStore


def is_missing(url: str) -> bool:
    """Whether a directory holds no cache for certain; a bucket is never asked."""
    if not url.startswith("/"):
        return False
    try:
        return not S_ISDIR((Path(url) / "v1").stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def tell_missing(call: Call, stores: "Iterable[ByteStore]", *, named: bool) -> None:
    """Say which of them hold no cache: a warning where the user has `named` the place."""
    for store in stores:
        if is_missing(store.url):
            text = f"there is no cache in {plain(store.url)}"
            (call.voice.warning if named else call.voice.note)(text)
