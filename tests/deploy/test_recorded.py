"""The packs of the two full rehearsals that docs/operating.md tells of, read as the portal reads learners' packs."""

import pytest

from tests.conftest import ROOT
from tests.deploy.packs import files, findings, good, ledger, severe

RECORDED = ROOT / "deploy" / "rehearsal" / "recorded"
CAREFUL, CARELESS = RECORDED / "careful", RECORDED / "careless"
KINDS = {
    "chaos": {
        "haproxy.cfg": "load_balancer",
        "kills.csv": "kill_log",
        "requests.csv.gz": "latency_table",
    },
    "deploys": {
        "haproxy.cfg": "load_balancer",
        "rollback.md": "rollback_record",
        "timeline.csv": "deploy_timeline",
        "traffic.csv.gz": "latency_table",
    },
}
ONE_MACHINE = {"B6"}
"""Three instances on one machine, as a rehearsal is: the only thing to be said against the careful pack."""


@pytest.mark.parametrize("part", KINDS)
@pytest.mark.parametrize("pack", [CAREFUL, CARELESS], ids=lambda pack: pack.name)
def test_every_file_is_read_as_what_it_is(pack, part):
    read = {file.source.name: file.report for file in files(pack / part)}

    assert {name: report.kind for name, report in read.items()} == KINDS[part]
    assert [name for name, report in read.items() if report.is_blocked] == []


@pytest.mark.parametrize("part", KINDS)
def test_nothing_is_to_be_said_against_the_careful_pack(part):
    found = ledger(CAREFUL / part)

    assert set(severe(findings(CAREFUL / part))) == ONE_MACHINE
    assert {row.label: row.verdict for row in found.rows if row.verdict != "agrees"} == {}
    assert severe(found.findings) == {}


def test_what_is_good_about_it_is_said():
    """Ten deploys and four kills without a failed request, among them a drain and power that was lost."""
    assert {"K1", "K2", "K5", "K7"} <= good(CAREFUL / "chaos")
    assert {"Y2", "Y9"} <= good(CAREFUL / "deploys")


def test_the_careless_pack_is_told_what_went_wrong():
    """Nobody asked twice (B4), users saw the kills (K2) and the deploys (Y2)."""
    assert "B4" in severe(findings(CARELESS / "chaos"))
    assert "K2" in severe(ledger(CARELESS / "chaos").findings)
    assert severe(ledger(CARELESS / "deploys").findings)["Y2"] == 10


@pytest.mark.parametrize(("part", "claim"), [("chaos", "user_errors"), ("deploys", "count_5xx")])
def test_a_claim_of_no_errors_is_contradicted_by_the_careless_pack(part, claim, tmp_path):
    for file in (CARELESS / part).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    claims = f'[none]\nmetric = "{claim}"\nvalue = 0\nfile = "{LOG[part]}"\n'
    (tmp_path / "claims.toml").write_text(claims, "utf-8")

    found = ledger(tmp_path)

    assert [row.verdict for row in found.rows] == ["contradicts"]


LOG = {"chaos": "requests.csv.gz", "deploys": "traffic.csv.gz"}
