"""Alive, and ready: what a load balancer and an operator are told."""

import socket
import time
from dataclasses import replace

import pytest

from app.factory import create_app
from embedded import redis as embedded_redis
from embedded.process import free_port
from tests.embedded.stores import local_store


@pytest.fixture
def portal(settings):
    """`portal(redis_url=…)`: a client of a portal with other settings."""
    apps = []

    def portal(**changes):
        apps.append(create_app(replace(settings, **changes)))
        return apps[-1].test_client()

    yield portal
    for app in apps:
        app.extensions["touchstone"].sessions.kw["bind"].dispose()


@pytest.fixture
def stored(settings, tmp_path):
    """Settings whose store answers."""
    with local_store(tmp_path) as store:
        yield replace(
            settings.storage,
            endpoint=store.endpoint,
            public_endpoint=store.endpoint,
            bucket=store.bucket,
            access_key_id=store.key_id,
            secret_access_key=store.secret,
        )


def test_alive_needs_nothing(portal):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"

    answer = portal(database_url=nowhere).get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_without_redis_when_none_was_promised(portal, stored):
    answer = portal(storage=stored).get("/readyz")

    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ready", "database": "ok", "storage": "ok", "redis": "not set"},
    )


def test_degraded_while_redis_is_down_and_ready_when_it_is_there(portal, stored):
    down = portal(storage=stored, redis_url=f"redis://127.0.0.1:{free_port()}/0").get("/readyz")
    with embedded_redis.start() as redis:
        up = portal(storage=stored, redis_url=redis.url).get("/readyz")

    assert (down.status_code, down.json["status"], down.json["redis"]) == (200, "degraded", "down")
    assert (up.status_code, up.json["status"], up.json["redis"]) == (200, "ready", "ok")


def test_not_ready_without_the_database(portal, stored):
    answer = portal(database_url="postgresql+psycopg://nobody@127.0.0.1:9/nothing", storage=stored).get(
        "/readyz"
    )

    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (503, "not ready", "down")


def test_without_the_store_pages_are_served_and_readyz_says_what_is_down(portal):
    answer = portal().get("/readyz")

    assert (answer.status_code, answer.json) == (
        200,
        {"status": "degraded", "database": "ok", "storage": "down", "redis": "not set"},
    )


def test_a_frozen_store_is_told_before_the_balancers_patience_ends(portal, stored):
    """deploy/haproxy.cfg gives a check two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        endpoint = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        client = portal(storage=replace(stored, endpoint=endpoint))
        client.get("/readyz")  # boto3 is imported by the first
        began = time.monotonic()
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json["storage"]) == (200, "down")
    assert time.monotonic() - began < 1.8


def test_draining_comes_before_everything_else(portal, stored, settings):
    client = portal(storage=stored)
    settings.drain_file.touch()

    draining = client.get("/readyz")
    alive = client.get("/healthz").status_code
    settings.drain_file.unlink()

    assert (draining.status_code, draining.json) == (503, {"status": "draining"})
    assert alive == 200
    assert client.get("/readyz").status_code == 200
