"""The rehearsal itself: three instances behind HAProxy, killed and rolled under load, and the evidence of it."""

from dataclasses import replace

import pytest

from deploy.rehearsal.__main__ import SHORT, rehearse
from tests.deploy.packs import findings, good, ledger, severe

ONE_KILL_ON_ONE_MACHINE = {"B6", "K11"}
FAILED = {"K1", "K2", "K3", "K5", "Y2", "Y9"}
"""A kill or a deploy that somebody noticed, or that the log does not show."""


@pytest.mark.services
def test_one_kill_and_three_deploys_that_nobody_notices(tmp_path):
    said = []

    seen = rehearse(tmp_path / "pack", SHORT, is_careful=True, say=said.append)

    assert seen == 0, said
    for part in ("chaos", "deploys"):
        folder = tmp_path / "pack" / part
        alone, together = severe(findings(folder)), ledger(folder)
        # Codes with L are of latencies: half a minute on a busy machine holds few requests, and some slow ones.
        assert {code for code in alone if not code.startswith("L")} - ONE_KILL_ON_ONE_MACHINE == set(), alone
        assert [row for row in together.rows if row.verdict != "agrees"] == []
        assert FAILED & set(severe(together.findings)) == set()
    assert {"K1", "K2"} <= good(tmp_path / "pack" / "chaos")
    assert "Y2" in good(tmp_path / "pack" / "deploys")


@pytest.mark.services
def test_the_same_without_drain_and_second_tries_is_noticed_by_users_and_by_the_checks(tmp_path):
    seen = rehearse(tmp_path / "pack", replace(SHORT, deploys=1), is_careful=False, say=lambda _: None)

    assert seen > 0
    deploys = tmp_path / "pack" / "deploys"
    assert "B4" in severe(findings(deploys))
    assert "Y2" in severe(ledger(deploys).findings)
