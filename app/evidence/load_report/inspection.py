"""One report from bytes to findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.evidence.findings import Finding, Report, Unreadable, Where, phrase
from app.evidence.generic import NO_TEXT
from app.evidence.load_report import (
    ab,
    artillery,
    database,
    h2load,
    hdr,
    hey,
    history,
    httperf,
    jmeter_text,
    json_reports,
    json_tools,
    k6,
    k6_text,
    loadtest,
    prometheus,
    siege,
    table_summary,
    vegeta,
    wrk,
)
from app.evidence.load_report.checks import check
from app.evidence.load_report.documents import load
from app.evidence.load_report.facts import facts_of
from app.evidence.load_report.forms import form_of, looked_at, other_of
from app.evidence.load_report.rules import NOT_READ, OTHER_FORM, SEVERAL, TELLS_NOTHING
from app.evidence.load_report.summary import Summary
from app.evidence.load_report.tables import read_table
from app.evidence.load_report.text import Line, lines, runs
from app.evidence.source import Source

TEXTS: Mapping[str, tuple[Callable[[Sequence[Line]], Summary], str]] = {
    "wrk": (wrk.read, wrk.FIRST),
    "ab": (ab.read, ab.FIRST),
    "hey": (hey.read, hey.FIRST),
    "k6_text": (k6_text.read, k6_text.FIRST),
    "vegeta": (vegeta.read, vegeta.FIRST),
    "loadtest": (loadtest.read, loadtest.FIRST),
    "siege": (siege.read, siege.FIRST),
    "httperf": (httperf.read, httperf.FIRST),
    "h2load": (h2load.read, h2load.FIRST),
    "pgbench": (database.read_pgbench, database.PGBENCH),
    "sysbench": (database.read_sysbench, database.SYSBENCH),
    "artillery": (artillery.read, artillery.FIRST),
    "jmeter_text": (jmeter_text.read, jmeter_text.FIRST),
}
"""Each with the words a run begins with, for files that hold several."""
WHOLE: Mapping[str, Callable[[Sequence[Line]], Summary]] = {
    "vegeta_hist": vegeta.read_histogram,
    "hlog": hdr.read_log,
    "hgrm": hdr.read_table,
}
JSON: Mapping[str, Callable[[Any], Summary]] = {
    "k6_json": k6.read,
    "vegeta_json": vegeta.read_json,
    "oha": json_tools.oha,
    "autocannon": json_tools.autocannon,
    "artillery_json": artillery.read_json,
    "siege_json": siege.read_json,
    "bombardier": json_tools.bombardier,
    "gatling": json_reports.gatling,
    "jmeter_json": json_reports.jmeter,
    "locust_json": json_reports.locust,
    "prometheus": prometheus.read,
}


def report(source: Source) -> Report:
    """Facts and findings; raise `Unreadable` when the file is of a form that is not read, or holds no number."""
    text = looked_at(source)
    found = form_of(text)
    if found is None and (other := other_of(text, source.head_bytes)) is not None:
        is_text = source.encoding.startswith("utf-16") or b"\x00" not in source.head_bytes[:1024]
        raise Unreadable(
            OTHER_FORM.at(what=other.what, command=other.command)
            if is_text
            else NO_TEXT.at(what=other.what, instead=other.command)
        )
    if found is None:
        raise Unreadable(NOT_READ.at(reason=phrase("it is not the output of a load tool that is known here")))
    name, confidence = found
    summary, several = _summary(name, source)
    facts = facts_of(summary)
    if not facts["throughput"] and not facts["curve"] and not facts["max"] and facts["p99"] is None:
        raise Unreadable(TELLS_NOTHING.at(form=summary.form))
    return Report("load_report", confidence, facts, (*check(summary, facts), *several))


def _summary(name: str, source: Source) -> tuple[Summary, list[Finding]]:
    text = source.text()
    if name in JSON:
        return JSON[name](load(text)), []
    if name in ("table", "locust_history"):
        table = read_table("\n".join(row.text for row in lines(text)))
        if table is None:
            raise Unreadable(NOT_READ.at(reason=phrase("its table has no rows")))
        return (history.read if name == "locust_history" else table_summary.read)(table), []
    rows = lines(text)
    if name in WHOLE:
        return WHOLE[name](rows), []
    parts = _runs(rows) or [(name, rows)]
    name, last = parts[-1]
    several = [SEVERAL.at(Where(line=last[0].number), count=len(parts), line=last[0].number)]
    return TEXTS[name][0](last), several if len(parts) > 1 else []


def _runs(rows: Sequence[Line]) -> list[tuple[str, Sequence[Line]]]:
    """(form, lines) of every run in the file, of whatever tool: notes hold wrk before and hey after."""
    found = []
    for part in runs(rows, tuple(first for _, first in TEXTS.values())):
        form = form_of("\n".join(row.text for row in part))
        if form is not None and form[0] in TEXTS:
            found.append((form[0], part))
    return found
