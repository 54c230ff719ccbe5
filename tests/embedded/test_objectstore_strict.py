"""Where our store is stricter than others, and that it keeps what it has: restarts, kills, cut uploads."""

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from embedded.objectstore.shelf import Shelf
from embedded.process import Unstartable, free_port, is_listening
from tests.embedded.signer import EMPTY, Signer
from tests.embedded.stores import KEY, Store, local_store

ROOT = Path(__file__).parent.parent.parent
SHA256 = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
SHA1 = base64.b64encode(hashlib.sha1(b"abc").digest()).decode()
CRC32 = base64.b64encode(zlib.crc32(b"abc").to_bytes(4, "big")).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("strict")


@pytest.fixture(scope="module")
def store(folder):
    with local_store(folder, largest=1 << 20) as store:
        yield store


def code(answer):
    return answer.status_code, answer.text.partition("<Code>")[2].partition("</Code>")[0]


def blobs(folder):
    return sorted(path.name for path in (folder / "blobs").glob("*/*"))


@pytest.mark.parametrize(("name", "value"), [("sha256", SHA256), ("sha1", SHA1), ("crc32", CRC32)])
def test_a_right_checksum_is_kept_and_shown_when_asked_for(store, name, value):
    header = f"x-amz-checksum-{name}"

    put = store.request("PUT", f"right/{name}", body=b"abc", also={header: value})
    plain = store.request("HEAD", f"right/{name}")
    asked = store.request("HEAD", f"right/{name}", also={"x-amz-checksum-mode": "ENABLED"})

    assert (put.status_code, put.headers[header]) == (200, value)
    assert header not in plain.headers
    assert asked.headers[header] == value


@pytest.mark.parametrize(("name", "value"), [("sha256", SHA256), ("sha1", SHA1), ("crc32", CRC32)])
def test_a_wrong_checksum_is_refused_and_the_old_object_stays(store, folder, name, value):
    key = f"wrong/{name}"
    store.request("PUT", key, body=b"old")
    before = blobs(folder)

    answer = store.request("PUT", key, body=b"abX", also={f"x-amz-checksum-{name}": value})

    assert code(answer) == (400, "BadDigest")
    assert store.read(key) == b"old"
    assert blobs(folder) == before


def test_a_presigned_checksum_binds_the_bytes(store):
    signed = {"x-amz-checksum-sha256": SHA256}

    wrong = store.presigned("PUT", "bound", body=b"abX", signed=signed)
    missing = store.read("bound")
    right = store.presigned("PUT", "bound", body=b"abc", signed=signed)

    assert (code(wrong), missing, right.status_code) == ((400, "BadDigest"), None, 200)


@pytest.mark.parametrize("value", ["", "not base64!", "AAAA"])
def test_a_checksum_that_is_none_is_refused(store, value):
    answer = store.request("PUT", "malformed", body=b"abc", also={"x-amz-checksum-sha256": value})

    assert code(answer) == (400, "InvalidRequest")
    assert store.read("malformed") is None


@pytest.mark.parametrize("name", ["crc32c", "crc64nvme"])
def test_a_checksum_we_cannot_compute_is_refused_not_ignored(store, name):
    answer = store.request("PUT", "unknown-sum", body=b"abc", also={f"x-amz-checksum-{name}": "AAAAAA=="})

    assert code(answer) == (501, "NotImplemented")
    assert store.read("unknown-sum") is None


def chunked(*pieces, trailer=""):
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
    return body + b"0\r\n" + trailer.encode() + b"\r\n"


