"""The errors a client can meet, by S3's names."""

from enum import Enum


class Fault(Enum):
    """Code, HTTP status and what S3 means by it."""

    ACCESS_DENIED = ("AccessDenied", 403, "Access denied.")
    ACCESS_FORBIDDEN = ("AccessForbidden", 403, "This origin, method or header is not allowed.")
    BAD_DIGEST = ("BadDigest", 400, "The checksum does not match the bytes received.")
    BAD_HASH = ("XAmzContentSHA256Mismatch", 400, "x-amz-content-sha256 does not match the bytes received.")
    BAD_QUERY = ("AuthorizationQueryParametersError", 400, "The signature's query parameters are not valid.")
    BAD_SCOPE = ("AuthorizationHeaderMalformed", 400, "The credential's date, region or service is wrong.")
    BAD_SIGNATURE = ("SignatureDoesNotMatch", 403, "The signature does not fit this request and this secret.")
    BUCKET_NAME = ("InvalidBucketName", 400, "The bucket name is not valid.")
    EXPIRED = ("AccessDenied", 403, "Request has expired")
    INCOMPLETE = ("IncompleteBody", 400, "Fewer bytes arrived than Content-Length announced.")
    INVALID = ("InvalidArgument", 400, "An argument is not valid.")
    INVALID_REQUEST = ("InvalidRequest", 400, "The request is not valid.")
    INVALID_URI = ("InvalidURI", 400, "The path is not valid.")
    KEY_ID = ("InvalidAccessKeyId", 403, "No such access key.")
    KEY_LENGTH = ("KeyTooLongError", 400, "The key is longer than 1024 bytes.")
    NO_BUCKET = ("NoSuchBucket", 404, "No such bucket.")
    NO_KEY = ("NoSuchKey", 404, "No such key.")
    NO_LENGTH = ("MissingContentLength", 411, "Content-Length is missing.")
    NOT_IMPLEMENTED = ("NotImplemented", 501, "This store does not implement what was asked.")
    PRECONDITION = ("PreconditionFailed", 412, "A condition of the request does not hold.")
    RANGE = ("InvalidRange", 416, "The range lies outside the object.")
    SKEWED = ("RequestTimeTooSkewed", 403, "The request's time is too far from the store's.")
    TOO_LARGE = ("EntityTooLarge", 400, "The object is larger than this store accepts.")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


class Refused(Exception):
    """A request answered with a fault; `detail` says more than the fault's own sentence."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.code}: {detail}")
        self.fault = fault
        self.message = detail or fault.value[2]
