"""The ledger's rows as pages show them, in the reader's language."""

from app.web.ledger_rows import shown_claim, shown_ledger
from app.words import speaking, spoken
from app.words.catalogue import catalogue

ROW = {
    "key": "p99", "label": "p99 before", "claimed": 85.1, "unit": "ms", "recomputed": 20.32, "low": 17.35, "high": 26.9,
    "tolerance": "the rounding of the claim", "verdict": "contradicts", "source": "after.csv: column latency_ms",
    "reason": "The file gives 20.32 ms (1,525 requests); the claim says 85.1 ms.",
}  # fmt: skip
UNCHECKED = ROW | {
    "recomputed": None, "low": None, "high": None, "tolerance": "", "verdict": "unchecked", "source": "",
    "reason": "notes.md does not show it. Add a column `p99_ms`.",
}  # fmt: skip


def in_german(row):
    with speaking(catalogue("de")):
        shown = shown_claim(row)
        return {name: spoken(getattr(shown, name)) for name in shown.__slots__}


def test_a_number_that_does_not_agree_says_why_and_how_far_it_may_be_off():
    told = in_german(ROW)

    assert told["recomputed"] == "20,32 ms"
    assert told["interval"] == "17,35 bis 26,9 ms"
    assert told["source"] == "after.csv: Spalte latency_ms"
    assert told["reason"] == "Die Datei ergibt 20,32 ms (1.525 Requests); die Angabe sagt 85,1 ms."
    assert told["tolerance"] == "die Rundung der Angabe"


def test_what_could_not_be_checked_says_what_would_show_it():
    told = in_german(UNCHECKED)

    assert (told["recomputed"], told["interval"], told["source"]) == ("", "", "")
    assert told["reason"] == "notes.md zeigt es nicht. Fügen Sie eine Spalte `p99_ms` hinzu."


def test_a_number_that_agrees_needs_no_reason():
    assert shown_claim(ROW | {"verdict": "agrees"}).reason == ""


def test_what_contradicts_comes_first_and_leads_to_its_file():
    rows = shown_ledger([UNCHECKED, ROW | {"verdict": "agrees"}, ROW], lambda source: f"#{source[:5]}")

    assert [row.verdict for row in rows] == ["contradicts", "cannot_be_checked", "agrees"]
    assert [row.source_url for row in rows] == ["#after", "", "#after"]


def test_a_claimed_number_has_its_thousands_apart_as_the_recomputed_one_has():
    counted = ROW | {"unit": "count", "claimed": 21100.0, "recomputed": 21000.0}

    assert [in_german(counted)[name] for name in ("claimed", "recomputed")] == ["21.100", "21.000"]
    assert [shown_claim(counted | {"claimed": value}).claimed for value in (1234.5, 0.0000021, 1e-20, 96.0)] == [
        "1,234.5", "0.0000021", "1e-20", "96",
    ]  # fmt: skip
