"""What the portal relies on in any S3: the same file runs against our store and, with TEST_S3_ENDPOINT, another one."""

import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from botocore.exceptions import ClientError

from tests.embedded.stores import ORIGIN, store_under_test


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with store_under_test(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture(scope="module")
def client(store):
    return store.client()


@pytest.fixture
def key():
    return f"contract/{uuid4()}"


def refused(call):
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def test_what_was_put_is_got_with_its_type_name_and_metadata(store, client, key):
    data = b"a,b\n1,2\n"
    client.put_object(
        Bucket=store.bucket,
        Key=key,
        Body=data,
        ContentType="text/csv",
        ContentDisposition='attachment; filename="x.csv"',
        Metadata={"slot": "latency"},
    )

    found = client.get_object(Bucket=store.bucket, Key=key)

    assert found["Body"].read() == data
    assert found["ContentType"] == "text/csv"
    assert found["ContentDisposition"] == 'attachment; filename="x.csv"'
    assert found["Metadata"] == {"slot": "latency"}
    assert found["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'


def test_an_empty_object_is_an_object(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"")

    assert client.head_object(Bucket=store.bucket, Key=key)["ContentLength"] == 0
    assert store.read(key) == b""


def test_a_file_object_of_a_megabyte_comes_back_whole(store, client, key):
    data = bytes(range(256)) * 4096

    client.upload_fileobj(io.BytesIO(data), store.bucket, key)

    assert store.read(key) == data


def test_a_second_put_replaces_the_first(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"first")
    client.put_object(Bucket=store.bucket, Key=key, Body=b"second")

    assert store.read(key) == b"second"


def test_a_wrong_secret_is_refused(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"secret")
    stranger = store.client(secret="not-the-secret-at-all")

    assert refused(lambda: stranger.get_object(Bucket=store.bucket, Key=key)) == (
        403,
        "SignatureDoesNotMatch",
    )


def test_an_unknown_key_id_is_refused(store, key):
    stranger = store.client(key_id="NOBODYKNOWSTHISKEY")

    assert refused(lambda: stranger.get_object(Bucket=store.bucket, Key=key)) == (403, "InvalidAccessKeyId")


def test_without_a_signature_nothing_is_read_or_written(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"secret")
    address = f"{store.endpoint}/{store.bucket}/{key}"

    assert requests.get(address).status_code == 403
    assert requests.put(address, data=b"mine").status_code == 403
    assert requests.delete(address).status_code == 403
    assert store.read(key) == b"secret"


def test_a_presigned_get_gives_the_bytes(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"hello")

    answer = store.presigned("GET", key)

    assert (answer.status_code, answer.content) == (200, b"hello")


def test_a_presigned_get_can_force_name_and_type(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"<script>", ContentType="text/html")
    wish = {
        "response-content-disposition": "attachment; filename=\"a b.csv\"; filename*=UTF-8''a%20b.csv",
        "response-content-type": "application/octet-stream",
        "response-cache-control": "no-store",
    }

    answer = store.presigned("GET", key, query=wish)

    assert answer.content == b"<script>"
    assert answer.headers["Content-Disposition"] == wish["response-content-disposition"]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_presigned_address_for_one_key_opens_no_other(store, client, key):
    client.put_object(Bucket=store.bucket, Key=f"{key}-b", Body=b"secret")
    url = store.signer.url("GET", f"/{store.bucket}/{key}-a")

    assert requests.get(url.replace(f"{key}-a", f"{key}-b")).status_code == 403


def test_a_presigned_parameter_cannot_be_added_afterwards(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"<script>")
    url = store.signer.url("GET", f"/{store.bucket}/{key}")

    assert requests.get(f"{url}&response-content-type=text%2Fhtml").status_code == 403


def test_a_presigned_get_does_not_write(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"kept")
    url = store.signer.url("GET", f"/{store.bucket}/{key}")

    assert requests.put(url, data=b"changed").status_code == 403
    assert requests.delete(url).status_code == 403
    assert store.read(key) == b"kept"


def test_an_expired_address_is_refused(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"late")
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    assert store.presigned("GET", key, at=an_hour_ago, seconds=60).status_code == 403
    assert store.presigned("GET", key, at=an_hour_ago, seconds=7200).status_code == 200


def test_an_expired_address_writes_nothing(store, key):
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    answer = store.presigned("PUT", key, body=b"late", at=an_hour_ago, seconds=60)

    assert answer.status_code == 403
    assert store.read(key) is None


def test_an_address_lives_a_week_at_most(store, key):
    assert store.presigned("GET", key, seconds=8 * 24 * 3600).status_code in (400, 403)


def test_a_signed_upload_is_stored_with_its_type(store, client, key):
    answer = store.presigned(
        "PUT", key, body=b"abc", signed={"content-length": "3", "content-type": "text/csv"}
    )

    assert answer.status_code == 200
    found = client.head_object(Bucket=store.bucket, Key=key)
    assert (found["ContentLength"], found["ContentType"]) == (3, "text/csv")


@pytest.mark.parametrize("body", [b"abcd", b"ab", b""])
def test_a_body_of_another_length_than_signed_is_refused(store, key, body):
    signed = {"content-length": "3"}
    url = store.signer.url("PUT", f"/{store.bucket}/{key}", headers=signed)

    assert requests.put(url, data=body).status_code == 403
    assert store.read(key) is None


def test_another_type_than_signed_is_refused(store, key):
    answer = store.presigned(
        "PUT", key, body=b"abc", signed={"content-type": "text/csv"}, send={"content-type": "text/html"}
    )

    assert answer.status_code == 403
    assert store.read(key) is None


def test_a_signed_header_cannot_be_left_out(store, key):
    answer = store.presigned("PUT", key, body=b"abc", signed={"if-none-match": "*"}, send={})

    assert answer.status_code == 403
    assert store.read(key) is None


def test_bytes_other_than_the_signed_payload_are_refused(store, key):
    answer = store.request("PUT", key, body=b"abX", payload=hashlib.sha256(b"abc").hexdigest())

    assert answer.status_code in (400, 403)
    assert store.read(key) is None


def test_a_wrong_content_md5_is_refused_and_the_old_object_stays(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"old")

    answer = store.request("PUT", key, body=b"new", also={"content-md5": "kAFQmDzST7DWlj99KOF/cg=="})

    assert answer.status_code == 400
    assert store.read(key) == b"old"


def test_a_key_is_written_once_if_asked(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"first", IfNoneMatch="*")

    def again():
        client.put_object(Bucket=store.bucket, Key=key, Body=b"second", IfNoneMatch="*")

    assert refused(again) == (412, "PreconditionFailed")
    assert store.read(key) == b"first"


def test_a_presigned_upload_works_once(store, key):
    signed = {"if-none-match": "*"}

    first = store.presigned("PUT", key, body=b"first", signed=signed)
    second = store.presigned("PUT", key, body=b"second", signed=signed)

    assert (first.status_code, second.status_code) == (200, 412)
    assert store.read(key) == b"first"


def test_of_eight_who_write_at_once_one_wins(store, key):
    url = store.signer.url("PUT", f"/{store.bucket}/{key}", headers={"if-none-match": "*"})
    start, answers = threading.Barrier(8), {}

    def write(number):
        start.wait()
        body = str(number).encode() * 10_000
        answers[body] = requests.put(url, data=body, headers={"if-none-match": "*"}).status_code

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(answers.values()) == [200] + [412] * 7
    assert answers[store.read(key)] == 200


@pytest.mark.parametrize(
    ("asked", "given", "place"),
    [
        ("bytes=1-3", b"ell", "bytes 1-3/5"),
        ("bytes=2-", b"llo", "bytes 2-4/5"),
        ("bytes=-2", b"lo", "bytes 3-4/5"),
        ("bytes=3-99", b"lo", "bytes 3-4/5"),
    ],
)
def test_a_range_is_given(store, client, key, asked, given, place):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"hello")

    answer = store.presigned("GET", key, send={"Range": asked})

    assert (answer.status_code, answer.content) == (206, given)
    assert answer.headers["Content-Range"] == place


def test_a_range_outside_the_object_is_refused(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"hello")

    assert store.presigned("GET", key, send={"Range": "bytes=5-9"}).status_code == 416


def test_an_object_the_reader_has_is_not_sent_again(store, client, key):
    etag = client.put_object(Bucket=store.bucket, Key=key, Body=b"hello")["ETag"]

    assert store.presigned("GET", key, send={"If-None-Match": etag}).status_code == 304
    assert store.presigned("GET", key, send={"If-None-Match": '"other"'}).content == b"hello"


def test_what_is_not_there_is_not_found(store, client, key):
    assert refused(lambda: client.get_object(Bucket=store.bucket, Key=key)) == (404, "NoSuchKey")
    assert refused(lambda: client.head_object(Bucket=store.bucket, Key=key)) == (404, "404")
    assert refused(lambda: client.get_object(Bucket="no-such-bucket", Key=key)) == (404, "NoSuchBucket")


def test_deleting_twice_is_the_same_as_once(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"gone")

    first = client.delete_object(Bucket=store.bucket, Key=key)["ResponseMetadata"]["HTTPStatusCode"]
    second = client.delete_object(Bucket=store.bucket, Key=key)["ResponseMetadata"]["HTTPStatusCode"]

    assert (first, second, store.read(key)) == (204, 204, None)


@pytest.mark.parametrize(
    "name",
    [
        "prüf ung",
        "a+b",
        "a b+c%20d",
        "q&a=1#2?",
        "(a)*!'",
        "日本",
        "a//b",
        "./a",
        "a/../b",
        "../../../../etc/passwd",
    ],
)
def test_any_key_is_only_a_name(store, client, key, name):
    odd = f"{key}/{name}"
    client.put_object(Bucket=store.bucket, Key=odd, Body=name.encode())

    found = client.list_objects_v2(Bucket=store.bucket, Prefix=f"{key}/")["Contents"]

    assert [entry["Key"] for entry in found] == [odd]
    assert client.get_object(Bucket=store.bucket, Key=odd)["Body"].read() == name.encode()


def test_a_key_may_be_the_beginning_of_another(store, client, key):
    client.put_object(Bucket=store.bucket, Key=key, Body=b"short")
    client.put_object(Bucket=store.bucket, Key=f"{key}/more", Body=b"long")

    assert (store.read(key), store.read(f"{key}/more")) == (b"short", b"long")


def test_a_key_longer_than_1024_bytes_is_refused(store, client):
    assert refused(lambda: client.put_object(Bucket=store.bucket, Key="k" * 1025, Body=b"x"))[0] == 400


def test_a_listing_in_pages_neither_skips_nor_repeats(store, client, key):
    names = [f"{key}/{number:02d}" for number in range(25)]
    for name in reversed(names):
        client.put_object(Bucket=store.bucket, Key=name, Body=b"12345")

    pages = list(
        client.get_paginator("list_objects_v2").paginate(
            Bucket=store.bucket, Prefix=f"{key}/", PaginationConfig={"PageSize": 7}
        )
    )

    assert [len(page["Contents"]) for page in pages] == [7, 7, 7, 4]
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == names
    assert {entry["Size"] for page in pages for entry in page["Contents"]} == {5}


def test_a_listing_folds_at_the_delimiter_also_across_pages(store, client, key):
    for name in ("a/1", "a/2", "a/3", "b", "c/1", "c/2", "d"):
        client.put_object(Bucket=store.bucket, Key=f"{key}/{name}", Body=b"x")

    pages = list(
        client.get_paginator("list_objects_v2").paginate(
            Bucket=store.bucket, Prefix=f"{key}/", Delimiter="/", PaginationConfig={"PageSize": 1}
        )
    )

    folded = [entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", [])]
    plain = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    assert folded == [f"{key}/a/", f"{key}/c/"]
    assert plain == [f"{key}/b", f"{key}/d"]


def test_a_listing_starts_after_a_key(store, client, key):
    for name in ("a", "b", "c"):
        client.put_object(Bucket=store.bucket, Key=f"{key}/{name}", Body=b"x")

    found = client.list_objects_v2(Bucket=store.bucket, Prefix=f"{key}/", StartAfter=f"{key}/a")

    assert [entry["Key"] for entry in found["Contents"]] == [f"{key}/b", f"{key}/c"]


def test_a_listing_of_nothing_is_empty(store, client, key):
    assert client.list_objects_v2(Bucket=store.bucket, Prefix=key)["KeyCount"] == 0


def preflight(
    store, key, *, origin=ORIGIN, method="PUT", headers="content-type,if-none-match,x-amz-checksum-sha256"
):
    return requests.options(
        f"{store.endpoint}/{store.bucket}/{key}",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


def test_a_page_of_the_portal_may_upload(store, key):
    answer = preflight(store, key)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "wish", [{"origin": "http://elsewhere.example"}, {"method": "DELETE"}], ids=["origin", "method"]
)
def test_other_pages_and_other_methods_may_not(store, key, wish):
    answer = preflight(store, key, **wish)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_page_that_uploaded_may_read_the_answer(store, key):
    answer = store.presigned("PUT", key, body=b"abc", send={"Origin": ORIGIN})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
