"""Makes an S3 object young: writes it anew from itself, under another ETag.

A plain object's ETag is a hash of its bytes, that of one in parts a hash of hashes. Going from one
to the other tells a freshened object from the one that somebody else has seen in the same second.
"""

from typing import Any

from localbuild.cache.stores.s3_write import CONTENT_TYPE, Writer
from localbuild.ports.store import StoreError


def copy_onto_itself(writer: Writer, tag: str) -> None:
    """Copy the object that has the ETag `tag`.

    Raises StoreError, AbsentError; ConditionError where it has another one.
    """
    source = {"CopySource": writer.address, "CopySourceIfMatch": tag}
    if "-" not in tag and _copy_as_part(writer, source):
        return
    writer.client.call(
        writer.name,
        lambda s3, _: s3.copy_object(
            **writer.address, **source, MetadataDirective="REPLACE", ContentType=CONTENT_TYPE
        ),
    )


def _copy_as_part(writer: Writer, source: dict[str, Any]) -> bool:
    """False where the server cannot."""
    try:
        upload = writer.begin()
    except StoreError:
        return False
    try:
        answer = writer.client.call(
            writer.name,
            lambda s3, _: s3.upload_part_copy(
                **writer.address, **source, UploadId=upload, PartNumber=1
            ),
        )
        result = answer["CopyPartResult"]
        part = {"PartNumber": 1, "ETag": result["ETag"]}
        if result.get("ChecksumSHA256"):
            part["ChecksumSHA256"] = result["ChecksumSHA256"]
        writer.complete(upload, [part], {})
    except (StoreError, KeyError):
        writer.abort(upload)
        return False
    except BaseException:
        writer.abort(upload)
        raise
    return True
