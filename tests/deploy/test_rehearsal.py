"""The rehearsal itself: three instances behind HAProxy, killed and rolled under load, and the evidence of it."""

from dataclasses import replace

import pytest

from deploy.rehearsal.__main__ import SHORT, rehearse
from tests.deploy.packs import findings, ledger, severe

BRIEF = {
    "B6",
    "K4",
    "K7",
    "K9",
    "K10",
    "K11",
    "L2",
    "L3",
    "L4",
    "L5",
    "L6",
    "L7",
    "L10",
    "L11",
    "Y1",
    "Y3",
    "Y4",
}
"""What may be said of one machine, one kill, three deploys and half a minute; nothing of it is a failed request."""


@pytest.mark.services
def test_one_kill_and_three_deploys_that_nobody_notices(tmp_path):
    said = []

    seen = rehearse(tmp_path / "pack", SHORT, is_careful=True, say=said.append)

    assert seen == 0, said
    for part in ("chaos", "deploys"):
        folder = tmp_path / "pack" / part
        assert set(severe(findings(folder))) - BRIEF == set(), severe(findings(folder))
        assert {row.label: row.verdict for row in ledger(folder).rows if row.verdict != "agrees"} == {}
    assert "Y2" in {finding.code for finding in ledger(tmp_path / "pack" / "deploys").findings}
    assert "Y2" not in severe(ledger(tmp_path / "pack" / "deploys").findings)


@pytest.mark.services
def test_the_same_without_drain_and_second_tries_is_noticed_by_users_and_by_the_checks(tmp_path):
    seen = rehearse(tmp_path / "pack", replace(SHORT, deploys=1), is_careful=False, say=lambda _: None)

    assert seen > 0
    deploys = tmp_path / "pack" / "deploys"
    assert "B4" in severe(findings(deploys))
    assert "Y2" in severe(ledger(deploys).findings)
