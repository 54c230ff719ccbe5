"""What is an archive, and what only looks like one."""

from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.archive import formats
from app.evidence.source import Source
from tests.evidence.archive.packing import SLO, source, squeezed, tarred, zipped

KINDS = Path(registry.__file__).parent


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (zipped(("slo.yaml", SLO)), "zip"),
        (zipped(), "zip"),
        (tarred(("slo.yaml", SLO)), "tar"),
        (squeezed(tarred(("slo.yaml", SLO))), "tar.gz"),
        (squeezed(zipped(("slo.yaml", SLO))), None),
        (squeezed(SLO), None),
        (SLO, None),
        (bytes(1024), None),
        (b"", None),
    ],
)
def test_an_archive_is_known_by_its_bytes(tmp_path, data, form):
    assert formats.what(source(tmp_path, data, "evidence")) == form


@pytest.mark.parametrize("name", ["word/notes.md", "xl/sheet.csv", "words/word/x.txt"])
def test_a_folder_of_that_name_makes_no_document(tmp_path, name):
    assert formats.what(source(tmp_path, zipped((name, SLO)))) == "zip"


def test_a_text_that_speaks_of_documents_makes_none(tmp_path):
    data = zipped(("a.md", b"[Content_Types].xml word/ xl/ mimetypeapplication/"), method=0)

    assert formats.what(source(tmp_path, data)) == "zip"


@pytest.mark.parametrize(
    "names", [["[Content_Types].xml", "a"], ["a", "[Content_Types].xml"], ["mimetype", "a"]]
)
def test_documents_of_office_programs_are_no_archives(tmp_path, names):
    assert formats.what(source(tmp_path, zipped(*((name, SLO) for name in names)))) is None


def test_a_document_that_was_cut_off_is_one_all_the_same(tmp_path):
    data = zipped(("[Content_Types].xml", SLO), ("word/document.xml", SLO))

    assert formats.what(source(tmp_path, data[:-40])) is None


def test_no_sample_of_another_kind_is_taken_for_an_archive():
    others = [
        path
        for path in KINDS.rglob("samples/*")
        if path.is_file() and path.parents[1].name != "archive" and formats.what(Source(path.name, path))
    ]

    assert others == []


@pytest.mark.parametrize("name", ["clean-oncall.zip", "clean-oncall.tar.gz", "clean-posix.tar"])
def test_an_archive_is_nothing_else_whatever_is_in_it(name):
    path = KINDS / "archive" / "samples" / name

    assert [(kind.name, sure) for kind, sure in registry.recognise(Source(name, path))] == [("archive", 1.0)]


@pytest.mark.parametrize(
    ("name", "is_named"),
    [("a.zip", True), ("A.TGZ", True), ("a.tar.gz", True), ("a.tar", True), ("a.gz", False), ("zip", False)],
)
def test_a_name_may_promise_an_archive(name, is_named):
    assert formats.is_named_like_one(name) is is_named
