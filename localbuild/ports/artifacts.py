"""The artifacts port: the place where the outputs of a build go.

Promises that every implementation keeps:

- A file is under its name when all of it is there, or not at all. What others have put into the
  place stays, save files whose names an output has.
- Nothing outside of the place is written, whatever is in it: no link there is followed.
- `put` takes the contents one by one, in the order that they come in, from one thread.
- Whatever is wrong with the place is a StorageError; what `contents` raise passes through, and what
  was not finished then is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from localbuild.events.outputs import Packaging
from localbuild.ports.collect import FoundFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output on its way. `parts` are folders and, last, its own name; () is the place itself.

    None of the parts is empty, `.` or `..`, or has a slash or NUL in it. `build_arn` is for those
    who find the output later.
    """

    parts: tuple[str, ...] = ()
    packaging: Packaging = "NONE"
    build_arn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An output that has arrived; see the event ArtifactUploaded."""

    path: str
    location: str
    files: int = 0
    size_bytes: int = 0
    sha256: str = ""
    md5: str = ""
    warnings: tuple[str, ...] = ()


class Artifacts(Protocol):
    """A place for outputs."""

    def put(self, output: Output, contents: Iterable[tuple[FoundFile, Iterable[bytes]]]) -> Handed:
        """Bring an output there. Raises StorageError.

        Files have no link unless packaging is ZIP.
        """

    def close(self) -> None:
        """Give up what is under way; also while `put` runs, and twice."""
