"""All parts together: they answer, the portal accepts their settings, a second start keeps what must be kept."""

import json
import smtplib
import socket

import psycopg
import pytest
import redis
import requests

from app.adapters.storage import Bucket, Storage
from config import from_environment
from embedded.process import Unstartable
from embedded.stack import stack
from tests.embedded.children import is_gone, run_and_kill
from tests.embedded.databases import plain, reachable_for_all


@pytest.fixture(scope="module")
def parts():
    with stack(base_url="http://localhost:8123") as parts:
        yield parts


@pytest.fixture(scope="module")
def settings(parts):
    return from_environment(parts.environment())


def test_the_portal_accepts_its_settings(parts, settings):
    assert settings.demo
    assert settings.base_url == "http://localhost:8123"
    assert [provider.name for provider in settings.providers] == ["demo"]
    assert (settings.mail.host, settings.mail.starttls) == ("127.0.0.1", False)
    assert settings.mailbox_url == parts.mailbox_url


def test_both_roles_reach_the_database(settings):
    for url, role in (
        (settings.database_url, "touchstone_app"),
        (settings.migration_database_url, "touchstone_owner"),
    ):
        with psycopg.connect(plain(url)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_the_doorbell_answers(settings):
    with redis.Redis.from_url(settings.redis_url) as client:
        assert client.ping()


@pytest.mark.parametrize("origin", ["http://localhost:8123", "http://127.0.0.1:8123"])
def test_the_store_takes_what_the_portal_signs_from_its_pages(settings, origin):
    at = settings.storage
    storage = Storage(
        Bucket(
            endpoint=at.endpoint,
            public_endpoint=at.public_endpoint,
            name=at.bucket,
            region=at.region,
            access_key_id=at.access_key_id,
            secret_access_key=at.secret_access_key,
            sign_checksum=at.sign_checksum,
            sign_write_once=at.sign_write_once,
        )
    )
    data, key = b"abc", f"staging/{origin[-14:-5]}"
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    signed = storage.presign_put(key, size=3, media_type="text/csv", sha256_hex=digest)
    answer = requests.put(signed.url, data=data, headers=signed.headers | {"Origin": origin})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
    assert storage.settle(key, sha256_hex=digest, size=3) == f"evidence/{digest}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_sign_in_offers_the_people_of_the_file(parts, settings, host):
    parts.people.write_text(
        json.dumps([{"id": "1", "name": "Ada", "email": "ada@example.org", "note": "learner"}])
    )
    known = requests.get(f"{parts.issuer}/.well-known/openid-configuration").json()

    page = requests.get(
        known["authorization_endpoint"],
        params={
            "response_type": "code",
            "client_id": settings.providers[0].client_id,
            "redirect_uri": f"http://{host}:8123/sign-in/demo/callback",
            "scope": "openid",
            "nonce": host,
            "code_challenge": "c" * 43,
            "code_challenge_method": "S256",
        },
    )

    assert known["issuer"] == settings.providers[0].issuer
    assert page.status_code == 200
    assert "Ada" in page.text


def test_mail_ends_in_the_mailbox(parts, settings):
    with smtplib.SMTP(settings.mail.host, settings.mail.port) as line:
        line.sendmail("a@localhost", ["b@localhost"], b"Subject: It works\r\n\r\nText\r\n")

    assert "It works" in requests.get(parts.mailbox_url).text


def test_a_second_start_keeps_data_secrets_and_the_issuer(tmp_path):
    reachable_for_all(tmp_path)
    with stack(tmp_path / "demo", redis=False) as first:
        issuer, known = first.issuer, first.secrets
        with psycopg.connect(plain(first.postgres.owner_url()), autocommit=True) as owner:
            owner.execute("CREATE TABLE thing AS SELECT 42 AS id")
        assert "REDIS_URL" not in first.environment()

    with stack(tmp_path / "demo", redis=False) as second:
        assert (second.issuer, second.secrets) == (issuer, known)
        with psycopg.connect(plain(second.postgres.owner_url())) as owner:
            assert owner.execute("SELECT id FROM thing").fetchone() == (42,)

    assert (tmp_path / "demo" / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_an_issuer_whose_port_is_taken_is_not_moved(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "ports.json").write_text(json.dumps({"identity": port}))

        with pytest.raises(Unstartable, match=f"^Port {port} is taken"), stack(tmp_path):
            pass

    assert json.loads((tmp_path / "ports.json").read_text()) == {"identity": port}


def test_all_parts_die_with_a_killed_process():
    pids = run_and_kill(
        """
        import time
        from embedded.stack import stack
        with stack() as parts:
            pids = [child.pid for child in parts.children] + [parts.postgres.pid, parts.redis.pid]
            print(*pids, flush=True)
            time.sleep(99)
        """
    )

    assert [is_gone(pid) for pid in pids] == [True] * 5