def send_chunked(store, key, body, *, length, trailer=None):
    also = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(length)}
    also |= {"x-amz-trailer": trailer} if trailer else {}
    return store.request("PUT", key, body=body, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", also=also)


def test_a_chunked_upload_is_decoded_and_its_trailer_verified(store):
    body = chunked(b"a", b"bc", trailer=f"x-amz-checksum-sha256:{SHA256}\r\n")

    answer = send_chunked(store, "chunked", body, length=3, trailer="x-amz-checksum-sha256")

    assert answer.status_code == 200
    assert store.read("chunked") == b"abc"
    assert "Content-Encoding" not in store.request("HEAD", "chunked").headers


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (chunked(b"abX", trailer=f"x-amz-checksum-sha256:{SHA256}\r\n"), "BadDigest"),
        (chunked(b"abc"), "InvalidRequest"),
        (chunked(b"abc", trailer="x-amz-checksum-crc32:AAAAAA==\r\n"), "InvalidRequest"),
        (chunked(b"abcd", trailer=f"x-amz-checksum-sha256:{SHA256}\r\n"), "InvalidRequest"),
        (chunked(b"ab", trailer=f"x-amz-checksum-sha256:{SHA256}\r\n"), "IncompleteBody"),
        (b"3\r\nabcdef\r\n0\r\n\r\n", "InvalidRequest"),
        (b"zz\r\nabc\r\n0\r\n\r\n", "InvalidRequest"),
        (b"3\r\nab", "IncompleteBody"),
        (b"", "IncompleteBody"),
    ],
    ids=[
        "wrong",
        "no trailer",
        "other trailer",
        "longer",
        "shorter",
        "overlong chunk",
        "no size",
        "cut",
        "empty",
    ],
)
def test_a_chunked_upload_that_breaks_a_promise_is_refused(store, body, fault):
    answer = send_chunked(store, "chunked-bad", body, length=3, trailer="x-amz-checksum-sha256")

    assert code(answer) == (400, fault)
    assert store.read("chunked-bad") is None


@pytest.mark.parametrize("payload", ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "whatever"])
def test_other_payload_kinds_are_refused(store, payload):
    assert code(store.request("PUT", "kind", body=b"abc", payload=payload)) == (501, "NotImplemented")


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("PUT", {"tagging": ""}),
        ("GET", {"tagging": ""}),
        ("PUT", {"acl": ""}),
        ("GET", {"acl": ""}),
        ("POST", {"uploads": ""}),
        ("PUT", {"partNumber": "1", "uploadId": "1"}),
        ("GET", {"versionId": "1"}),
        ("DELETE", {"versionId": "1"}),
        ("PUT", {"retention": ""}),
        ("POST", {"select": "", "select-type": "2"}),
        ("PUT", {"response-content-type": "text/html"}),
        ("GET", {"response-x": "1"}),
    ],
)
def test_a_subresource_we_do_not_have_is_refused_and_the_object_stays(store, method, query):
    store.request("PUT", "sub", body=b"kept")

    answer = store.request(method, "sub", body=b"" if method == "GET" else b"<xml/>", query=query)

    assert code(answer) == (501, "NotImplemented")
    assert store.read("sub") == b"kept"


@pytest.mark.parametrize("query", ["versioning", "lifecycle", "policy", "cors", "uploads", "location"])
def test_a_bucket_setting_we_do_not_have_is_refused(store, query):
    path = f"/{store.bucket}"
    headers = store.signer.headers("GET", path, query={query: ""})

    assert code(requests.get(store.endpoint + path, params={query: ""}, headers=headers)) == (
        501,
        "NotImplemented",
    )


@pytest.mark.parametrize(
    ("method", "header", "value"),
    [
        ("PUT", "x-amz-copy-source", "/evidence-bucket/other"),
        ("PUT", "x-amz-acl", "public-read"),
        ("PUT", "x-amz-tagging", "a=b"),
        ("PUT", "x-amz-server-side-encryption", "AES256"),
        ("PUT", "x-amz-object-lock-mode", "GOVERNANCE"),
        ("PUT", "if-match", "*"),
        ("PUT", "if-none-match", '"an etag"'),
        ("GET", "if-modified-since", "Sun, 22 Nov 2026 00:00:00 GMT"),
    ],
)
def test_an_instruction_we_would_not_obey_is_refused(store, method, header, value):
    answer = store.request(method, "instructed", body=b"" if method == "GET" else b"x", also={header: value})

    assert code(answer) == (501, "NotImplemented")
    assert store.read("instructed") is None


