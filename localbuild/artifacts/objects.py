"""Outputs in a bucket: an object a file, several on their way at once; or one object, a zip."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Protocol

from localbuild.artifacts.directory import names_of, told
from localbuild.artifacts.host_files import Check, Contents
from localbuild.artifacts.zip_file import pack_zip
from localbuild.lines import plain
from localbuild.ports.artifacts import Handed, Output

_AT_ONCE = 8
_WAITING = 2 * _AT_ONCE
_IN_MEMORY_BYTES = 8 << 20
_LOOK_S = 0.1
_TEMPORARY = "this machine's folder for temporary files"


class Bucket(Protocol):
    """A bucket to write to, by several threads at once. Whatever is wrong is a StorageError."""

    @property
    def name(self) -> str:
        """The bucket's name."""

    def put(self, key: str, file: IO[bytes], build_arn: str) -> None:
        """Write all of a file as an object that says which build it is of."""

    def close(self) -> None:
        """Give up what is under way, in whatever thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketPlace:
    """A prefix in a bucket, '' for all of it. `partition`: of ARNs, `aws` in most regions."""

    bucket: Bucket
    prefix: str = ""
    partition: str = "aws"

    def key(self, *parts: str) -> str:
        """The key of what has these names, one below the other."""
        return "/".join(part for part in (self.prefix.strip("/"), *parts) if part)


class ObjectArtifacts:
    """Implements the port Artifacts. `check` raises where the build must not go on.

    What S3 has taken when an upload is given up stays there.
    """

    def __init__(self, place: BucketPlace, check: Check) -> None:
        self._place = place
        self._check = check

    def put(self, output: Output, contents: Iterable[Contents]) -> Handed:
        """Bring an output there."""
        key = self._place.key(*names_of(output))
        name = self._place.bucket.name
        handed = Handed(
            path=f"s3://{name}/{key}".rstrip("/"),
            location=f"arn:{self._place.partition}:s3:::{name}/{key}".rstrip("/"),
        )
        with self._uploads(output.build_arn) as uploads:
            if output.packaging == "ZIP":
                return self._put_zip(key, handed, contents, uploads)
            return self._put_files(output, handed, contents, uploads)

    def close(self) -> None:
        """Give up what is under way."""
        self._place.bucket.close()

    @contextmanager
    def _uploads(self, build_arn: str) -> "Iterator[_Uploads]":
        uploads = _Uploads(self._place.bucket, self._check, build_arn)
        try:
            yield uploads
            uploads.finish()
        except BaseException:
            self._place.bucket.close()
            raise
        finally:
            uploads.close()

    def _put_zip(
        self, key: str, handed: Handed, contents: Iterable[Contents], uploads: "_Uploads"
    ) -> Handed:
        with told(_TEMPORARY), TemporaryFile() as body, ExitStack() as kept:
            file = kept.enter_context(TemporaryFile())
            packed = pack_zip(contents, body, file)
            file.seek(0)
            kept.pop_all()  # whoever uploads it closes it
        uploads.begin(key, file)
        return replace(handed, **packed._asdict())

    def _put_files(
        self, output: Output, handed: Handed, contents: Iterable[Contents], uploads: "_Uploads"
    ) -> Handed:
        sizes: list[int] = []
        renamed: list[str] = []
        for found, pieces in contents:
            name = found.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            if name != found.name:
                renamed.append(plain(name))
            file, size = _spooled(pieces)
            sizes.append(size)
            uploads.begin(self._place.key(*output.parts, name), file)
        said = (f"{', '.join(renamed[:5])}: the name is no UTF-8, as S3 needs it: it is changed",)
        return replace(
            handed,
            files=len(sizes),
            size_bytes=sum(sizes),
            warnings=said if renamed else (),
        )


class _Uploads:
    """Objects on their way."""

    def __init__(self, bucket: Bucket, check: Check, build_arn: str) -> None:
        self._bucket = bucket
        self._check = check
        self._build_arn = build_arn
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="localbuild-upload")
        self._running: dict[Future[None], IO[bytes]] = {}

    def begin(self, key: str, file: IO[bytes]) -> None:
        """Have a file uploaded, which is closed then; wait where too many are on their way."""
        self._running[self._pool.submit(self._put, key, file)] = file
        self._wait(_WAITING)

    def finish(self) -> None:
        """Wait for all of them. Raises StorageError."""
        self._wait(0)

    def close(self) -> None:
        """Begin no more, and wait for those that are being given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for file in self._running.values():
            file.close()

    def _put(self, key: str, file: IO[bytes]) -> None:
        with file:
            self._bucket.put(key, file, self._build_arn)

    def _wait(self, most: int) -> None:
        while len(self._running) > most:
            self._check()
            done, _ = wait(self._running, _LOOK_S, FIRST_COMPLETED)
            for each in done:
                del self._running[each]
            for each in done:
                each.result()
        self._check()


def _spooled(pieces: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """The contents in a file that is on no disk where it is small; the caller's to close."""
    with told(_TEMPORARY), ExitStack() as kept:
        file = kept.enter_context(SpooledTemporaryFile(_IN_MEMORY_BYTES))
        for piece in pieces:
            file.write(piece)
        size = file.tell()
        file.seek(0)
        kept.pop_all()
    return file, size
