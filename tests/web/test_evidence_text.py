import gzip

import pytest

from app.web.evidence_text import LONGEST_LINE, window


def pieces(data, size=7):
    return [data[at : at + size] for at in range(0, len(data), size)]


def test_lines_are_numbered_from_one_whatever_the_pieces():
    text = window(pieces("a,b\r\n1,2\n\nlätt,4".encode()), first=1, count=10)

    assert text.lines == ((1, "a,b"), (2, "1,2"), (3, ""), (4, "lätt,4"))
    assert not text.more


def test_a_window_stops_reading_where_it_ends():
    read = []

    def endless():
        while True:
            read.append(1)
            yield b"x\n" * 100

    text = window(endless(), first=50, count=100)

    assert (text.lines[0], text.lines[-1], text.more) == ((50, "x"), (149, "x"), True)
    assert len(read) == 2


def test_gzip_is_unpacked():
    assert window(pieces(gzip.compress(b"one\ntwo\n")), first=1, count=5).lines == ((1, "one"), (2, "two"))


def test_a_damaged_archive_shows_what_can_be_read_and_says_so():
    data = gzip.compress("\n".join(str(n) for n in range(5000)).encode())
    broken = data[:4000] + b"\xff" * 50 + data[4050:]

    text = window(pieces(broken, 512), first=1, count=10_000)

    assert text.lines[:2] == ((1, "0"), (2, "1"))
    assert text.problem == "The rest cannot be unpacked: the file is damaged."


def test_a_bomb_is_left_alone():
    bomb = gzip.compress(b"x" * (8 * 1024 * 1024))

    text = window(pieces(bomb, 4096), first=2, count=1, most_bytes=1024 * 1024)

    assert text.lines == ()
    assert text.problem == "The rest is not shown: the file is very large once unpacked."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read(encoding):
    text = window(pieces("time,ms\n1,2\n".encode(encoding), 64), first=1, count=5)

    assert text.lines == ((1, "time,ms"), (2, "1,2"))


def test_what_is_not_text_is_said_to_be_none():
    text = window([b"\x89PNG\r\n\x1a\n" + bytes(range(1, 200)) + b"\x00" * 5 + b"abc" * 80], first=1, count=5)

    assert (text.lines, text.problem) == ((), "This file is not text. Download it to look inside.")


def test_an_endless_line_is_cut():
    text = window(pieces(b"x" * 100_000, 4096), first=1, count=5)

    assert text.lines == ((1, "x" * LONGEST_LINE + " …"),)


def test_an_empty_file_has_no_lines():
    assert window([], first=1, count=5).lines == ()
