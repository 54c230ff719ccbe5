"""The storage adapter against a real store: what it signs, what it settles, what it says when things go wrong."""

import hashlib
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests

from app.adapters.storage import (
    Bucket,
    Storage,
    StorageDown,
    StorageMismatch,
    StorageMissing,
    StorageTaken,
    Stored,
    attachment,
)
from embedded.process import free_port
from tests.embedded.stores import store_under_test

ROOT = Path(__file__).parent.parent.parent
DATA = b"method,path,latency_ms\nGET,/,12.5\n"
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with store_under_test(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture(scope="module")
def bucket(store):
    return Bucket(
        endpoint=store.endpoint,
        public_endpoint=store.endpoint,
        name=store.bucket,
        region="us-east-1",
        access_key_id=store.key_id,
        secret_access_key=store.secret,
        sign_checksum=True,
        sign_write_once=True,
    )


@pytest.fixture(scope="module")
def storage(bucket):
    return Storage(bucket)


@pytest.fixture
def work(request):
    """Bytes, their hash and a staging key of this test's own."""
    data = DATA + request.node.name.encode()
    return data, hashlib.sha256(data).hexdigest(), f"staging/{hashlib.md5(data).hexdigest()}"


def upload(storage, key, data, *, body=None, **other):
    signed = storage.presign_put(
        key, size=len(data), media_type="text/csv", sha256_hex=hashlib.sha256(data).hexdigest()
    )
    return requests.put(signed.url, data=body or data, headers=signed.headers | other).status_code


def test_a_browser_uploads_what_was_signed_and_only_once(storage, work):
    data, _, key = work

    assert (upload(storage, key, data), upload(storage, key, data)) == (200, 412)
    assert storage.read(key, limit=1000) == data
    found = storage.head(key)
    assert (found.size, found.media_type) == (len(data), "text/csv")


def test_the_headers_to_send_are_those_that_are_signed(storage, work):
    data, digest, key = work

    signed = storage.presign_put(key, size=len(data), media_type="text/csv", sha256_hex=digest)

    names = unquote(signed.url).partition("X-Amz-SignedHeaders=")[2].partition("&")[0].split(";")
    assert sorted(name.lower() for name in signed.headers) == [
        n for n in names if n not in ("content-length", "host")
    ]
    assert "content-length" in names


def test_headers_a_store_does_not_know_can_be_left_out(bucket, work):
    data, digest, key = work
    plain = Storage(replace(bucket, sign_checksum=False, sign_write_once=False))

    signed = plain.presign_put(key, size=len(data), media_type="text/csv", sha256_hex=digest)

    assert signed.headers == {"Content-Type": "text/csv"}
    assert requests.put(signed.url, data=data, headers=signed.headers).status_code == 200
    assert plain.settle(key, sha256_hex=digest, size=len(data)) == f"evidence/{digest}"
    assert plain.read(f"evidence/{digest}", limit=1000) == data


@pytest.mark.parametrize("body", [DATA + b"more", DATA[:-1]])
def test_a_browser_cannot_upload_another_length(storage, work, body):
    _, _, key = work

    assert upload(storage, key, DATA, body=body) == 403
    assert storage.head(key) is None


def test_a_browser_cannot_upload_another_type(storage, work):
    data, _, key = work

    assert upload(storage, key, data, **{"Content-Type": "text/html"}) == 403
    assert storage.head(key) is None


def test_browsers_are_given_the_public_address(bucket, work):
    data, digest, key = work
    behind = Storage(replace(bucket, public_endpoint="https://files.example.org"))

    put = behind.presign_put(key, size=len(data), media_type="text/csv", sha256_hex=digest)
    get = behind.presign_get(key, filename="a.csv")

    assert put.url.startswith(f"https://files.example.org/{bucket.name}/{key}?")
    assert get.startswith(f"https://files.example.org/{bucket.name}/{key}?")


def test_settling_moves_the_bytes_to_their_hash(storage, work):
    data, digest, key = work
    upload(storage, key, data)

    settled = storage.settle(key, sha256_hex=digest, size=len(data))

    assert settled == f"evidence/{digest}"
    assert storage.read(settled, limit=1000) == data
    assert storage.head(key) is None


def test_settling_again_agrees(storage, work):
    data, digest, key = work
    upload(storage, key, data)

    first = storage.settle(key, sha256_hex=digest, size=len(data))
    second = storage.settle(key, sha256_hex=digest, size=len(data))

    assert first == second
    assert storage.read(second, limit=1000) == data


def test_the_same_bytes_from_two_people_are_kept_once(storage, work):
    data, digest, key = work
    for mine in (f"{key}-a", f"{key}-b"):
        upload(storage, mine, data)

    keys = {storage.settle(mine, sha256_hex=digest, size=len(data)) for mine in (f"{key}-a", f"{key}-b")}

    assert keys == {f"evidence/{digest}"}
    assert (storage.head(f"{key}-a"), storage.head(f"{key}-b")) == (None, None)


def test_eight_who_settle_at_once_all_agree(bucket, work):
    data, digest, key = work
    storage = Storage(bucket)
    upload(storage, key, data)
    start, settled = threading.Barrier(8), []

    def settle():
        start.wait()
        settled.append(storage.settle(key, sha256_hex=digest, size=len(data)))

    threads = [threading.Thread(target=settle) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert settled == [f"evidence/{digest}"] * 8
    assert storage.read(f"evidence/{digest}", limit=1000) == data


@pytest.mark.parametrize(
    "found", [DATA[::-1], DATA + b"!", DATA[:-1], b""], ids=["other", "longer", "shorter", "empty"]
)
def test_settling_refuses_other_bytes_and_keeps_nothing(storage, work, found):
    _, _, key = work
    key = f"{key}-{len(found)}"
    promised = hashlib.sha256(b"promised" + DATA).hexdigest()
    storage.put_bytes(key, found, media_type="text/csv")

    with pytest.raises(StorageMismatch):
        storage.settle(key, sha256_hex=promised, size=len(DATA))

    assert storage.head(f"evidence/{promised}") is None
    assert storage.read(key, limit=1000) == found


def test_settling_what_was_never_uploaded_says_so(storage, work):
    data, digest, key = work

    with pytest.raises(StorageMissing):
        storage.settle(key, sha256_hex=digest, size=len(data))


def test_evidence_that_was_tampered_with_is_noticed(storage, work):
    data, digest, key = work
    upload(storage, key, data)
    storage.put_bytes(f"evidence/{digest}", data[::-1], media_type="text/csv")

    with pytest.raises(StorageMismatch):
        storage.settle(key, sha256_hex=digest, size=len(data))

    assert storage.head(key) is not None


def test_a_file_is_put_with_its_size_and_hash(storage, work, tmp_path):
    data, digest, key = work
    path = tmp_path / "file"
    path.write_bytes(data)

    with path.open("rb") as file:
        stored = storage.put_file(key, file, media_type="text/csv", limit=1000)

    assert stored == Stored(len(data), "text/csv", digest)
    assert storage.read(key, limit=1000) == data


def test_a_file_over_the_limit_is_not_put(storage, work, tmp_path):
    data, _, key = work
    path = tmp_path / "file"
    path.write_bytes(data)

    with path.open("rb") as file, pytest.raises(StorageMismatch):
        storage.put_file(key, file, media_type="text/csv", limit=len(data) - 1)

    assert storage.head(key) is None


def test_putting_the_same_again_is_fine_and_something_else_is_not(storage, work):
    data, _, key = work
    storage.put_bytes(key, data, media_type="text/csv")

    storage.put_bytes(key, data, media_type="text/csv")
    with pytest.raises(StorageTaken):
        storage.put_bytes(key, data + b"!", media_type="text/csv")

    assert storage.read(key, limit=1000) == data


def test_reading_stops_at_the_limit(storage, work):
    data, _, key = work
    storage.put_bytes(key, data, media_type="text/csv")

    assert storage.read(key, limit=len(data)) == data
    with pytest.raises(StorageMismatch):
        storage.read(key, limit=len(data) - 1)


def test_opening_streams_the_bytes(storage, work):
    _, _, key = work
    data = bytes(range(256)) * 1024
    storage.put_bytes(key, data, media_type="text/csv")

    pieces = list(storage.open(key))

    assert b"".join(pieces) == data
    assert len(pieces) > 1


def test_downloading_hashes_on_the_way_and_leaves_no_half(storage, work, tmp_path):
    data, digest, key = work
    storage.put_bytes(key, data, media_type="text/csv")

    stored = storage.download_to(key, tmp_path / "whole", limit=1000)
    with pytest.raises(StorageMismatch):
        storage.download_to(key, tmp_path / "half", limit=10)
    with pytest.raises(StorageMissing):
        storage.download_to("staging/nothing", tmp_path / "none", limit=10)

    assert (stored.size, stored.sha256_hex) == (len(data), digest)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"whole": data}


def test_what_is_not_there_is_missing(storage):
    assert storage.head("staging/nothing") is None
    with pytest.raises(StorageMissing):
        storage.read("staging/nothing", limit=10)
    with pytest.raises(StorageMissing):
        next(storage.open("staging/nothing"))


def test_a_download_is_an_attachment_whatever_was_uploaded(storage, work):
    _, _, key = work
    storage.put_bytes(key, b"<script>alert(1)</script>", media_type="text/html")

    answer = requests.get(storage.presign_get(key, filename='Übung "1"/..%2f\r\n.csv'))

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"_bung 1.._2f.csv\"; filename*=UTF-8''%C3%9Cbung%201..%252f.csv"
    )


