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
