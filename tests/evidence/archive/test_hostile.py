"""Archives made to harm: each is refused in words or leaves out what it must, within bounds, and nothing is written
beside the folder."""

import random
import struct
import zipfile

import pytest

from app.evidence import registry
from app.evidence.archive import unpacking
from app.evidence.findings import Unreadable
from tests.evidence import budget
from tests.evidence.archive.packing import (
    SLO,
    header,
    large_form,
    note,
    padded,
    record,
    source,
    squeezed,
    tarred,
    zipped,
)

MIB = 1024 * 1024
END = bytes(1024)


def said(tmp_path, data, name="package.zip"):
    """The sentence it is refused with; fails when it is not."""
    file, folder = source(tmp_path, data, name), tmp_path / "parts"
    folder.mkdir()
    with pytest.raises(Unreadable) as refused:
        unpacking.unpack(file, folder)
    return refused.value.finding.message


def unpacked(tmp_path, data, name="package.zip"):
    folder = tmp_path / "parts"
    folder.mkdir()
    found = unpacking.unpack(source(tmp_path, data, name), folder)
    assert {path.name for path in folder.iterdir()} == {part.file.name for part in found.parts}
    return found


def paths(found):
    return [part.path for part in found.parts]


@pytest.mark.parametrize("cut", [1, 30, 200, 600, 700, 1100, 1500])
@pytest.mark.parametrize("pack", [lambda data: data, squeezed])
def test_a_tar_file_that_stops_anywhere_is_refused_or_named(tmp_path, pack, cut):
    whole = tarred(("slo.yaml", SLO * 10), ("alerts.yaml", b"groups: []\n"))[:2048]
    data = pack(whole)
    data = data[: max(1, len(data) * (2048 - cut) // 2048)]

    report = registry.inspect(source(tmp_path, data, "package.tar"), "archive")

    assert {"Z1", "Z13"} & {finding.code for finding in report.findings}


def test_a_tar_file_without_its_end_names_the_last_file(tmp_path):
    whole = tarred(("slo.yaml", SLO), ("alerts.yaml", b"groups: []\n"))

    found = unpacked(tmp_path, whole[:2048], "package.tar")

    assert paths(found) == ["slo.yaml", "alerts.yaml"]
    assert found.left_out == [("alerts.yaml", "cut")]


@pytest.mark.parametrize("cut", range(1, 260, 7))
def test_a_zip_file_that_stops_anywhere_is_refused(tmp_path, cut):
    whole = zipped(("slo.yaml", SLO * 10))

    assert said(tmp_path, whole[:-cut]).startswith("The archive cannot be unpacked: ")


@pytest.mark.parametrize("pack", [zipped, lambda *entries: squeezed(tarred(*entries))])
def test_a_bomb_is_refused_before_it_is_written_out(tmp_path, pack):
    data = pack(*((f"{number}.csv", bytes(33 * MIB)) for number in range(4)))

    assert said(tmp_path, data).endswith("it unpacks to over 100 MB, or 200 times its own size.")
    assert sum(file.stat().st_size for file in (tmp_path / "parts").iterdir()) <= 64 * MIB


def test_a_single_file_has_a_bound_of_its_own(tmp_path):
    data = zipped(("noise.bin", random.Random(1).randbytes(MIB)), ("log.csv", bytes(65 * MIB)))

    assert said(tmp_path, data).endswith("one file in it has over 64 MB.")


def test_no_more_than_the_total_is_unpacked_however_little_it_is_compressed(tmp_path):
    data = zipped(*((f"{number}.csv", bytes(35 * MIB)) for number in range(3)), method=zipfile.ZIP_STORED)

    assert said(tmp_path, data).endswith("it unpacks to over 100 MB, or 200 times its own size.")


def test_an_honest_log_that_compresses_three_hundredfold_is_taken(tmp_path):
    second = b'10.0.0.1 - - [02/Mar/2026:09:%02d:%02d +0000] "GET /orders HTTP/1.1" 200 512\n'
    log = b"".join(400 * (second % divmod(number % 3600, 60)) for number in range(1500))
    data = zipped(("access.log", log))

    found = unpacked(tmp_path, data)

    assert ([part.path for part in found.parts], found.total) == (["access.log"], len(log))
    assert len(log) / len(data) > 200


def test_what_is_skipped_counts_too(tmp_path):
    sparse = header(b"x", size=80 * MIB, sort=b"S") + bytes(80 * MIB)

    assert said(tmp_path, squeezed(sparse * 3 + END), "package.tar.gz").endswith("it unpacks to over 160 MB.")


def test_nested_bombs_count_though_they_are_left_out(tmp_path):
    inner = zipped(("a", bytes(30 * MIB)), method=zipfile.ZIP_STORED)
    data = zipped(*((f"{number}.zip", inner) for number in range(3)))

    assert "200 times its own size" in said(tmp_path, data)
    assert list((tmp_path / "parts").iterdir()) == [tmp_path / "parts" / "0000"]


def test_bombs_inside_bombs_are_not_opened(tmp_path):
    inner = zipped(("bomb", bytes(200 * MIB)))
    data = zipped(("inner.zip", inner), ("slo.yaml", SLO))

    found = unpacked(tmp_path, data)

    assert (paths(found), found.left_out) == (["slo.yaml"], [("inner.zip", "nested")])


@pytest.mark.parametrize("pack", [lambda *entries: zipped(*entries), lambda *entries: tarred(*entries)])
def test_ten_thousand_entries_are_refused_quickly(tmp_path, pack):
    data = pack(*((f"{number}/", b"") for number in range(10_000)))
    with budget.seconds(2):
        message = said(tmp_path, data)

    assert message.endswith(("it has over 2,000 entries.", "it has over 100 files."))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_thousands_of_files_of_others_do_not_stand_in_the_way(tmp_path, pack):
    data = pack(*((f"node_modules/{number}.js", b"x") for number in range(5000)), ("slo.yaml", SLO))

    with budget.seconds(2):
        found = unpacked(tmp_path, data)

    assert (paths(found), len(found.left_out)) == (["slo.yaml"], 5000)


def test_of_files_of_others_there_is_an_end_too(tmp_path):
    data = tarred(*((f"node_modules/{number}.js", b"") for number in range(20_001)))

    assert said(tmp_path, data).endswith("it has over 20,000 entries.")


def test_more_files_than_are_taken_are_refused(tmp_path):
    data = zipped(*((f"{number}.txt", b"x") for number in range(101)))

    assert said(tmp_path, data).endswith("it has over 100 files.")


@pytest.mark.parametrize("promised", [3 * MIB, 1 << 40, (1 << 64) - 1])
def test_the_form_for_large_archives_does_not_lead_past_the_bound(tmp_path, promised):
    data = large_form(zipped(("slo.yaml", SLO)), directory=promised)

    assert said(tmp_path, data).endswith("the list of its files alone is over 1 MB.")


def test_the_form_for_large_archives_is_read_like_any_other(tmp_path):
    data = large_form(zipped(("slo.yaml", SLO)), directory=None)

    assert paths(unpacked(tmp_path, data)) == ["slo.yaml"]


def test_a_long_list_of_files_is_refused_before_it_is_read(tmp_path):
    data = zipped(*((f"{'x' * 200}{number}", b"") for number in range(6000)))
    with budget.seconds(0.5):
        assert said(tmp_path, data).endswith("the list of its files alone is over 1 MB.")


def test_many_notes_between_files_are_refused_quickly(tmp_path):
    data = note(record(b"comment", b"x")) * 100_000 + header(b"slo.yaml", size=len(SLO)) + padded(SLO) + END
    with budget.seconds(2):
        assert "the names and notes of the files in it alone are over 4 MB" in said(
            tmp_path, data, "package.tar"
        )


def test_a_note_of_many_records_is_read_in_one_pass(tmp_path):
    records = record(b"a", b"") * 10_000 + record(b"path", b"oncall/slo.yaml")
    data = b"".join(note(records[-65_000:]) for _ in range(60))
    data += header(b"short", size=len(SLO)) + padded(SLO) + END
    with budget.seconds(2):
        found = unpacked(tmp_path, data, "package.tar")

    assert paths(found) == ["oncall/slo.yaml"]


@pytest.mark.parametrize(
    "size", [b"9" * 12, b"-0000000001\0", b"zzzzzzzzzzz\0", b"\x80" + b"\xff" * 11, b"\xff" * 12]
)
def test_a_size_that_is_none_is_refused(tmp_path, size):
    data = header(b"slo.yaml", size=size) + padded(SLO) + END

    assert said(tmp_path, data, "package.tar").startswith(("The archive cannot", "The archive holds more"))


def test_a_promise_of_terabytes_is_refused_as_cut(tmp_path):
    data = header(b"slo.yaml", size=b"\x80" + (1 << 43).to_bytes(11, "big")) + padded(SLO) + END

    assert said(tmp_path, data, "package.tar").endswith("it ends too early.")


def test_a_zip_entry_that_promises_less_than_it_holds_is_refused(tmp_path):
    data = bytearray(zipped(("slo.yaml", SLO)))
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 3)

    assert said(tmp_path, bytes(data)).startswith("The archive cannot be unpacked: ")


def test_two_lists_in_one_zip_file_are_refused(tmp_path):
    data = zipped(("slo.yaml", SLO)) + zipped(("other.yaml", b"x"))

    assert said(tmp_path, data).endswith("the list of its files does not begin where it says.")


@pytest.mark.parametrize(
    "data",
    [
        header(b"PK\x03\x04") + zipped(("slo.yaml", SLO)),
        tarred(("slo.yaml", SLO))[:1536] + zipped(("other.yaml", b"x")),
        squeezed(tarred(("slo.yaml", SLO))) + zipped(("other.yaml", b"x")),
    ],
)
def test_a_file_that_is_both_zip_and_tar_is_refused(tmp_path, data):
    assert said(tmp_path, data).endswith(" at once.")


def test_a_tar_file_with_a_zip_file_in_it_is_no_zip_file(tmp_path):
    found = unpacked(tmp_path, tarred(("slo.yaml", SLO), ("old.zip", zipped(("a", b"b")))), "package.tar")

    assert (paths(found), found.left_out) == (["slo.yaml"], [("old.zip", "nested")])


def test_nothing_is_written_beside_the_folder(tmp_path):
    names = [
        "../up",
        "a/../../up",
        "/root",
        "\\\\server\\share\\x",
        "C:/windows/x",
        "a\\..\\..\\up",
        "ok/slo.yaml",
    ]
    data = zipped(*((name, SLO) for name in names))

    found = unpacked(tmp_path, data)

    assert paths(found) == ["ok/slo.yaml"]
    assert [why for _, why in found.left_out] == ["outside"] * 6
    assert {path.name for path in tmp_path.iterdir()} == {"parts", "package.zip"}


def test_other_archives_are_named_and_not_opened(tmp_path):
    for start, name in ((b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"), (b"Rar!\x1a\x07\1\0", "a RAR archive")):
        report = registry.inspect(source(tmp_path, start + bytes(200), "package"))

        (finding,) = report.findings
        assert (finding.code, report.facts) == ("G10", {})
        assert f"This is {name}" in finding.message
        assert "zip -r package.zip FOLDER" in finding.fix
