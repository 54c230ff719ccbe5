"""Budgets in sentences: computed again where nothing else is meant, in pages of objectives, runbooks and rules."""

import pytest

from app.evidence import registry
from app.evidence.objectives import stated
from app.evidence.source import Source

FITS = (
    "99.9 % over 30 days is 43.2 minutes.",
    "An objective of 99.9% in a 30-day window leaves an error budget of 43 min 12 s.",
    "99.5 % availability over a rolling 28 day window allows 3 h 22 min of downtime",
    "99.9 % per month is about 43 minutes",
    "99.95% / 30d = 21m36s",
    "0.1 % of 30 days is 43.2 minutes",
    "That is 43.2 minutes per 30 days at 99.9 %.",
    "99.9% over 30 days → 43 min",
    "99,9 % über 30 Tage sind 43,2 Minuten",
    "99.9 % in a quarter means roughly 2 hours",
    "99 % of requests over seven days is 1.68 hours",
)
DIFFER = (
    ("99.9 % over 30 days is 4.32 minutes.", "43 min 12 s", "4.32 minutes"),
    ("99.9 % over 28 days is 43.2 minutes", "40 min 19 s", "43.2 minutes"),
    ("An SLO of 99.95 % per 30 days leaves 43 min", "21 min 36 s", "43 min"),
    ("99,5 % über 30 Tage ergeben 36 Minuten", "3 h 36 min", "36 Minuten"),
    ("You have 43.2 minutes per week at 99.9 %", "10 min 5 s", "43.2 minutes"),
)
NONE = (
    "99.9 % of requests over 30 days are faster than 2 s",
    "99.9 % over 30 days, measured every 5 minutes",
    "99.9 % of requests over 30 days is answered in 300 ms",
    "The budget is 43.2 minutes; on Monday 20 minutes were spent, 46 % of it.",
    "At 99.9 % the alert fires after 5 min over 1 hour.",
    "14.4 over 1 hour is 2 % of 30 days",
    "CPU over 90 % for 15 minutes is a ticket within 2 days",
    "50 % over 30 days is 3 days",
)


def said(text):
    return [(each.severity.value, each.numbers) for each in stated.findings([(1, text)])]


@pytest.mark.parametrize("text", FITS)
def test_what_follows_is_said_to_fit(text):
    assert [severity for severity, _ in said(text)] == ["good"]


@pytest.mark.parametrize(("text", "budget", "written"), DIFFER)
def test_what_does_not_follow_is_said_with_what_would(text, budget, written):
    ((severity, numbers),) = said(text)

    assert (severity, numbers["budget"], numbers["written"]) == ("warn", budget, written)


@pytest.mark.parametrize("text", NONE)
def test_other_sentences_with_the_same_signs_are_no_budget(text):
    assert said(text) == []


PAGES = {
    "slo.md": (
        "# SLOs\n\n| objective | indicator | target | window | owner | policy |\n|---|---|---|---|---|---|\n"
        "| answers | balancer log | 99.9 % | 30 days | Ada | freeze |\n\n"
    ),
    "runbook.md": "# Runbook: ErrorBudgetBurn\n\n## Diagnosis\n\nLook.\n\n## Mitigation\n\nRoll back.\n\n## Impact\n\n",
    "alerts.yaml": (
        "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n    annotations:\n      summary: >\n        "
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_sentence_is_computed_in_every_kind_of_page(tmp_path, name):
    path = tmp_path / name
    path.write_text(PAGES[name] + "99.9 % over 30 days is 4.32 minutes\n")

    found = [
        each for each in registry.inspect(Source(name, path)).findings if "in a sentence" in each.message
    ]

    assert [(each.code, each.where.line) for each in found] == [("A11", PAGES[name].count("\n") + 1)]


def test_a_budget_that_its_objective_was_read_with_is_said_once(tmp_path):
    path = tmp_path / "slo.md"
    path.write_text(
        "# SLO: answers\n\n- Indicator: balancer log\n- Target: 99.9 %\n- Window: 30 days\n- Owner: Ada\n"
        "- Error budget: 43.2 minutes\n- Policy: freeze\n\n99.9 % over 30 days is 43.2 minutes.\n"
    )

    found = registry.inspect(Source("slo.md", path)).findings

    assert len([each for each in found if each.severity.value == "good" and each.code == "A11"]) == 1


def test_long_lines_of_the_same_signs_take_no_time():
    texts = [(line, "99.9 % " + "over a the of 30 " * 40) for line in range(2_000)]

    assert list(stated.findings(texts)) == []
