"""What a name in an archive may be, in whatever encoding it was written."""

import tarfile
import zipfile

import pytest

from app.evidence.archive import unpacking
from app.evidence.archive.entries import LONGEST_PATH, clean_path, is_left_by_a_system, outermost
from tests.evidence.archive.packing import SLO, header, note, padded, record, source, tarred, zipped


def paths(tmp_path, data):
    folder = tmp_path / "parts"
    folder.mkdir()
    return [part.path for part in unpacking.unpack(source(tmp_path, data), folder).parts]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("slo.yaml", "slo.yaml"),
        ("./oncall//slo.yaml", "oncall/slo.yaml"),
        ("oncall\\slo.yaml", "oncall/slo.yaml"),
        ("a\u202eyaml.exe", "ayaml.exe"),
        ("a\nb\t\0c", "abc"),
        ("  slo .yaml  ", "slo .yaml"),
        ("e\u0301tude.md", "étude.md"),
        ("..hidden..", "..hidden.."),
        ("../slo.yaml", None),
        ("a/../b", None),
        ("/etc/passwd", None),
        ("\\windows\\x", None),
        ("c:\\x", None),
        ("", None),
        ("./.", None),
    ],
)
def test_a_name_is_shown_clean_or_leads_outside(name, shown):
    assert clean_path(name) == shown


def test_a_long_name_keeps_its_end():
    path = clean_path("x" * 1000 + "/slo.yaml")

    assert (len(path), path.endswith("/slo.yaml")) == (LONGEST_PATH, True)


@pytest.mark.parametrize(
    ("path", "is_left"),
    [
        ("__MACOSX/._a", True),
        ("a/.DS_Store", True),
        (".git/config", True),
        ("._alerts.yaml", True),
        (".github/workflows/ci.yml", False),
        ("thumbs.md", False),
    ],
)
def test_what_systems_leave_behind_is_no_evidence(path, is_left):
    assert is_left_by_a_system(path) is is_left


def test_a_folder_of_a_system_is_named_once():
    paths = ["repo/.git/config", "repo/.git/hooks/x", "repo/node_modules/a/node_modules/b.js", "slo.md"]

    assert [outermost(path) for path in paths] == ["repo/.git", "repo/.git", "repo/node_modules", "slo.md"]


def test_a_zip_name_is_read_as_utf8_with_and_without_its_flag(tmp_path):
    flagged = zipped(("übung/größe.md", SLO))
    bare = zipped(("ubung/grose.md", SLO)).replace(b"ubung/grose.md", "übung/grö".encode() + b".md", 2)

    assert paths(tmp_path, flagged) == ["übung/größe.md"]
    (tmp_path / "parts" / "0000").unlink()
    (tmp_path / "parts").rmdir()
    assert len(bare) == len(zipped(("ubung/grose.md", SLO)))
    assert paths(tmp_path, bare) == ["übung/grö.md"]


def test_a_zip_name_that_is_no_utf8_is_read_as_the_old_code_page(tmp_path):
    data = zipped(("xbung.md", SLO)).replace(b"xbung.md", b"\x81bung.md")

    assert paths(tmp_path, data) == ["übung.md"]


@pytest.mark.parametrize(
    ("raw", "shown"), [("größe.md".encode(), "größe.md"), (b"gr\xf6\xdfe.md", "größe.md")]
)
def test_a_tar_name_is_read_in_either_encoding(tmp_path, raw, shown):
    assert paths(tmp_path, header(raw, size=len(SLO)) + padded(SLO) + bytes(1024)) == [shown]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read_in_every_form_of_tar(tmp_path, form):
    name = "/".join(["oncall" * 8, "runbooks" * 6, "payments.md"])

    assert paths(tmp_path, tarred((name, SLO), ("b.md", SLO), form=form)) == [name, "b.md"]


def test_a_note_speaks_of_one_file_alone(tmp_path):
    data = note(record(b"path", b"first.md")) + header(b"x", size=3) + padded(b"abc")
    data += header(b"second.md", size=3) + padded(b"abc") + bytes(1024)

    assert paths(tmp_path, data) == ["first.md", "second.md"]


def test_an_entry_that_is_there_twice_under_two_writings_is_taken_once(tmp_path):
    data = zipped(("a/slo.yaml", b"first"), ("./a//slo.yaml", b"second"), method=zipfile.ZIP_STORED)

    assert paths(tmp_path, data) == ["a/slo.yaml"]
    assert (tmp_path / "parts" / "0000").read_bytes() == b"first"
