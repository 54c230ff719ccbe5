"""Runbooks as people write them: what a person woken at night would miss, and pages that repeat each other."""

import tomllib
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.alert_rules.runbooks import matched
from app.evidence.claims import FileFacts
from app.evidence.runbook import KIND, between, rules
from app.evidence.source import Source
from tests.evidence import budget

SAMPLES = Path(registry.__file__).parent / "runbook" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text())
OPERATOR = """\
---
title: {name}
---

# {name}

## Meaning

All members of the group that is watched are gone from the targets.

## Impact

Nothing of what they do is done until they are back.

## Diagnosis

Read the state of the targets, and ask one of them yourself.

## Mitigation

Treat it like any other failing deployment.
"""


def read(name):
    return registry.inspect(Source(name, SAMPLES / name))


def written(folder, text, name="page.md"):
    path = folder / name
    path.write_text(text)
    return registry.inspect(Source(name, path), "runbook")


def file(name, facts):
    return FileFacts("runbooks", name, "runbook", name, facts)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_exactly_these_codes(name):
    report = read(name)

    assert sorted({finding.code for finding in report.findings}) == EXPECTED[name]["codes"]
    assert report.kind == EXPECTED[name]["kind"]


def test_every_sample_is_listed():
    assert {path.name for path in SAMPLES.iterdir()} - {"samples.toml"} == set(EXPECTED)


def test_every_code_of_one_file_has_a_sample():
    shown = {code for entry in EXPECTED.values() for code in entry["codes"]}

    assert {rule.code for rule in rules.SINGLE} == shown


def test_the_facts_say_what_the_page_answers_and_holds():
    facts = read("clean-payments.md").facts

    assert facts["title"] == "PaymentsBudgetBurnsFast"
    assert facts["alerts"] == ["PaymentsBudgetBurnsFast"]
    assert facts["subjects"] == ["diagnosis", "escalation", "impact", "meaning", "mitigation", "verification"]
    assert (facts["has_commands"], facts["commands"], facts["placeholders"]) == (True, 5, [])
    assert "payments.queue_and_confirm_later" not in facts["sections"]


def test_a_page_with_two_alerts_is_read_as_two_runbooks(tmp_path):
    text = (SAMPLES / "clean-two-alerts.md").read_text()

    facts = read("clean-two-alerts.md").facts
    torn = written(tmp_path, text.replace("Mitigation: `shopctl workers", "So: `shopctl workers"))

    assert facts["alerts"] == ["CheckoutErrors", "QueueGrowsOld"]
    assert [(found.code, found.where.line) for found in torn.findings] == [("N2", 12)]


def test_nothing_to_do_blocks_and_one_missing_part_does_not():
    nothing, part = read("N2-trigger-nothing-to-do.md"), read("N2-trigger-no-mitigation.md")

    assert (nothing.is_blocked, part.is_blocked) == (True, False)


def test_the_headings_of_public_runbooks_are_known(tmp_path):
    report = written(tmp_path, OPERATOR.format(name="TargetsAreGone"))

    assert "N2" not in {finding.code for finding in report.findings}
    assert not report.is_blocked


def test_parameters_of_commands_are_no_placeholders():
    assert read("N5-trigger-to-be-filled-in.md").facts["placeholders"] == ["TODO", "<your team>"]


def test_pages_that_differ_only_in_the_name_of_the_alert_are_named(tmp_path):
    first, second = (
        written(tmp_path, OPERATOR.format(name=name)).facts for name in ("OneIsGone", "TwoAreGone")
    )
    other = read("clean-payments.md").facts

    found = list(between.together([file("one.md", first), file("two.md", second), file("x.md", other)], []))

    assert [(finding.code, finding.message.split(" say ")[0]) for finding in found] == [
        ("N5", "one.md and two.md")
    ]


def test_commands_about_nothing_in_the_package_are_a_note_for_the_reviewer():
    page = file("payments.md", read("clean-payments.md").facts)
    switches = FileFacts("switches", "s", "kill_switches", "s", {"entries": [{"name": "payments.live"}]})
    foreign = FileFacts("switches", "s", "kill_switches", "s", {"entries": [{"name": "thumbnails"}]})

    assert list(between.together([page, switches], [])) == []
    assert list(between.together([page], [])) == []
    assert [(found.code, found.audience) for found in between.together([page, foreign], [])] == [
        ("N6", "reviewer")
    ]


def test_a_switch_may_be_flipped_by_a_plain_word(tmp_path):
    text = OPERATOR.format(name="OneIsGone").replace("\n\n", "\n\n`shopctl.sh off thumbnails`\n\n", 1)
    page = file("one.md", written(tmp_path, text).facts)
    switches = FileFacts("switches", "s", "kill_switches", "s", {"entries": [{"name": "thumbnails"}]})

    assert page.facts["names"] == ["shopctl.sh"]
    assert list(between.together([page, switches], [])) == []


@pytest.mark.parametrize(
    "line", ["# a", "**A: b** ", "- Alert: " + "Aa" * 90, "`a b` " * 40, "| a | b |", "> " * 200]
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(tmp_path, line):
    path = tmp_path / "page.md"

    for size in budget.SIZES:
        path.write_text((line + "\n") * (size // (len(line) + 1)))
        with budget.seconds(2):
            report = registry.inspect(Source("page.md", path), KIND.name)

        assert "G11" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize("title", ["Runbook", "Runbooks", "Playbooks of the shop", "The run book"])
def test_a_page_that_is_called_one_is_one(tmp_path, title):
    page = tmp_path / "page.md"
    page.write_text(f"# {title}\n\n## ErrorBudgetFast\nUsers see errors. Roll back the last deploy.\n")

    assert KIND.sniff(Source("page.md", page)) >= 0.75


def test_one_heading_may_be_about_two_things(tmp_path):
    page = written(
        tmp_path,
        "# QueueNotDraining\n\n## Impact and escalation\n\nOrders wait. Call Ada.\n\n"
        "## First five minutes (diagnosis)\n\n"
        "1. `rq info` shows the oldest job.\n2. `systemctl restart worker` when it stands still, until it recovers.\n",
    )

    assert not [finding.message for finding in page.findings if finding.code == "N2"]


def test_a_page_says_the_same_in_asciidoc():
    assert read("clean-payments.adoc").facts == read("clean-payments.md").facts


def test_blocks_lists_and_links_of_asciidoc_are_what_they_are_in_markdown():
    facts = read("clean-blocks.adoc").facts

    assert facts["subjects"] == ["diagnosis", "escalation", "meaning", "mitigation", "verification"]
    assert (facts["commands"], facts["alerts"]) == (7, ["PaymentsErrors"])
    assert facts["links"][1:] == [
        "https://console.shop.internal/d/payments",
        "https://status.provider.internal",
        "db.adoc#pool",
    ]


def test_an_alert_finds_its_page_in_asciidoc():
    rules_file = FileFacts(
        "alerts", "a.yaml", "alert_rules", "a",
        {"alerts": [{"name": "Slow", "runbook": "runbooks/payments.adoc#slow"},
                    {"name": "PaymentsErrors", "runbook": ""}]},
    )  # fmt: skip
    pages = [
        file("runbooks/payments.adoc", {"title": "All"}),
        file("x.adoc", read("clean-blocks.adoc").facts),
    ]

    assert matched([rules_file, *pages]).inside == ("Slow", "PaymentsErrors")