def test_an_amz_header_outside_the_signature_is_refused(store):
    answer = store.request("PUT", "unsigned", body=b"x", unsigned={"x-amz-meta-who": "me"})

    assert code(answer) == (403, "AccessDenied")
    assert store.read("unsigned") is None


def test_a_request_signed_at_another_time_is_refused(store):
    now = datetime.now(UTC)

    old = store.request("GET", "when", at=now - timedelta(minutes=16))
    early = store.presigned("GET", "when", at=now + timedelta(minutes=16))

    assert code(old) == (403, "RequestTimeTooSkewed")
    assert code(early) == (403, "AccessDenied")


def test_a_signature_for_another_region_is_refused(store):
    elsewhere = Signer(store.endpoint, store.key_id, store.secret, region="eu-west-1")

    answer = requests.get(elsewhere.url("GET", f"/{store.bucket}/x"))

    assert code(answer) == (400, "AuthorizationHeaderMalformed")


@pytest.mark.parametrize("seconds", ["0", "-1", "604801", "1e3", ""])
def test_an_address_without_a_sensible_life_is_refused(store, seconds):
    url = store.signer.url("GET", f"/{store.bucket}/x", seconds=seconds)

    assert code(requests.get(url)) == (400, "AuthorizationQueryParametersError")


def test_a_parameter_given_twice_is_refused(store):
    url = store.signer.url("GET", f"/{store.bucket}/x")

    assert code(requests.get(f"{url}&X-Amz-Expires=600")) == (400, "InvalidArgument")


def test_two_signatures_at_once_are_refused(store):
    url = store.signer.url("GET", f"/{store.bucket}/x")

    assert code(requests.get(url, headers={"Authorization": "AWS4-HMAC-SHA256 x"})) == (
        400,
        "InvalidArgument",
    )


def raw(store, text, body=b""):
    """Send bytes as they are, then close our side; returns the status line."""
    host = urlsplit(store.endpoint)
    with socket.create_connection((host.hostname, host.port), timeout=10) as line:
        line.sendall(text.encode() + body)
        line.shutdown(socket.SHUT_WR)
        return line.makefile("rb").readline().decode().strip()


def put_by_hand(store, key, *, length):
    path = f"/{store.bucket}/{key}"
    headers = store.signer.headers("PUT", path, payload="UNSIGNED-PAYLOAD")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"PUT {path} HTTP/1.1\r\n{head}" + (f"Content-Length: {length}\r\n" if length else "") + "\r\n"


def test_an_upload_that_is_cut_leaves_nothing(store, folder):
    before = blobs(folder)

    status = raw(store, put_by_hand(store, "cut", length=100_000), b"x" * 50_000)

    assert status == "HTTP/1.1 400 BAD REQUEST"
    assert store.read("cut") is None
    assert blobs(folder) == before


def test_an_upload_without_a_length_is_refused(store):
    assert raw(store, put_by_hand(store, "endless", length=None)) == "HTTP/1.1 411 LENGTH REQUIRED"


def test_an_upload_larger_than_the_store_takes_is_refused(store):
    assert code(store.request("PUT", "large", body=b"x" * ((1 << 20) + 1))) == (400, "EntityTooLarge")
    assert store.read("large") is None


def test_a_key_with_control_characters_is_refused(store):
    assert code(store.presigned("PUT", "a\nb", body=b"x")) == (400, "InvalidURI")