@pytest.mark.parametrize(("name", "plain"), [("", "evidence"), ("\r\n", "evidence"), ("a;b.csv", "a;b.csv")])
def test_an_attachment_always_has_a_name(name, plain):
    assert attachment(name).startswith(f'attachment; filename="{plain}"; ')


@pytest.mark.parametrize("seconds", [0, 61])
def test_a_download_address_lives_a_minute_at_most(storage, seconds):
    with pytest.raises(ValueError, match="at most 60 seconds"):
        storage.presign_get("evidence/x", filename="x", seconds=seconds)


def test_old_keys_are_listed_by_prefix(storage, work):
    _, _, key = work
    for name in ("a", "b"):
        storage.put_bytes(f"{key}/{name}", b"x", media_type="text/plain")
    now = datetime.now(UTC)

    assert list(storage.list_older(f"{key}/", now + timedelta(minutes=1))) == [f"{key}/a", f"{key}/b"]
    assert list(storage.list_older(f"{key}/", now - timedelta(minutes=1))) == []


def test_deleting_twice_is_the_same_as_once(storage, work):
    data, _, key = work
    storage.put_bytes(key, data, media_type="text/csv")

    storage.delete(key)
    storage.delete(key)

    assert storage.head(key) is None


CALLS = {
    "head": lambda storage: storage.head("k"),
    "read": lambda storage: storage.read("k", limit=1),
    "open": lambda storage: next(storage.open("k")),
    "delete": lambda storage: storage.delete("k"),
    "put": lambda storage: storage.put_bytes("k", b"x", media_type="text/plain"),
    "settle": lambda storage: storage.settle("k", sha256_hex=HASH, size=1),
    "list": lambda storage: list(storage.list_older("k", datetime.now(UTC))),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wrong_secret_is_the_store_being_down(bucket, call):
    stranger = Storage(replace(bucket, secret_access_key="not-the-secret-at-all"))

    with pytest.raises(StorageDown):
        call(stranger)

    assert not stranger.is_up()


def test_a_store_that_does_not_answer_is_down(bucket):
    nobody = Storage(replace(bucket, endpoint=f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(StorageDown) as down:
        nobody.head("k")

    assert str(down.value) == "The file store does not answer. Nothing was lost; try again in a minute."


def test_a_store_that_takes_the_connection_and_says_nothing_does_not_hold_up_readiness(bucket):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = Storage(replace(bucket, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}"))
        mute.presign_get("k", filename="warm.txt")  # the SDK's own import is not what is measured
        began = time.monotonic()

        assert not mute.is_up()

    assert time.monotonic() - began < 6


def test_the_store_is_up(storage):
    assert storage.is_up()


def test_the_secret_is_not_shown(bucket):
    assert bucket.secret_access_key not in repr(bucket)


def test_importing_the_adapter_does_not_import_the_sdk():
    program = "import sys, app.adapters.storage; print(sorted({'boto3', 'botocore'} & set(sys.modules)))"

    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert shown.stdout == "[]\n"
