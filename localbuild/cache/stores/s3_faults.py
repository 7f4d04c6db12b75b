"""What the answers of an S3 server, and the want of them, mean to a store."""

from localbuild.aws_errors import answer_of, is_kind, is_network, is_sign_in, text_of
from localbuild.cache.stores.watch import GivenUpError
from localbuild.ports.store import Fault, StoreError

PERMISSIONS = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "DeleteObject": "s3:DeleteObject",
    "ListObjectsV2": "s3:ListBucket",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
}
"""What a policy must allow for an operation. Source: service authorization reference, Amazon S3."""

_ABSENT = ("NoSuchKey", "NotFound", "404", "NoSuchUpload", "NoSuchVersion")
_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_FULL = ("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge", "507")
_AGAIN = (
    "RequestTimeout",
    "BadDigest",
    "InvalidDigest",
    "XAmzContentSHA256Mismatch",
    "XAmzContentChecksumMismatch",
    "IncompleteBody",
    "Throttling",
    "TooManyRequests",
    "SlowDown",
)
_NO_POLICY_HELPS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed")
_SIGN_IN_HINTS = (
    "aws sts get-caller-identity",
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
)


class LyingError(Exception):
    """An answer that no S3 server gives: something else answers in its place."""


def status_of(error: Exception) -> int:
    """The answer's HTTP status, 0 where there was no answer."""
    return int(answer_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: Exception) -> str:
    """The answer's error code, '' where it has none."""
    return str(answer_of(error).get("Error", {}).get("Code", ""))


def is_absent(error: Exception) -> bool:
    """Whether the answer is that there is no such object."""
    return status_of(error) == 404 and code_of(error) in _ABSENT


def is_expired(error: Exception) -> bool:
    """Whether new credentials may help. The answer to a HEAD has no body to say so in."""
    mute = getattr(error, "operation_name", "") == "HeadObject" and status_of(error) == 400
    return mute or code_of(error) in _EXPIRED


def s3_error(place: str, error: Exception) -> StoreError:
    """The StoreError for what a call ended in. `place` is the store's URL, or an object's."""
    if isinstance(error, GivenUpError):
        return StoreError(Fault.UNAVAILABLE, f"{place}: the store does not get on: {error}")
    if isinstance(error, LyingError):
        return _lying(place, str(error))
    if answer_of(error):
        return _answered(place, error)
    return _unanswered(place, error)


def _answered(place: str, error: Exception) -> StoreError:
    status, code = status_of(error), code_of(error)
    said = f"{code or status}: {_message(error)}"
    if is_expired(error):
        return StoreError(Fault.DENIED, f"{place}: credentials expired", hints=_SIGN_IN_HINTS)
    if code == "RequestTimeTooSkewed":
        return StoreError(
            Fault.DENIED, f"{place}: this machine's clock is wrong: {_message(error)}"
        )
    if status in (401, 403):
        return _denied(place, error, said)
    if code in _FULL or status == 507:
        return StoreError(Fault.FULL, f"{place}: {said}")
    if code in _AGAIN or status in (408, 409, 429) or (status >= 500 and status != 501):
        return StoreError(Fault.UNAVAILABLE, f"{place}: {said}")
    if code == "InvalidObjectState":
        return StoreError(Fault.CORRUPT, f"{place}: the object is in an archive")
    return StoreError(Fault.WRONG, f"{place}: {said}")


def _denied(place: str, error: Exception, said: str) -> StoreError:
    operation = str(getattr(error, "operation_name", ""))
    permission = PERMISSIONS.get(operation, f"s3:{operation}")
    if code_of(error) in _NO_POLICY_HELPS:
        return StoreError(Fault.DENIED, f"{place}: {said}", hints=_SIGN_IN_HINTS)
    hints = [f"allow {permission} in the policy"]
    if permission == "s3:GetObject":
        hints.append("allow s3:ListBucket, too: without it what is not there is answered with 403")
    return StoreError(
        Fault.DENIED, f"{place}: {permission} is denied ({code_of(error)})", hints=tuple(hints)
    )


def _unanswered(place: str, error: Exception) -> StoreError:
    text = text_of(error)
    if is_sign_in(error):
        return StoreError(Fault.DENIED, f"{place}: no credentials: {text}", hints=_SIGN_IN_HINTS)
    if is_kind(error, "ResponseParserError"):
        return _lying(place, "its answer cannot be read")
    if is_kind(error, "SSLError"):
        return StoreError(
            Fault.WRONG, f"{place}: {text}", hints=("AWS_CA_BUNDLE names a file of CAs to trust",)
        )
    if is_network(error):
        return StoreError(Fault.UNAVAILABLE, f"{place}: {text}")
    return StoreError(Fault.WRONG, f"{place}: {text}")


def _lying(place: str, what: str) -> StoreError:
    return StoreError(
        Fault.WRONG,
        f"{place}: what answers is no S3 server: {what}",
        hints=("is there a proxy or a sign-in page in between?",),
    )


def _message(error: Exception) -> str:
    return " ".join(str(answer_of(error).get("Error", {}).get("Message", "")).split())
