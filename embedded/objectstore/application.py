"""The HTTP face of the store: one WSGI application, path-style addresses, S3's XML.

What a request may carry is listed; anything else (a sub-resource, a copy, an ACL, a tag) is refused with 501
rather than ignored, because an ignored instruction looks like an obeyed one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from embedded.objectstore import listing
from embedded.objectstore.bodies import CHECKSUM, CHUNK, Body
from embedded.objectstore.faults import Fault, Refused
from embedded.objectstore.shelf import Object, Shelf
from embedded.objectstore.signatures import Asked, Key, decoded, split_query, verify

LARGEST = 5 * 1024**3  # bytes in one PUT, as in S3
_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
_KEPT = ("content-type", "content-disposition", "content-encoding", "content-language", "cache-control")
_X_AMZ = {"date", "content-sha256", "decoded-content-length", "trailer", "sdk-checksum-algorithm"}
_CONDITIONS = {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}
_UNDERSTOOD = {
    "PUT": {"if-none-match"},
    "GET": {"if-match", "if-none-match"},
    "HEAD": {"if-match", "if-none-match"},
}
_CORS_METHODS = ("GET", "HEAD", "PUT")
_CORS_HEADERS = {"content-type", "x-amz-checksum-sha256", "if-none-match"}
_CORS_EXPOSED = "ETag, x-amz-checksum-sha256"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class ObjectStore:
    """A WSGI application over one shelf, for one key, open to the given web origins."""

    def __init__(
        self,
        shelf: Shelf,
        key: Key,
        *,
        origins: Iterable[str],
        clock: Callable[[], datetime],
        largest: int = LARGEST,
    ) -> None:
        self._shelf = shelf
        self._key = key
        self._origins = frozenset(origins)
        self._clock = clock
        self._largest = largest

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self._preflight(request) if request.method == "OPTIONS" else self._answer(request)
        except Refused as refused:
            response = _refusal(request, refused)
        except ClientDisconnected:
            response = _refusal(request, Refused(Fault.INCOMPLETE))
        self._mark(request, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        """Verify who asks, then do what is asked of the service, a bucket or an object."""
        path, _, query = str(request.environ["RAW_URI"]).partition("?")
        if not path.startswith("/"):
            raise Refused(Fault.INVALID_URI)
        asked = Asked(request.method, path, query, request.headers)
        payload = verify(asked, self._key, self._clock())
        _require_known_headers(request)
        bucket, _, key = path[1:].partition("/")
        parameters = dict(split_query(query))
        if not bucket:
            return self._service(request)
        if not key:
            return self._bucket(request, decoded(bucket), _without_signature(parameters))
        return self._object(request, decoded(bucket), _checked_key(decoded(key)), parameters, payload)

    def _service(self, request: Request) -> Response:
        if request.method != "GET":
            raise Refused(Fault.NOT_IMPLEMENTED)
        root = Element("ListAllMyBucketsResult")
        buckets = SubElement(root, "Buckets")
        for name, made in self._shelf.buckets():
            bucket = SubElement(buckets, "Bucket")
            SubElement(bucket, "Name").text = name
            SubElement(bucket, "CreationDate").text = made.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return _xml(root)

    def _bucket(self, request: Request, bucket: str, parameters: Mapping[str, str]) -> Response:
        if request.method == "PUT" and not parameters:
            if not _BUCKET.fullmatch(bucket):
                raise Refused(Fault.BUCKET_NAME)
            self._shelf.create_bucket(bucket, self._clock())
            return Response()
        self._require_bucket(bucket)
        if request.method == "HEAD" and not parameters:
            return Response()
        if request.method == "GET":
            return _xml(listing.listing(self._shelf, bucket, listing.wish(parameters)))
        raise Refused(Fault.NOT_IMPLEMENTED)

    def _object(
        self, request: Request, bucket: str, key: str, parameters: Mapping[str, str], payload: str
    ) -> Response:
        self._require_bucket(bucket)
        given_back = _given_back(_without_signature(parameters), request.method)
        match request.method:
            case "PUT":
                return self._put(request, bucket, key, payload)
            case "GET" | "HEAD":
                return self._get(request, bucket, key, given_back)
            case "DELETE":
                self._shelf.delete(bucket, key)
                return Response(status=204)
        raise Refused(Fault.NOT_IMPLEMENTED)

    def _put(self, request: Request, bucket: str, key: str, payload: str) -> Response:
        """Take the bytes in; nothing of them stays if a length, checksum or condition does not hold."""
        condition = request.headers.get("If-None-Match")
        if condition not in (None, "*"):
            raise Refused(Fault.NOT_IMPLEMENTED, "If-None-Match on PUT must be *.")
        body = Body(request.stream, request.headers, payload, largest=self._largest)
        blob = self._shelf.write(body)
        headers = _kept(request) | dict(body.checksums)
        entry = Object(key, blob, body.size, body.etag, headers, self._clock())
        self._shelf.put(bucket, entry, write_once=condition == "*")
        return Response(headers={"ETag": f'"{body.etag}"', **body.checksums})

    def _get(self, request: Request, bucket: str, key: str, given_back: Mapping[str, str]) -> Response:
        entry, file = self._shelf.open(bucket, key)
        try:
            response = _found(request, entry, file, given_back)
        except BaseException:
            file.close()
            raise
        response.call_on_close(file.close)
        return response

    def _require_bucket(self, bucket: str) -> None:
        if not self._shelf.has_bucket(bucket):
            raise Refused(Fault.NO_BUCKET)

    def _preflight(self, request: Request) -> Response:
        """CORS: only our origins, only the methods and headers an upload or a download needs."""
        asked = request.headers.get("Access-Control-Request-Headers", "")
        wanted = {name.strip().lower() for name in asked.split(",") if name.strip()}
        allowed = (
            request.headers.get("Origin") in self._origins
            and request.headers.get("Access-Control-Request-Method") in _CORS_METHODS
            and wanted <= _CORS_HEADERS
        )
        if not allowed:
            raise Refused(Fault.ACCESS_FORBIDDEN)
        response = Response()
        response.headers["Access-Control-Allow-Methods"] = ", ".join(_CORS_METHODS)
        response.headers["Access-Control-Allow-Headers"] = ", ".join(sorted(_CORS_HEADERS))
        response.headers["Access-Control-Max-Age"] = "600"
        return response

    def _mark(self, request: Request, response: Response) -> None:
        """What every answer carries; an uploaded page must never run as one of ours."""
        response.headers["x-amz-request-id"] = uuid4().hex[:16].upper()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        origin = request.headers.get("Origin")
        if origin in self._origins and (request.method != "OPTIONS" or response.status_code == 200):
            response.headers["Access-Control-Allow-Origin"] = str(origin)
            response.headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
        response.headers["Vary"] = "Origin"


def _require_known_headers(request: Request) -> None:
    """Refuse instructions we would not obey: conditions and x-amz-* headers outside the subset."""
    sent = {name.lower() for name, _ in request.headers.items()}
    if unknown := (sent & _CONDITIONS) - _UNDERSTOOD.get(request.method, set()):
        raise Refused(Fault.NOT_IMPLEMENTED, f"Not implemented: {', '.join(sorted(unknown))}.")
    for name in sent:
        rest = name.removeprefix("x-amz-")
        if rest != name and rest not in _X_AMZ and not rest.startswith(("meta-", "checksum-")):
            raise Refused(Fault.NOT_IMPLEMENTED, f"Not implemented: {name}.")


def _without_signature(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters that mean something; `x-id` is an SDK's note to itself."""
    return {
        name: value for name, value in parameters.items() if not name.startswith("X-Amz-") and name != "x-id"
    }


