"""Lists what is under an S3 prefix: objects, and uploads that were never completed."""

from typing import Any

from localbuild.cache.stores.names import is_name
from localbuild.cache.stores.s3_client import AbsentError, S3Client
from localbuild.cache.stores.s3_faults import LyingError
from localbuild.cache.stores.s3_write import Writer
from localbuild.ports.store import Fault, Stored


def list_objects(client: S3Client, prefix: str) -> list[Stored]:
    """All objects whose name begins with `prefix`, in the names' order. Raises StoreError.

    All are read before the first is given: not every server lists in that order.
    """
    found: list[Stored] = []
    token = ""
    while True:
        answer = client.call("", lambda s3, _, t=token: _ask(s3, client, prefix, t))  # type: ignore[misc]
        found += _stored_in(client, answer)
        if not answer["IsTruncated"]:
            return sorted(found, key=lambda stored: stored.name)
        before, token = token, str(answer.get("NextContinuationToken") or "")
        if token in ("", before):
            raise client.error(Fault.WRONG, "", "its lists do not go on")


def abort_uploads(client: S3Client, begun_before_s: float) -> int:
    """Abort uploads in parts that were begun before that time; how many. Raises StoreError."""
    place = client.place
    try:
        answer = client.call(
            "",
            lambda s3, _: s3.list_multipart_uploads(Bucket=place.bucket, Prefix=place.start),
        )
    except AbsentError:
        return 0
    uploads = answer.get("Uploads", [])
    old = [u for u in uploads if u["Initiated"].timestamp() <= begun_before_s]
    for upload in old:
        name = str(upload["Key"]).removeprefix(place.start)
        Writer(client=client, name=name).abort(str(upload["UploadId"]))
    return len(old)


def read_head(client: S3Client, name: str) -> Stored | None:
    """What there is under a name. Raises StoreError."""

    def ask(s3: Any, _: object) -> Stored:
        answer = s3.head_object(**client.place.address(name))
        if not answer.get("ETag") or "LastModified" not in answer:
            raise LyingError("an object without ETag or time")
        return _stored(name, int(answer.get("ContentLength", 0)), answer)

    try:
        return client.call(name, ask)
    except AbsentError:
        return None


def etag_of(found: Stored) -> str:
    """The ETag in an object's tag, as headers have it."""
    return f'"{found.tag.rpartition(" ")[0]}"'


def _ask(s3: Any, client: S3Client, prefix: str, token: str) -> dict[str, Any]:
    place = client.place
    more = {"ContinuationToken": token} if token else {}
    answer: dict[str, Any] = s3.list_objects_v2(
        Bucket=place.bucket, Prefix=place.start + prefix, **more
    )
    if "IsTruncated" not in answer:
        raise LyingError("a list that is none")
    return answer


def _stored_in(client: S3Client, answer: dict[str, Any]) -> list[Stored]:
    found = []
    for item in answer.get("Contents", []):
        name = str(item["Key"]).removeprefix(client.place.start)
        if is_name(name):
            found.append(_stored(name, int(item["Size"]), item))
    return found


def _stored(name: str, size_bytes: int, answer: dict[str, Any]) -> Stored:
    """Times are in whole seconds: some lists have fractions that no header has."""
    modified_s = float(int(answer["LastModified"].timestamp()))
    etag = str(answer.get("ETag", "")).strip('"')  # not every list has its quotation marks
    tag = f"{etag} {modified_s:.0f}"
    return Stored(name=name, size_bytes=size_bytes, modified_s=modified_s, tag=tag)
