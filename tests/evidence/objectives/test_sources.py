"""What an indicator is measured with may stand in its own sentence."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

PAGE = """# Service level objectives: Payments

## Availability

- **Indicator:** share of POST /payments answered without 5xx{source}
- **Target:** 99.9 %
- **Window:** 30 days rolling
- **Owner:** Ada Weber
- **When the budget is spent:** releases stop until the next window
"""


@pytest.mark.parametrize(
    ("source", "is_asked_for"),
    [
        (", measured at the balancer", False),
        (", counted by the client", False),
        ("", True),
        (", measured in percent", True),
    ],
)
def test_where_it_is_measured_is_a_source(tmp_path, source, is_asked_for):
    (tmp_path / "slo.md").write_text(PAGE.format(source=source))

    report = registry.inspect(Source("slo.md", tmp_path / "slo.md"))

    assert any("is measured with" in finding.message for finding in report.findings) is is_asked_for


PROSE = """# Service level objectives: image resizer

{source}

## Objectives

1. 99.9% of requests in any rolling 28-day window return a non-5xx response.
2. 95% of requests in any rolling 28-day window complete in under 400ms.

## Rules

{policy} {owner}
"""
SAID = {
    "source": "We measure at the client's side of the ALB, with its metrics in CloudWatch.",
    "policy": "If the budget is exhausted we freeze features.",
    "owner": "The media team owns these objectives.",
}


@pytest.mark.parametrize(
    ("left_out", "asked"),
    [
        ("", ()),
        ("source", ("is measured with",)),
        ("policy", ("lacks what happens",)),
        ("owner", ("lacks an owner",)),
    ],
)
def test_sentences_speak_for_every_objective_of_the_page(tmp_path, left_out, asked):
    (tmp_path / "slo.md").write_text(PROSE.format(**{**SAID, **({left_out: ""} if left_out else {})}))

    report = registry.inspect(Source("slo.md", tmp_path / "slo.md"))

    warned = [str(finding.message) for finding in report.findings if finding.severity == "warn"]
    assert len(warned) == 2 * len(asked)
    assert all(words in message for message in warned for words in asked)


@pytest.mark.parametrize("place", ["HAProxy", "nginx", "the Envoy sidecar", "the ingress"])
def test_a_column_of_indicators_may_name_the_proxy(tmp_path, place):
    (tmp_path / "slo.md").write_text(
        "# SLOs\n\n| SLO | SLI | Target | Window | Owner | Policy |\n|---|---|---|---|---|---|\n"
        f"| Availability | non-5xx / all responses at {place} | 99.5 % | 28 days | Aiko | freeze |\n"
    )

    report = registry.inspect(Source("slo.md", tmp_path / "slo.md"))

    assert [finding.code for finding in report.findings if finding.severity == "warn"] == []
