"""A buildspec in S3: fetched before the build, by its ARN.

Source: API reference, ProjectSource buildspec: an ARN, `arn:aws:s3:::bucket/key`.
"""

from localbuild.errors import BuildspecError, StorageError

LONGEST = 1024 * 1024


def fetch_buildspec(arn: str, *, profile: str, region: str, endpoint_url: str) -> bytes:
    """Its bytes. Raises BuildspecError where there is none, StorageError where S3 gives none."""
    from localbuild.cache.stores.s3_client import AbsentError, S3Client, S3Place

    bucket, slash, key = arn.split(":::", 1)[1].partition("/")
    if not bucket or not slash or not key:
        raise StorageError(f"'{arn}' names no object", hints=("arn:aws:s3:::BUCKET/KEY",))
    place = S3Place(bucket=bucket, profile=profile, region=region, endpoint_url=endpoint_url)
    client = S3Client(place)
    try:
        return client.call(
            key, lambda s3, _: bytes(s3.get_object(**place.address(key))["Body"].read(LONGEST + 1))
        )
    except AbsentError:
        raise BuildspecError(
            f"{arn}: there is no such object", hints=(f"aws s3 ls s3://{bucket}/{key}",)
        ) from None
    finally:
        client.close()
