"""What goes out compressed, to whom, and what is left as it is."""

import gzip

import pytest

from config import ROOT

GZIP = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def get(client):
    """Ask, read the whole answer and let go of the file it may come from."""

    def ask(path, headers=None):
        with client.get(path, headers=headers) as answer:
            answer.get_data()
        return answer

    return ask


def test_a_page_is_compressed_for_whoever_takes_that(get):
    plain = get("/")

    packed = get("/", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Cookie" in packed.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_it_gets_the_page_as_it_is(get, accepted):
    answer = get("/", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"<!doctype html>")


def test_our_own_files_are_compressed_once_and_known_again(get):
    first = get("/static/portal.css?v=1", headers=GZIP)
    second = get("/static/portal.css?v=1", headers=GZIP)
    unchanged = get("/static/portal.css", headers=GZIP | {"If-None-Match": first.headers["ETag"]})

    assert first.data == second.data
    assert gzip.decompress(first.data) == (ROOT / "static" / "portal.css").read_bytes()
    assert first.headers["ETag"].startswith("W/")
    assert "immutable" in first.headers["Cache-Control"]
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_what_is_packed_already_or_asked_for_in_parts_is_left_alone(get):
    font = get("/static/fonts/inter-latin.woff2", headers=GZIP)
    part = get("/static/portal.css", headers=GZIP | {"Range": "bytes=0-99"})

    assert "Content-Encoding" not in font.headers
    assert font.data.startswith(b"wOF2")
    assert (part.status_code, len(part.data)) == (206, 100)
    assert "Content-Encoding" not in part.headers


def test_a_short_answer_is_not_worth_it(get):
    answer = get("/healthz", headers=GZIP)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_page_that_refuses_is_compressed_too(get):
    answer = get("/nowhere", headers=GZIP)

    assert answer.status_code == 404
    assert b"<!doctype html>" in gzip.decompress(answer.data)
