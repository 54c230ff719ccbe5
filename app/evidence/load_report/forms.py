"""Which tool wrote a file, and in which form: judged by the first 64 KiB, by words that no other tool prints together.

`FORMS` is asked from top to bottom. `OTHERS` are forms that are recognised and not read; each has the command that
writes a form which is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from app.evidence.findings import phrase
from app.evidence.load_report.tables import JMETER, LOCUST, LOCUST_HISTORY, read_table
from app.evidence.source import HEAD_BYTES, Source

_RUNNING = re.compile(r"^Running \d{1,6}\w{0,3} test @ \S", re.MULTILINE)
_PROGRESS = ("running (", "Metrics for period to:", "Report @ ", "summary + ", "Starting standalone test @")
_ANY_RESULT = ("Thread Stats", "Requests/sec", "Latency", "requests in ")
SURE, FAIRLY, PERHAPS, QUOTED = 0.97, 0.85, 0.6, 0.4
SAMPLE = 40
EARLY = 8 * 1024
"""In notes and runbooks a tool's words may stand further down; then the file is perhaps something else."""


_LOCUST_PAGE = ("<title>Locust</title>", "<h1>Locust Test Report</h1>")
"""The first since version 2.17, the second before."""


class Form(NamedTuple):
    """`marks` must all be in the head; of `any_of` at least one. `is_json` looks only at heads that begin with JSON."""

    name: str
    marks: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    is_json: bool = False

    def fits(self, head: str) -> bool:
        return all(mark in head for mark in self.marks) and (
            not self.any_of or any(mark in head for mark in self.any_of)
        )


class Other(NamedTuple):
    """A form that is not read: what it is, and the command that writes one that is."""

    what: str
    command: str
    fits: Callable[[str, bytes], bool]


FORMS = (
    Form("k6_json", ('"http_req', '"metrics"'), ('"http_req_duration', '"http_reqs"'), is_json=True),
    Form("vegeta_json", ('"latencies"', '"status_codes"', '"requests"'), is_json=True),
    Form("oha", ('"latencyPercentiles"', '"summary"'), is_json=True),
    Form("autocannon", ('"latency"', '"p97_5"', '"requests"'), is_json=True),
    Form("bombardier", ('"numberOfConnections"', '"result"'), is_json=True),
    Form("gatling", ('"numberOfRequests"', '"percentiles1"'), is_json=True),
    Form("jmeter_json", ('"sampleCount"', '"pct1ResTime"'), is_json=True),
    Form("prometheus", ('"resultType"', '"status"'), ('"matrix"', '"vector"'), is_json=True),
    Form("locust_json", ('"num_requests"', '"response_times"'), is_json=True),
    Form("artillery_json", ('"aggregate"',), ('"http.response_time"', '"requestsCompleted"'), is_json=True),
    Form("siege_json", ('"transaction_rate"', '"longest_transaction"'), is_json=True),
    Form("wrk", ("Thread Stats", "+/- Stdev")),
    Form("loadtest", ("Target URL:", "Completed requests:", "Mean latency:")),
    Form("siege", ("Transaction rate:", "Longest transaction:", "Failed transactions:")),
    Form("httperf", ("Reply rate [replies/s]:", "Connection time [ms]:")),
    Form("h2load", ("time for request:", "finished in ", " succeeded, ")),
    Form("pgbench", ("transaction type:", "number of transactions actually processed:", "tps = ")),
    Form("sysbench", ("total number of events:", "Latency (ms):", "th percentile:")),
    Form("artillery", ("Summary report @",), ("http.response_time:", "Request latency:", "Response time (msec):")),
    Form("ab", (), ("This is ApacheBench", "Percentage of the requests served within a certain time")),
    Form("hey", ("Summary:", "Requests/sec:", "Slowest:", "resp wait:")),
    Form("jmeter_text", ("summary = ", " Avg: ", " Err: ")),
    Form("k6_text", (), ("http_req_duration..", "http_reqs....")),
    Form("vegeta", ("Latencies", "[total, attack", "Status Codes")),
    Form("vegeta_hist", ("Bucket", "Histogram", "[0s,")),
    Form("hlog", (), ("Interval_Compressed_Histogram", "[Histogram log format version")),
    Form("hgrm", ("Percentile", "TotalCount", "1/(1-Percentile)")),
)  # fmt: skip

