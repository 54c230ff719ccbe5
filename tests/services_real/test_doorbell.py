"""The doorbell through a Redis that somebody else runs: with a password, over TCP, trusted with nothing."""

import json
import zlib

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.adapters.jobs import DRAIN, ENOUGH, QUEUE, Doorbell, connection, queue
from embedded.process import free_port
from tests.real_parts import REDIS_URL, needed

RUNG = []


def drain():
    """What a ring runs in these tests."""
    RUNG.append("drain")


@pytest.fixture
def url():
    url = needed(REDIS_URL)
    with Redis.from_url(url) as redis:
        redis.flushdb()
    RUNG.clear()
    return url


def work_off(url):
    """Answer every ring, as the worker does."""
    return SimpleWorker([QUEUE], connection=connection(url), serializer=JSONSerializer).work(
        burst=True, logging_level="ERROR"
    )


def test_the_server_asks_for_a_password_and_drops_nothing(url):
    stranger = url.replace(url.partition("@")[0], "redis://:wrong")

    with Redis.from_url(url) as redis:
        policy = redis.config_get("maxmemory-policy")

    assert policy == {"maxmemory-policy": "noeviction"}
    assert (Doorbell(stranger).alive(), Doorbell(stranger).ring()) == (False, False)


def test_a_ring_is_one_message_with_a_name_and_nothing_else(url):
    assert Doorbell(url).ring()

    (job,) = queue(url).jobs
    with Redis.from_url(url) as redis:
        data = redis.hget(f"rq:job:{job.id}", "data")
    assert (job.func_name, list(job.args), job.kwargs) == (DRAIN, [], {})
    assert json.loads(zlib.decompress(data)) == [DRAIN, None, [], {}]  # JSON, not a pickle


def test_rings_do_not_pile_up(url):
    bell = Doorbell(url)

    answers = [bell.ring() for _ in range(20)]

    assert answers == [True] * 20
    assert queue(url).count == ENOUGH


def test_a_worker_answers_and_leaves_nothing_behind(url):
    queue(url).enqueue(drain, result_ttl=0)

    assert work_off(url)

    assert RUNG == ["drain"]
    assert queue(url).count == 0


def test_without_a_server_the_bell_is_silent_and_nobody_waits_long():
    nobody = Doorbell(f"redis://:x@127.0.0.1:{free_port()}/0")

    assert (nobody.alive(), nobody.ring()) == (False, False)
