"""Chapter two: evidence goes in by every way there is, is read, and contradicts a claim; the work is sent."""

import json
import re
import subprocess
import sys

from tests.story.portals import ROOT

SHELF = ROOT / "demo" / "evidence"
SAMPLES = ROOT / "app" / "evidence" / "latency_table" / "samples"
BEFORE, AFTER = SAMPLES / "clean-steady.csv.gz", SAMPLES / "clean-open-loop.csv.gz"
WORK = "/work/three-bottlenecks"


def the_learner_uploads_by_script_by_form_and_by_paste(story):
    mira = story.mira
    mira.open(WORK)
    mira.press("Start this capstone")
    assert mira.give("db-latency-before", "before.csv.gz", BEFORE.read_bytes()).status_code == 200

    mira.open(WORK)
    after = {"file": ("after.csv.gz", AFTER.read_bytes(), "application/gzip")}
    mira.press("Upload", within="slot-db-latency-after", files=after)
    assert mira.path == WORK
    plan = (SHELF / "plan-before.txt").read_text()
    mira.press("Keep as a file", within="slot-db-plan-before", text=plan)

    assert "Seq Scan on orders were thrown away" in mira.findings("db-plan-before").text
    assert "5,250 requests put the p99 between" in mira.findings("db-latency-before").text
    assert "received" in mira.findings("db-latency-after").one("div", class_="page-head").text


def wrong_bytes_are_refused_in_words(story):
    mira, slot = story.mira, "db-plan-after"
    announced = b"Limit  (cost=0.42..80.10 rows=20 width=24)"
    other = mira.give(slot, "plan.txt", announced, put=b"x" + announced[1:])
    assert is_told(mira, slot, other)
    mira.press("Remove plan.txt", within=f"slot-{slot}")

    empty = mira.give(slot, "plan.txt", b"")
    assert empty.status_code == 422
    assert "empty" in empty.json()["message"]
    page = mira.press("Upload", 422, within=f"slot-{slot}", files={"file": ("plan.txt", b"", "text/plain")})
    assert "empty" in page.one(id=f"slot-{slot}").text
    assert list(mira.open(WORK).one(id=f"slot-{slot}").all(class_="evidence-file")) == []

    mira.press("Keep as a file", within=f"slot-{slot}", text="See the screenshot in the chat.")
    assert "We could not read this automatically." in mira.findings(slot).text


def is_told(mira, slot, answer):
    """By the confirmation where the store compares the signed hash; by the worker where it does not (Ceph)."""
    mira.open(WORK)
    if answer.status_code == 422:
        return "The file has not arrived." in answer.json()["message"]
    return "What arrived is not the file that was announced" in mira.findings(slot).text


def a_claim_is_contradicted_by_its_evidence(story):
    mira = story.mira
    p99 = {side: measured(path)["p99"]["value"] for side, path in (("before", BEFORE), ("after", AFTER))}
    story.kept["p99"] = p99

    typed = {"db-p99-before": f"{p99['before']:.1f}", "db-p99-after": f"{p99['after'] * 0.3:.1f}"}
    mira.press("Save and compare", within="claims", **typed)

    assert verdicts(mira.page) == {
        "Database fix: p99 before": "agrees",
        "Database fix: p99 after": "contradicts",
    }
    row = ledger(mira.page)[0]
    assert "p99 after" in row.text
    assert f"{p99['after']:.4g}" in row.text


def measured(path):
    """What the learner's own command says of a file."""
    command = [sys.executable, "-m", "app.evidence", "check", str(path), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)[0]["facts"]


def ledger(page):
    return list(page.one("table", class_="ledger").one("tbody").all("tr"))


def verdicts(page):
    return {row.one("th").text: row.one("span", class_="tag").text for row in ledger(page)}


def the_learner_sends_with_a_reason_and_gets_one_receipt(story):
    mira = story.mira
    mira.follow("Continue to check and send")
    question = "Is the second run long enough?"
    refused = mira.press("Send to review", 422, question=question)
    assert refused.one("title").raw.startswith("Error:")
    assert refused.one("textarea", name="question").raw.strip() == question

    before = mira.page, mira.answer
    reason = "Only the database fix is done; I would like to know whether it counts."
    mira.press("Send to review", reason=reason, attested="yes")
    receipt, code = mira.answer.url, mira.page.one("h1").text
    assert receipt.endswith("/receipt")
    assert "sha256sum" in mira.page.text

    mira.page, mira.answer = before
    mira.press("Send to review", reason=reason, attested="yes")
    assert (mira.answer.url, mira.page.one("h1").text) == (receipt, code)
    story.portal.mail(mira.email, "Received: Three bottlenecks, version 1")
    story.kept["version"] = re.search(r"/versions/([0-9a-f-]{36})/", receipt).group(1)