def _given_back(parameters: Mapping[str, str], method: str) -> dict[str, str]:
    """The headers a reader asks for (`response-content-type=…`); any other parameter is a sub-resource."""
    headers = {name.removeprefix("response-"): value for name, value in parameters.items()}
    if parameters and (
        method not in ("GET", "HEAD") or set(headers) - set(_KEPT) or set(headers) & set(parameters)
    ):
        raise Refused(Fault.NOT_IMPLEMENTED, f"Not implemented: {', '.join(sorted(parameters))}.")
    return headers


def _checked_key(key: str) -> str:
    if len(key.encode()) > 1024:
        raise Refused(Fault.KEY_LENGTH)
    if any(ord(sign) < 32 for sign in key):
        raise Refused(Fault.INVALID_URI, "A key must not hold control characters.")
    return key


def _kept(request: Request) -> dict[str, str]:
    """The headers an object keeps, without the transport's aws-chunked."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    kept = {name: value for name, value in headers.items() if name in _KEPT or name.startswith("x-amz-meta-")}
    encodings = [word.strip() for word in kept.pop("content-encoding", "").split(",")]
    if remaining := [word for word in encodings if word and word != "aws-chunked"]:
        kept["content-encoding"] = ", ".join(remaining)
    return {"content-type": "binary/octet-stream"} | kept


def _found(request: Request, entry: Object, file: IO[bytes], given_back: Mapping[str, str]) -> Response:
    """The object, a range of it, or 304; HEAD gets the same headers and no bytes."""
    etag = f'"{entry.etag}"'
    if request.headers.get("If-Match") not in (None, "*", etag, entry.etag):
        raise Refused(Fault.PRECONDITION)
    if request.headers.get("If-None-Match") in ("*", etag, entry.etag):
        return Response(status=304, headers={"ETag": etag})
    span = _span(request.headers.get("Range", ""), entry.size)
    is_partial = span != range(entry.size)
    headers = _shown(request, entry, is_partial=is_partial) | dict(given_back)
    headers |= {"ETag": etag, "Accept-Ranges": "bytes", "Last-Modified": http_date(entry.modified_at)}
    headers["Content-Length"] = str(len(span))
    if is_partial:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{entry.size}"
    pieces = iter(()) if request.method == "HEAD" else _pieces(file, span)
    return Response(pieces, status=206 if is_partial else 200, headers=headers)


def _shown(request: Request, entry: Object, *, is_partial: bool) -> dict[str, str]:
    """The kept headers; checksums only of a whole object and only when asked for."""
    wanted = request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED" and not is_partial
    return {name: value for name, value in entry.headers.items() if wanted or not name.startswith(CHECKSUM)}


def _span(header: str, size: int) -> range:
    """The bytes asked for; a header that is not one plain range means all, as HTTP has it."""
    match = _RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return range(size)
    first, last = match.groups()
    if not first:
        span = range(max(0, size - int(last)), size)
    else:
        span = range(int(first), min(int(last) + 1, size) if last else size)
    if not span:
        raise Refused(Fault.RANGE)
    return span


def _pieces(file: IO[bytes], span: range) -> Iterator[bytes]:
    """The bytes of the span. The file is closed even where the server forgets to, because its client was killed."""
    with file:
        file.seek(span.start)
        left = len(span)
        while left and (piece := file.read(min(left, CHUNK))):
            left -= len(piece)
            yield piece


def _refusal(request: Request, refused: Refused) -> Response:
    root = Element("Error")
    for name, text in (
        ("Code", refused.fault.code),
        ("Message", refused.message),
        ("Resource", request.path),
    ):
        SubElement(root, name).text = text
    response = _xml(root, namespace=None)
    response.status_code = refused.fault.status
    return response


def _xml(root: Element, *, namespace: str | None = _XMLNS) -> Response:
    if namespace:
        root.set("xmlns", namespace)
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), mimetype="application/xml")