def test_a_stored_page_cannot_run(store):
    store.request("PUT", "page", body=b"<script>", also={"content-type": "text/html"})

    answer = store.presigned("GET", "page")

    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_objects_survive_a_restart(tmp_path):
    with local_store(tmp_path) as store:
        store.request(
            "PUT",
            "kept",
            body=b"abc",
            also={"content-type": "text/csv", "x-amz-meta-slot": "1", "x-amz-checksum-sha256": SHA256},
        )

    with local_store(tmp_path) as store:
        found = store.request("GET", "kept", also={"x-amz-checksum-mode": "ENABLED"})

        assert found.content == b"abc"
        assert found.headers["Content-Type"] == "text/csv"
        assert found.headers["x-amz-meta-slot"] == "1"
        assert found.headers["x-amz-checksum-sha256"] == SHA256
        again = store.request("PUT", "kept", body=b"new", also={"if-none-match": "*"})
        assert code(again) == (412, "PreconditionFailed")


def test_what_a_crash_left_behind_is_swept(tmp_path):
    with local_store(tmp_path) as store:
        store.request("PUT", "kept", body=b"abc")
    kept = blobs(tmp_path)
    (tmp_path / "blobs" / "ff").mkdir(exist_ok=True)
    (tmp_path / "blobs" / "ff" / "ffabandoned").write_bytes(b"half")

    with local_store(tmp_path) as store:
        assert store.read("kept") == b"abc"

    assert blobs(tmp_path) == kept


def test_a_folder_belongs_to_one_store(tmp_path):
    first = Shelf(tmp_path)

    with pytest.raises(Unstartable) as refused:
        Shelf(tmp_path)

    assert str(refused.value) == f"{tmp_path} is in use by another object store. Stop that one first."
    first.close()


def start_process(folder, port):
    env = {
        **os.environ,
        "S3_ACCESS_KEY_ID": KEY.id,
        "S3_SECRET_ACCESS_KEY": KEY.secret,
        "S3_REGION": KEY.region,
    }
    words = [str(folder), "--port", str(port), "--bucket", "evidence-bucket", "--origin", "http://localhost"]
    process = subprocess.Popen([sys.executable, "-m", "embedded.objectstore", *words], env=env, cwd=ROOT)
    while not is_listening(port):
        assert process.poll() is None
    return process


def test_a_killed_store_keeps_what_it_confirmed_and_nothing_else(tmp_path):
    port = free_port()
    store = Store(f"http://127.0.0.1:{port}", "evidence-bucket", KEY.id, KEY.secret)
    process = start_process(tmp_path, port)
    store.request("PUT", "confirmed", body=b"abc")
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(put_by_hand(store, "half", length=100_000).encode() + b"x" * 50_000)
        while len(blobs(tmp_path)) != 2:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()

    second = start_process(tmp_path, port)

    assert (store.read("confirmed"), store.read("half"), len(blobs(tmp_path))) == (b"abc", None, 1)
    second.terminate()
    assert second.wait(10) == 0


def test_an_sdk_with_its_own_defaults_is_understood(store):
    """boto3 as it comes: CRC32 in a header, `x-id` in the address."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=store.key_id,
        aws_secret_access_key=store.secret,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
    )
    client.put_object(Bucket=store.bucket, Key="sdk", Body=b"hello")

    assert client.get_object(Bucket=store.bucket, Key="sdk")["Body"].read() == b"hello"
    with pytest.raises(ClientError) as refused:
        client.create_multipart_upload(Bucket=store.bucket, Key="sdk")
    assert refused.value.response["Error"]["Code"] == "NotImplemented"


def test_the_signer_of_these_tests_agrees_with_the_sdk(store):
    """Two implementations of the signature that were written apart."""
    url = store.client().generate_presigned_url("get_object", Params={"Bucket": store.bucket, "Key": "x y"})
    values = dict(pair.split("=") for pair in urlsplit(url).query.split("&"))
    at = datetime.strptime(values["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = store.signer.url("GET", f"/{store.bucket}/x y", at=at, seconds=3600)

    assert ours.rpartition("=")[2] == values["X-Amz-Signature"]
    assert hashlib.sha256(b"").hexdigest() == EMPTY
