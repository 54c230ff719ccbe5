"""Broken and hostile input for the readers of plans: mutations of true samples, and megabytes of one thing."""

import json

from hypothesis import strategies as st

from app.evidence import output, registry
from app.evidence.source import Source

MEGABYTE = 1_000_000
STRAY = ("", "9" * 30, "-1", "\n", "'", '"', "null", "(", "->", "\x00", "[]", "{}", " (cost=", "loops=0", "é", "\t",
         "NaN", "1e400", "true", "|", "+\n", "\u00a0", "\\n", "\\", "{", "}", "&a ", "*a", "- ", "<", "</", "`--",
         "|--", "*** 1. row ***", "-> ", "Select #2 (x)", "rows=1e999", ":")  # fmt: skip


def filled(piece):
    """A megabyte of it."""
    return (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]


@st.composite
def damaged(draw, texts):
    """A true text after a few cuts, swaps, doublings and stray characters."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 80)))
        text = text[:start] + draw(st.sampled_from((*STRAY, text[start:end] * 2))) + text[end:]
    return text


def reported(path, kind):
    """The report as it would be stored; never a crash of ours."""
    report = registry.inspect(Source(path.name, path), kind)
    assert "G11" not in {finding.code for finding in report.findings}
    assert report.facts.get("plans") or report.is_blocked
    json.dumps(report.facts, allow_nan=False)
    return output.as_json([(path.name, report)])
