"""Checks for every file, whatever its kind."""

import gzip

import pytest

from app.evidence import registry
from app.evidence.generic import SECRET
from app.evidence.source import Source, Unreadable


def codes(tmp_path, data, name="file.txt"):
    path = tmp_path / name
    path.write_bytes(data)
    return {finding.code for finding in registry.inspect(Source(name, path)).findings}


@pytest.mark.parametrize("data", [b"", b" \n\n", gzip.compress(b"")])
def test_an_empty_file_is_blocked(tmp_path, data):
    assert codes(tmp_path, data) == {"G1"}


def test_a_damaged_archive_is_blocked_in_words(tmp_path):
    data = gzip.compress(b"timestamp,latency_ms\n" + b"1,20.5\n" * 50_000)

    assert "G1" in codes(tmp_path, data[: len(data) // 2])


def test_prose_is_not_read_and_not_blamed(tmp_path):
    assert codes(tmp_path, b"We moved the sessions into Redis.\nThen we measured again.\n") == {"G10"}


def test_a_screenshot_asks_for_text(tmp_path):
    assert codes(tmp_path, b"\x89PNG\r\n\x1a\n" + b"\0" * 100) == {"G5"}


@pytest.mark.parametrize(
    "line",
    [
        b"key = AKIAQWERTYUIOPASDFGH",
        b"-----BEGIN RSA PRIVATE KEY-----",
        b"token ghp_" + b"a1" * 18,
        b"xoxb-" + b"123456789012-abcdefghij",
        b"sk_live_" + b"a1b2c3d4e5f6g7h8i9",
        b"postgres://shop:hunter2xyz@db7.shop.net/app",
        b"PGPASSWORD=hunter2xyz psql",
    ],
)
def test_a_secret_is_found_by_line_and_never_repeated(tmp_path, line):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"one\ntwo\n" + line + b"\n")

    (finding,) = [f for f in registry.inspect(Source("notes.txt", path)).findings if f.code == "G3"]

    assert finding.where.line == 3
    assert line.split()[-1].decode() not in finding.message + finding.why + finding.fix


@pytest.mark.parametrize(
    "line",
    [
        b"key = AKIAIOSFODNN7EXAMPLE",
        b"postgres://postgres:postgres@localhost/app",
        b"postgres://app:****@db7.shop.net/app",
        b"PGPASSWORD=changeme psql",
        b"see https://example.com:8080/path@home",
    ],
)
def test_examples_and_placeholders_are_no_secrets(tmp_path, line):
    assert SECRET.code not in codes(tmp_path, line + b"\n")


def test_json_that_ends_in_the_middle_is_called_cut(tmp_path):
    assert "G9" in codes(tmp_path, b'{"results": [1, 2, {"p99": 12')
    assert "G9" not in codes(tmp_path, b'{"results": [1, 2]}')


def test_a_gzip_bomb_stops_at_the_limit(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0" * 30_000_000))

    with pytest.raises(Unreadable) as refused:
        Source("bomb.gz", path).text()

    assert refused.value.finding.code == "G2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_reads_the_same_in_every_encoding(tmp_path, encoding):
    path = tmp_path / "text.txt"
    path.write_bytes("Größe\r\n12 µs\r\n".encode(encoding))

    assert Source("text.txt", path).text() == "Größe\n12 µs\n"