OTHERS = (
    Other(
        phrase("vegeta's binary results"),
        phrase("`vegeta encode --to csv results.bin > results.csv`, or `vegeta report -type=json results.bin`"),
        lambda _, raw: raw[:1] != b"{" and b"Result" in raw[:60] and b"Attack" in raw[:300] and b"Latency" in raw[:300],
    ),
    Other(
        phrase("Gatling's binary simulation.log"),
        phrase("`js/stats.json` and `js/global_stats.json` of the report Gatling made"),
        lambda _, raw: raw[:1] == b"\x00" and raw[5:7] == b"3." and b"imulation" in raw[:400],
    ),
    Other(
        phrase("Gatling's stats.js, which is a script"),
        phrase("Upload `js/stats.json` or `js/global_stats.json`, which lie beside it."),
        lambda head, _: head.lstrip().startswith("var stats = {") and '"numberOfRequests"' in head,
    ),
    Other(
        phrase("autocannon's table"),
        phrase("Write the report as JSON: `autocannon -c 10 -d 60 -j URL > report.json`."),
        lambda head, _: "│ Latency │" in head and "│ Stat " in head,
    ),
    Other(
        phrase("what Gatling shows in the terminal"),
        phrase("Upload `js/stats.json` of its report's folder."),
        lambda head, _: "---- Global Information" in head and "> request count" in head,
    ),
    Other(
        phrase("bombardier's text"),
        "Write the report as JSON: `bombardier -l -o json -p result URL > report.json`.",
        lambda head, _: "Reqs/sec" in head and "HTTP codes:" in head and "Statistics" in head,
    ),
    Other(
        phrase("oha's text"),
        "Write the report as JSON: `oha -z 60s --output-format json URL > report.json` (`--json` in older versions).",
        lambda head, _: "Success rate:" in head and "Response time histogram:" in head and "Slowest:" in head,
    ),
    Other(
        phrase("what Locust shows in the terminal"),
        phrase("Let it write its tables: `locust --headless --csv PREFIX ...`, and upload `PREFIX_stats.csv`."),
        lambda head, _: "# reqs" in head and "# fails" in head and "Aggregated" in head,
    ),
    Other(
        phrase("Locust's HTML report"),
        phrase("Upload `PREFIX_stats.csv` of `locust --headless --csv PREFIX ...`, or what `locust --json` prints."),
        lambda head, _: _is_page(head) and any(mark in head for mark in _LOCUST_PAGE),
    ),
    Other(
        phrase("the page of JMeter's dashboard"),
        phrase("Upload `statistics.json`, which lies beside it, or the results themselves (`results.jtl`)."),
        lambda head, _: _is_page(head) and "<title>Apache JMeter Dashboard</title>" in head,
    ),
    Other(
        phrase("what Artillery prints while it runs, without its summary"),
        phrase(
            "Let it run to its end and save all it prints, with `Summary report`, or let it write the report: "
            "`artillery run --output report.json script.yml`."
        ),
        lambda head, _: ("Metrics for period to:" in head or ("Report @ " in head and "Scenarios launched:" in head))
        and "Summary report @" not in head,
    ),
    Other(
        phrase("what JMeter prints while it runs, without a line `summary =`"),
        phrase(
            "Let it run to its end and save all it prints, or upload its results: "
            "`jmeter -n -t plan.jmx -l results.jtl`."
        ),
        lambda head, _: ("summary + " in head or "Starting standalone test @" in head) and "summary = " not in head,
    ),
    Other(
        phrase("the start of a run of wrk or autocannon, without its results"),
        phrase("Let it run to its end and save all it prints; do not stop it with Ctrl-C."),
        lambda head, _: _RUNNING.search(head) is not None and not any(mark in head for mark in _ANY_RESULT),
    ),
    Other(
        phrase("the start of a k6 run, without its results"),
        phrase("Let it run to its end and save all it prints, with the lines `http_req_duration` and `http_reqs`."),
        lambda head, _: "execution: local" in head and "script:" in head and "http_req" not in head,
    ),
    Other(
        phrase("the start of a k6 run in the cloud, without its results"),
        phrase("Run it on your machine (`k6 run script.js`) with handleSummary, or download the run's results as CSV."),
        lambda head, _: "execution: cloud" in head and "http_req_duration" not in head,
    ),
)  # fmt: skip


def looked_at(source: Source) -> str:
    """The head; behind the end of a long file, where it is the progress of a tool that prints its results last."""
    head = source.head
    if source.is_gzip or source.size <= HEAD_BYTES or not any(mark in head for mark in _PROGRESS):
        return head
    with source.open_binary() as stream:
        stream.seek(source.size - EARLY)
        tail = stream.read().decode(source.encoding, errors="replace")
    return tail.replace("\r\n", "\n") + "\n" + head


def form_of(head: str) -> tuple[str, float] | None:
    """The form of a file that is read, and how sure that is."""
    head = head.replace("\u00a0", " ")
    json_start = _json_start(head)
    for form in FORMS:
        if form.is_json and json_start is None:
            continue
        if form.fits(head):
            return form.name, _sure(form, head, json_start)
    return None if json_start == 0 else _table_of(head)


def other_of(head: str, raw: bytes) -> Other | None:
    """A form that is recognised and not read."""
    return next((other for other in OTHERS if other.fits(head, raw)), None)


def _is_page(head: str) -> bool:
    return head.lstrip()[:9].lower() == "<!doctype"


def _sure(form: Form, head: str, json_start: int | None) -> float:
    if form.is_json:
        return SURE if json_start == 0 else QUOTED if _is_prose(head) else FAIRLY
    marks = form.marks or form.any_of
    return SURE if any(0 <= head.find(mark) < EARLY for mark in marks) and not _is_prose(head) else PERHAPS


def _is_prose(head: str) -> bool:
    """A Markdown document with headings that quotes a tool."""
    return sum(line.startswith("#") and line.lstrip("#")[:1] == " " for line in head.split("\n")[:400]) >= 3


def _json_start(head: str) -> int | None:
    """Where JSON begins: 0 at the start, another number after a few lines of a tool's progress, None nowhere."""
    if head.lstrip()[:1] in ("{", "["):
        return 0
    for mark in ("\n{", "\n["):
        at = head.find(mark, 0, 4096)
        if at >= 0:
            return at + 1
    return None


def _table_of(head: str) -> tuple[str, float] | None:
    lines = head.split("\n")
    table = read_table("\n".join(lines[:SAMPLE]))
    if table is None:
        return None
    names = set(table.header)
    if names >= LOCUST_HISTORY:
        return "locust_history", SURE
    if names >= LOCUST or names >= JMETER or table.tool == "ab":
        return "table", SURE
    return "table", FAIRLY if table.is_upright or len(table.levels) >= 2 else PERHAPS
