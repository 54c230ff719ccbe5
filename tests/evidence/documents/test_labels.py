"""Labels on lines of one paragraph, as people write them without bullets."""

import pytest

from app.evidence import registry
from app.evidence.documents import markdown
from app.evidence.source import Source

SWITCH = """## {name}
Turns off: {name}
Users see: the page without {name}
Owner: team {name}
How to flip: `flask flags off {name}`
Safe state: off
Last tested: 2026-11-06
"""


@pytest.mark.parametrize(
    ("paragraph", "texts"),
    [
        ("Owner: Ada\nWindow: 30 days\n", [(1, "Owner: Ada"), (2, "Window: 30 days")]),
        (
            "**Owner:** Ada\n**Window:** 30 days,\nrolling\n",
            [(1, "Owner: Ada"), (2, "Window: 30 days, rolling")],
        ),
        ("It was late.\nOwner: Ada\n", [(1, "It was late. Owner: Ada")]),
        ("Note: it was\nlate in the day.\n", [(1, "Note: it was late in the day.")]),
        ("at 10:30 it\nbroke\n", [(1, "at 10:30 it broke")]),
    ],
)
def test_each_labelled_line_is_a_text(paragraph, texts):
    (section,) = markdown.read(paragraph).sections

    assert [(text.line, text.text) for text in section.texts] == texts


def inspected(folder, text):
    (folder / "page.md").write_text(text)
    return registry.inspect(Source("page.md", folder / "page.md"))


def test_a_registry_of_sections_with_labels_is_no_empty_registry(tmp_path):
    names = ("photos", "search", "import", "mails")

    report = inspected(
        tmp_path, "# Kill switches\n\n" + "\n".join(SWITCH.format(name=name) for name in names)
    )

    assert (report.kind, report.is_blocked, report.facts["count"]) == ("kill_switches", False, 4)
    assert {str(finding.severity) for finding in report.findings} <= {"note", "good"}


def test_an_objective_of_labels_has_its_window_and_its_source(tmp_path):
    report = inspected(
        tmp_path,
        "# SLOs\n\n## Availability\nIndicator: requests without 5xx, from the access log\n"
        "Target: 99.9 % over a rolling 30 days\nError budget: 43.2 minutes\nOwner: Ada\n"
        "When the budget is spent: releases stop\n",
    )

    assert {str(finding.severity) for finding in report.findings} == {"good"}


def test_roles_at_the_top_of_an_incident_template_are_roles(tmp_path):
    report = inspected(
        tmp_path,
        "# Incident: [title]\n\n**Severity:** S1 / S2\n**Incident commander:**\n**Comms:** (every 30 min)\n\n"
        "## How to declare\n`/incident S1`. Anybody may.\n\n## Updates for users\nNext update at …\n\n"
        "## Timeline (UTC)\n\n## Post-mortem\nCauses, actions (owner, due date)\n",
    )

    assert [finding.message for finding in report.findings if "who leads" in finding.message] == []
