"""Where a build's artifacts go, from its settings: the record's folder, another one, or S3."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localbuild.cli.process.paths import real_path
from localbuild.cli.records.folders import ARTIFACTS, RecordFolder
from localbuild.cli.settings import Settings
from localbuild.errors import HostResourceError
from localbuild.ports.artifacts import Artifacts

_PRIVATE = 0o700
_CHINA = ("cn-", "aws-cn")
_GOVERNMENT = ("us-gov-", "aws-us-gov")
Check = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where artifacts go: `opening` opens it, `descriptor` is that of its directory, -1 for S3.

    `made`: the directory, where it was made for this build.
    """

    opening: Callable[[Check], Artifacts]
    descriptor: int = -1
    made: Path | None = None

    def close(self) -> None:
        """Let go of the directory; one that was made in vain is removed."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        if self.made is not None:
            with suppress(OSError):  # not empty, or not there any more
                self.made.rmdir()


def find_place(
    settings: Settings, record: RecordFolder, shown: str, made: Collection[Path] = ()
) -> Place:
    """The place. `shown`: the record's folder as people know it. Raises HostResourceError.

    `made`: folders that were made for this build.

    A directory that the user names is meant as it is now: links on the way to it are followed here
    and never again, though a build that is root in a mounted source may put others in their place.
    """
    place = settings.artifacts
    if place.startswith("s3://"):
        return Place(opening=lambda check: _open_bucket(place, settings, check))
    path = Path(place) if place else record.path
    descriptor = _open_directory(path, is_new=bool(place))
    return Place(
        opening=lambda _: _open_folder(place, record, shown, descriptor),
        descriptor=descriptor,
        made=path if path in made else None,
    )


def _open_folder(place: str, record: RecordFolder, shown: str, descriptor: int) -> Artifacts:
    from localbuild.artifacts.directory import DirectoryArtifacts, Folder

    own = Folder(
        descriptor=descriptor,
        path=str(record.path),
        shown=shown,
        parts=(ARTIFACTS,),
        mode=_PRIVATE,
    )
    named = Folder(descriptor=descriptor, path=place, shown=place)
    return DirectoryArtifacts(named if place else own)


def _open_directory(path: Path, *, is_new: bool) -> int:
    try:
        if is_new:
            path.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        reason = error.strerror or str(error)
        raise HostResourceError(
            f"cannot write artifacts to {path}: {reason}", hints=("--artifacts DIR",)
        ) from None


def output_folders(settings: Settings, source: Path) -> tuple[Path, ...]:
    """The folders for artifacts and reports that lie below the source: they are no part of it."""
    place = settings.artifacts
    named = [Path(place)] if place and not place.startswith("s3://") else []
    named += [settings.reports] if settings.reports else []
    top, real = real_path(source), [real_path(each) for each in named]
    return tuple(source / each.relative_to(top) for each in real if top in each.parents)


def _open_bucket(place: str, settings: Settings, check: Check) -> Artifacts:
    from localbuild.artifacts.objects import BucketPlace, ObjectArtifacts
    from localbuild.cli.artifact_objects import S3Artifacts

    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    return ObjectArtifacts(
        BucketPlace(
            bucket=S3Artifacts(bucket, settings), prefix=prefix, partition=_partition(settings)
        ),
        check,
    )


def _partition(settings: Settings) -> str:
    """Source: AWS General Reference, ARNs."""
    for start, partition in (_CHINA, _GOVERNMENT):
        if settings.region.startswith(start):
            return partition
    return "aws"
