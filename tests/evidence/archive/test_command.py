"""Archives on the command line: their parts are checked like files."""

import hashlib
import json
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.__main__ import main
from tests.evidence.archive.packing import SLO, zipped

KINDS = Path(registry.__file__).parent
PACKAGE = str(KINDS / "archive" / "samples" / "clean-oncall.zip")
AFTER = KINDS / "postgres_plan" / "samples" / "after.txt"


def reports(capsys, *arguments):
    status = main(["check", "--json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def alone(capsys, path):
    """The report on a file of its own, without the name."""
    _, (report,) = reports(capsys, str(path))
    return {key: value for key, value in report.items() if key != "file"}


def test_an_archive_is_followed_by_every_file_in_it(capsys):
    status, found = reports(capsys, PACKAGE)

    assert status == 0
    assert [(report["file"].removeprefix(PACKAGE), report["kind"]) for report in found] == [
        ("", "archive"),
        ("/oncall/kill-switches.csv", "kill_switches"),
        ("/oncall/slo.yaml", "openslo"),
        ("/oncall/runbooks/payments.md", "runbook"),
        ("/oncall/alerts.yaml", "alert_rules"),
    ]


def test_a_part_has_the_same_report_as_the_file_it_was_packed_from(capsys):
    _, found = reports(capsys, PACKAGE)

    packed = {key: value for key, value in found[3].items() if key != "file"}

    assert packed == alone(capsys, KINDS / "runbook" / "samples" / "clean-payments.md")


def test_closed_it_is_one_file(capsys):
    _, found = reports(capsys, "--closed", PACKAGE)

    assert [report["kind"] for report in found] == ["archive"]


def test_a_part_that_is_no_evidence_blocks(tmp_path, capsys):
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(("alerts.yaml", b"groups:\n\t- name: x\n")))

    status, found = reports(capsys, str(path))

    assert (status, [report["kind"] for report in found]) == (1, ["archive", "alert_rules"])


def test_an_archive_that_cannot_be_opened_is_one_report(tmp_path, capsys):
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(("slo.yaml", SLO))[:-9])

    status, found = reports(capsys, str(path))

    assert (status, len(found), found[0]["findings"][0]["code"]) == (1, 1, "Z1")


def test_the_same_archive_twice_is_read_once(capsys):
    _, found = reports(capsys, PACKAGE, PACKAGE)

    assert len(found) == 5


def test_a_claim_may_name_a_file_in_the_archive(tmp_path, capsys):
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(("plans/after.txt", AFTER.read_bytes())))
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[time]\nmetric = "plan_time"\nvalue = 1\nunit = "ms"\nfile = "package.zip/plans/after.txt"\n'
    )

    main(["check", "--claims", str(claims), str(path)])

    printed = " ".join(capsys.readouterr().out.split())
    assert "L1" in printed
    assert "The file gives 0.3744 to 0.3896 ms; the claim says 1 ms." in printed


def test_unpack_writes_the_files_under_numbers_and_lists_them(tmp_path, capsys):
    status = main(["unpack", PACKAGE, "--into", str(tmp_path)])

    listed = json.loads(capsys.readouterr().out)["parts"]
    assert status == 0
    assert [part["file"] for part in listed] == ["0000", "0001", "0002", "0003"]
    for part in listed:
        data = (tmp_path / "parts" / part["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (part["size"], part["sha256"])


def test_unpack_says_in_a_sentence_why_not(tmp_path, capsys):
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(("slo.yaml", SLO))[:-9])

    status = main(["unpack", str(path), "--into", str(tmp_path)])

    assert status == 1
    assert capsys.readouterr().err.startswith("The archive cannot be unpacked: ")


def test_unpack_does_not_write_over_what_is_there(tmp_path):
    (tmp_path / "parts").mkdir()

    with pytest.raises(SystemExit) as refused:
        main(["unpack", PACKAGE, "--into", str(tmp_path)])

    assert refused.value.code == 2
    assert list((tmp_path / "parts").iterdir()) == []
