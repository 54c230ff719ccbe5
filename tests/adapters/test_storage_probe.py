"""The probe tells a strict store from a lax one; the lax ones here are ours with one guarantee taken away."""

from datetime import UTC, datetime

import pytest

from app.adapters.storage import Bucket, Storage, StorageDown
from app.adapters.storage_probe import probe
from embedded.process import free_port
from tests.embedded.stores import ORIGIN, local_store

RULES = {"upload", "wrong_bytes", "longer_body", "other_type", "write_once", "expiry", "private", "cors"}


def bucket_of(store, **other):
    values = {
        "endpoint": store.endpoint,
        "public_endpoint": store.endpoint,
        "name": store.bucket,
        "region": "us-east-1",
        "access_key_id": store.key_id,
        "secret_access_key": store.secret,
        "sign_checksum": True,
        "sign_write_once": True,
    }
    return Bucket(**(values | other))


def broken(storage, *, origin=ORIGIN):
    return {guarantee.code for guarantee in probe(storage, origin=origin) if not guarantee.holds}


def test_a_strict_store_keeps_every_rule_and_nothing_is_left_behind(tmp_path):
    with local_store(tmp_path) as store:
        storage = Storage(bucket_of(store))

        found = probe(storage, origin=ORIGIN)

        assert {guarantee.code: guarantee.holds for guarantee in found} == dict.fromkeys(RULES, True)
        assert list(storage.list_older("", datetime(2100, 1, 1, tzinfo=UTC))) == []


def test_a_store_whose_clock_stands_still_lets_addresses_live_for_ever(tmp_path):
    started = datetime.now(UTC)
    with local_store(tmp_path, clock=lambda: started) as store:
        assert broken(Storage(bucket_of(store))) == {"expiry"}


def test_a_store_without_our_origin_takes_no_uploads_from_pages(tmp_path):
    with local_store(tmp_path, origins=()) as store:
        assert broken(Storage(bucket_of(store))) == {"cors"}


def test_what_is_not_signed_is_not_enforced(tmp_path):
    with local_store(tmp_path) as store:
        lax = Storage(bucket_of(store, sign_checksum=False, sign_write_once=False))

        assert broken(lax) == {"wrong_bytes", "write_once"}


def test_a_bucket_that_does_not_exist_cannot_be_probed(tmp_path):
    with local_store(tmp_path) as store:
        elsewhere = Storage(bucket_of(store, name="no-such-bucket"))

        with pytest.raises(StorageDown):
            probe(elsewhere, origin=ORIGIN)


def test_a_store_that_does_not_answer_cannot_be_probed(tmp_path):
    with local_store(tmp_path) as store:
        nobody = f"http://127.0.0.1:{free_port()}"

        with pytest.raises(StorageDown):
            probe(Storage(bucket_of(store, endpoint=nobody, public_endpoint=nobody)), origin=ORIGIN)
