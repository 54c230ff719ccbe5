"""Checks for every file, whatever its kind."""

import gzip
import re
import zipfile
import zlib
from datetime import date

import pytest

from app.evidence import generic, output, redaction, registry
from app.evidence.findings import Finding, Report, Severity, Where
from app.evidence.generic import SECRET, stream
from app.evidence.source import CHUNK, Source, Unreadable


def codes(tmp_path, data, name="file.txt"):
    path = tmp_path / name
    path.write_bytes(data)
    return {finding.code for finding in registry.inspect(Source(name, path)).findings}


@pytest.mark.parametrize("data", [b"", b" \n\n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_blocked(tmp_path, data):
    assert codes(tmp_path, data) == {"G1"}


def test_a_damaged_archive_is_blocked_in_words(tmp_path):
    data = gzip.compress(b"timestamp,latency_ms\n" + b"1,20.5\n" * 50_000)

    assert "G1" in codes(tmp_path, data[: len(data) // 2])


def test_prose_is_not_read_and_not_blamed(tmp_path):
    assert codes(tmp_path, b"We moved the sessions into Redis.\nThen we measured again.\n") == {"G10"}


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


@pytest.mark.parametrize(
    "line",
    [
        "key = AKIAQWERTYUIOPASDFGH",
        "aws_secret_access_key = " + "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",
        "-----BEGIN RSA PRIVATE KEY-----",
        "token ghp_" + "a1" * 18,
        "ghu_" + "a1" * 20,
        "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
        "xoxb-" + "123456789012-abcdefghij",
        "curl https://hooks.slack.com/services/T01234567/B01234567/" + "a1B2c3D4" * 3,
        "sk_live_" + "a1b2c3d4e5f6g7h8i9",
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
        "npm_" + "a1B2c3" * 6,
        "pypi-AgE" + "a1B2c3D4e5" * 8,
        "SG." + "a1B2c3D4e5F6g7H8i9J0kl" + "." + "a1B2c3D4e5F6g7H8i9J0" * 2 + "abc",
        "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
        "sk-ant-" + "a1B2c3D4e5F6g7H8i9J0a1B2c3",
        "GET /me?token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEiLCJpYXQiOjF9." + "a1B2c3D4" * 5,
        "hey -H 'Authorization: Bearer a1B2c3D4e5F6g7H8'",
        "postgres://shop:hunter2xyz@db7.shop.net/app",
        "PGPASSWORD=hunter2xyz psql",
        "export SESSION_TOKEN=a1B2c3D4e5F6g7H8",
        "+STRIPE_API_KEY='a1B2c3D4e5F6g7H8'",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_secret_is_found_by_line_and_never_repeated(tmp_path, line, encoding):
    path = tmp_path / "notes.txt"
    path.write_bytes(f"one\ntwo\n{line}\n".encode(encoding))

    report = registry.inspect(Source("notes.txt", path))

    (finding,) = [each for each in report.findings if each.code == "G3"]
    assert (finding.where.line, finding.numbers["line"]) == (3, 3)
    secret = re.split(r"[ =@:']+", line.rstrip("'"))[-1]
    assert secret not in output.as_json([("notes.txt", report)]) + output.as_text("n", report, colour=False)


@pytest.mark.parametrize(
    "line",
    [
        "key = AKIAIOSFODNN7EXAMPLE",
        "sendgrid://ada:n0reply4you@mail.example.com/you",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "postgres://postgres:postgres@localhost/app",
        "postgres://app:****@db7.shop.net/app",
        "PGPASSWORD=changeme psql",
        "see https://example.com:8080/path@home",
        "https://shop.example.org/a, mail ada@example.org",
        "Authorization: Bearer $TOKEN",
        "API_TOKEN=${API_TOKEN}",
        "API_TOKEN=<put-your-own-token-1-here>",
        "sort_key=a1B2c3D4e5F6g7H8",
        "hf_transfer npm_config_registry glpat- AKIA",
        "docker run -e POSTGRES_PASSWORD=mysecretpassword -e POSTGRES_USER=postgres postgres:16",
    ],
)
def test_examples_and_placeholders_are_no_secrets(tmp_path, line):
    assert SECRET.code not in codes(tmp_path, line.encode() + b"\n")


@pytest.mark.parametrize("place", [0, stream.OVERLAP, CHUNK - 10, CHUNK + 1, 7 * CHUNK])
def test_a_secret_is_found_wherever_it_stands_even_across_pieces(tmp_path, place):
    filler = b"2026-11-20T10:00:00Z,12.5,200\n"
    before = (filler * (place // len(filler) + 1))[: max(0, place - 1)] + b"\n"
    path = tmp_path / "big.csv"
    path.write_bytes(before + b"AKIAQWERTYUIOPASDFGH\n" + filler * 50_000)

    (finding,) = [each for each in generic.read(Source("big.csv", path)).findings if each.code == "G3"]

    assert finding.where.line == before.count(b"\n") + 1


def test_a_long_file_is_searched_in_places_and_at_its_end(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write(b"latency_ms\n" * 1000)
        out.truncate(stream.WHOLE + 20 * CHUNK)
        for place in (stream.WHOLE + 9 * CHUNK, stream.WHOLE + 20 * CHUNK - 50):
            out.seek(place)
            out.write(b"\n-----BEGIN PRIVATE KEY-----\n")

    common = generic.read(Source("long.csv", path))

    assert [finding.where.line for finding in common.findings] == [1004]
    assert common.fingerprint == ""


def test_what_quotes_a_secret_is_told_with_dots():
    found = Finding(
        "E11", Severity.NOTE, "Filter (pw = 'hunter2xyz')", "why", "fix", Where(node="hunter2xyz")
    )
    facts = {"a": [{"deep": "x hunter2xyz y", "number": 1234567}], "hunter2xyz": None}

    clean = redaction.without(
        Report("k", 1.0, facts, (found,)), frozenset({b"hunter2xyz", b"1234567", b"tiny"})
    )

    assert clean.facts == {"a": [{"deep": "x ••• y", "number": 1234567}], "•••": None}
    assert (clean.findings[0].message, clean.findings[0].where.node) == ("Filter (pw = '•••')", "•••")


def test_people_are_counted_in_any_encoding(tmp_path):
    rows = "\n".join(f"ada{number}@shop.net,12" for number in range(25))

    assert "G4" in codes(tmp_path, rows.encode("utf-16"))
    assert "G4" not in codes(tmp_path, rows.replace("shop.net", "example.org").encode("utf-16"))


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"II*\0\x08\0",
        b"MM\0*\0\0",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"BM6\0\0\0",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1",
        b"\0\0\0\x1cftypavif",
        b"%PDF-1.7\n1 0 obj<</Type/XObject/Subtype /Image>>stream\nxx\nendstream",
    ],
)
def test_a_screenshot_asks_for_text(tmp_path, head):
    assert codes(tmp_path, head + b"\0" * 100) == {"G5"}


def packed_pdf(inside):
    return (
        b"%PDF-1.7\n1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"
        + zlib.compress(inside)
        + b"\nendstream"
    )


def test_a_pdf_with_text_is_no_picture_even_when_its_dictionaries_are_packed(tmp_path):
    assert "G5" in codes(tmp_path, packed_pdf(b"<</Subtype/Image>>"))
    assert "G5" not in codes(tmp_path, packed_pdf(b"<</Subtype/Image>><</Type/Font>>"))
    assert "G5" not in codes(tmp_path, b"%PDF-1.7\n<</Subtype/Image>> <</Font 3 0 R>>")
    assert codes(tmp_path, b"RIFF is a word\n" * 3) == {"G10"}


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b'{"results": [1, 2, {"p99": 12', "the JSON ends in the middle, on line 1"),
        (b'{"a": [1],\n"b": {"c": "' + b"x" * 300, "the JSON ends in the middle, on line 2"),
        (b'[{"v": [1, 2]},\n' * 3 + b"tru", "the JSON ends in the middle, on line 4"),
        (b'{"a": "' + b'\\"}' * 5_000_000 + b'", "b": {}', "the JSON ends in the middle, on line 1"),
        (b'{"a":1}\n' * 9 + b'{"a":', "its last line is half a JSON object"),
        (b"<?xml version='1.0'?><testResults>\n<s t='1'/>\n", "<testResults> is opened and not closed"),
        (b"a,b,c,d\n" + b"1,2,3,4\n" * 8 + b"1,2", "its last row has 2 of 4 cells"),
    ],
)
def test_a_file_that_ends_in_the_middle_is_called_cut(tmp_path, data, detail):
    path = tmp_path / "file"
    path.write_bytes(data)

    found = [each.message for each in generic.read(Source("file", path)).findings if each.code == "G9"]

    assert found == [f"The file seems to be cut off: {detail}."]


@pytest.mark.parametrize(
    "data",
    [
        b'{"results": [1, 2]}',
        b'{"quoted": "a { and \\" [", "b": []}\n',
        b"[2026-11-20 10:00] GET / {\n",
        b'[{"ph": "B", "ts": 1},\n{"ph": "E", "ts": 2},\n',
        b'{"a":1}\n' * 9,
        b"<?xml version='1.0'?><testResults>\n<s t='1'/>\n</testResults>\n",
        b"<?xml version='1.0'?><empty/>",
        b"a,b,c,d\n" + b"1,2,3,4\n" * 8,
        b"a,b,c,d\n" + b"1,2,3,4\n" * 8 + b"total, 8",
        b" a | b | c\n---+---+---\n" + b" 1 | 2 | 3\n" * 6 + b"(6 rows)",
    ],
)
def test_a_file_that_ends_as_meant_is_not_called_cut(tmp_path, data):
    assert "G9" not in codes(tmp_path, data)


def test_marks_that_turn_text_and_lost_characters_are_named(tmp_path):
    assert "G13" in codes(tmp_path, "a\ninvoice_\u202efdp.exe\n".encode())
    assert "G14" in codes(tmp_path, "took 12 \ufffds\n".encode())
    assert codes(tmp_path, "Größe 12 µs, مرحبا\n".encode()) == {"G10"}


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\x7fELF\x02\x01\x01\0", "a program"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"\xfd7zXZ\0\0", "an xz archive"),
    ],
)
def test_what_nobody_can_read_here_is_named_with_what_to_upload_instead(tmp_path, head, what):
    path = tmp_path / "file"
    path.write_bytes(head + b"\0\1\2" * 50)

    (finding,) = registry.inspect(Source("file", path)).findings

    assert (finding.code, finding.severity) == ("G10", Severity.WARN)
    assert finding.message.startswith(f"This is {what}")


def test_a_document_is_left_to_the_reviewer(tmp_path):
    path = tmp_path / "slides.pptx"
    with zipfile.ZipFile(path, "w") as document:
        document.writestr("[Content_Types].xml", "<Types/>")
        document.writestr("ppt/presentation.xml", "<p:presentation/>")

    (finding,) = registry.inspect(Source(path.name, path)).findings

    assert (finding.code, finding.severity) == ("G10", Severity.NOTE)


def test_copies_that_were_only_reformatted_have_one_fingerprint(tmp_path):
    text = "one  two\n\tthree µs\n"
    written = {
        "a": text.encode(),
        "b": text.replace("\n", "\r\n").encode("utf-8-sig"),
        "c": text.replace("\t", "    ").encode("utf-16"),
        "d": gzip.compress(text.encode()),
        "e": text.replace("two", "2").encode(),
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)

    prints = [registry.inspect(Source(name, tmp_path / name)).fingerprint for name in written]

    assert len(set(prints[:4])) == 1
    assert prints[4] not in ("", prints[0])


LAST = "2026-11-25T10:00:00.000+00:00"


@pytest.mark.parametrize(
    ("last", "today", "count"),
    [
        (LAST, date(2026, 11, 25), 0),
        (LAST, date(2026, 11, 24), 0),
        (LAST, date(2026, 11, 23), 1),
        (None, date(2026, 11, 23), 0),
        ("yesterday", date(2026, 11, 23), 0),
    ],
)
def test_times_after_today_are_named_when_today_is_told(last, today, count):
    assert len(list(generic.from_the_future({"last_time": last}, today))) == count


def test_today_is_told_by_the_command(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "timestamp,latency_ms\n" + "".join(f"2031-01-01T00:00:{i % 60:02}Z,{i}\n" for i in range(400))
    )

    said = [
        {each.code for each in registry.inspect(Source("t.csv", path), today=today).findings}
        for today in (None, date(2026, 1, 1))
    ]

    assert said[1] - said[0] == {"G8"}


def test_a_half_broken_encoding_keeps_the_sound_part(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes("12 µs, Größe ".encode() + b"\xff" + " ähnlich\n".encode())

    assert Source("t.txt", path).text() == "12 µs, Größe \ufffd ähnlich\n"


def test_a_cut_archive_is_still_recognised_by_what_can_be_unpacked(tmp_path):
    rows = b"timestamp,latency_ms\n" + b"".join(b"%d,20.%d\n" % (1_700_000_000 + i, i) for i in range(50_000))
    data = gzip.compress(rows)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(data[: len(data) // 2])

    report = registry.inspect(Source("t.csv.gz", path))

    assert report.kind == "latency_table"
    assert [(finding.code, finding.severity) for finding in report.findings] == [("G1", "block")]


def test_a_packed_table_that_is_longer_than_what_is_searched_is_not_called_cut(tmp_path):
    path = tmp_path / "long.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"timestamp,status,latency_ms\n")
        for second in range(66):
            file.write(b"%d,200,12.5,a row of some length to fill the file quickly\n" % second * 18_000)

    assert "G9" not in {finding.code for finding in generic.read(Source("long.csv.gz", path)).findings}
