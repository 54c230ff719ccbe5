"""Markdown as people write it: sections, tables, lists with boxes, code, links, all with their lines."""

from contextlib import suppress

import pytest

from app.evidence.documents import markdown
from app.evidence.documents.wording import Subjects, about, normal, placeholders
from tests.evidence import budget

RUNBOOK = """\
---
owner: payments
---
# High latency

The p99 of *checkout* is above
800 ms. See [the board](https://boards.acme.dev/d/1) or https://status.acme.dev/now.

## 1. Diagnosis

- [x] look at `up{job="api"}`
- [ ] ask the DBA

```sh
kubectl -n shop get pods
```

## Mitigation

| step | command | owner |
|---|:--|--|
| roll back | `deploy undo` | Ada |
| shed load | flag `search` off | |

### Escalate

Call the lead.
"""


def test_sections_have_their_words_and_lines():
    document = markdown.read(RUNBOOK)

    assert [
        (section.level, section.title, section.line, section.last_line) for section in document.sections
    ] == [
        (1, "High latency", 4, 8),
        (2, "1. Diagnosis", 9, 17),
        (2, "Mitigation", 18, 24),
        (3, "Escalate", 25, 28),
    ]
    assert (document.title, document.front) == ("High latency", "owner: payments")
    assert document.sections[0].texts[0].text.startswith("The p99 of checkout is above 800 ms.")


def test_boxes_code_and_links():
    first, diagnosis = markdown.read(RUNBOOK).sections[:2]

    assert [(link.line, link.address) for link in first.links] == [
        (6, "https://boards.acme.dev/d/1"),
        (6, "https://status.acme.dev/now"),
    ]
    assert [(text.text, text.is_item, text.is_done, text.line) for text in diagnosis.texts] == [
        ('look at up{job="api"}', True, True, 11),
        ("ask the DBA", True, False, 12),
    ]
    assert [(code.language, code.text, code.line) for code in diagnosis.code] == [
        ("sh", "kubectl -n shop get pods\n", 14)
    ]


def test_tables_keep_their_cells_and_the_line_of_each_row():
    document = markdown.read(RUNBOOK)
    (table,) = document.sections[2].tables

    assert table.header == ("step", "command", "owner")
    assert table.rows == (("roll back", "deploy undo", "Ada"), ("shed load", "flag search off", ""))
    assert table.row_lines == (22, 23)
    assert [section.title for section in document.below(document.sections[2])] == ["Mitigation", "Escalate"]


def test_html_and_scripts_are_words():
    (section,) = markdown.read("<script>alert(1)</script> and <b>bold</b>\n").sections

    assert section.texts[0].text == "<script>alert(1)</script> and <b>bold</b>"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("2. Diagnosis", "look"),
        ("How to triage this", "look"),
        ("Diagnostics", "look"),
        ("MITIGATION / FIX", "mend"),
        ("Background", None),
    ],
)
def test_headings_are_understood_by_what_they_are_about(text, subject):
    subjects = Subjects({"look": ("diagnosis", "triage", "diagnostic"), "mend": ("mitigation", "fix")})

    assert about(text, subjects) == subject


def test_words_are_compared_without_marks():
    assert normal("  3.2.  Wie *läuft* das?! ") == "wie lauft das"
    assert placeholders("Owner: TBD, page <your team> at https://example.com") == [
        "TBD",
        "<your team>",
        "example.com",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 9_999,
        ("[ ]" * 133 + "\n") * 74,
        ("[" * 60 + "\n") * 8_000,
        ("http://a.b " * 6 + "\n") * 7_000,
        ("*a_" * 20 + "\n") * 2_490,
        ("*a_" * 20 + "\n") * 8_000,
        ("*a **b " * 2_000 + "\n") * 10,
        "> " * 5_000 + "x",
        "|a" * 8_000 + "\n" + "|-" * 8_000 + "\n",
        "- " * 9_000 + "x",
        "`" * 15_000 + "\n",
        ("![" * 4_900 + "\n") * 2,
        "<" * 19_000,
    ],
)
def test_hostile_text_is_read_or_refused_in_two_seconds(text):
    with budget.seconds(2), suppress(markdown.TooLong):
        markdown.read(text)


@pytest.mark.parametrize("text", ["word " * 500_000, "- word\n" * 20_001])
def test_more_than_a_person_writes_is_refused(text):
    with pytest.raises(markdown.TooLong, match=r"longer than 500,000 characters or 20,000 lines"):
        markdown.read(text)
