"""Whether an alert is about what users feel or about what may be behind it (Google, SRE book, chapter 6)."""

from __future__ import annotations

import re

from app.evidence.alert_rules.promql import Node

_SYMPTOM = re.compile(
    r"error|5xx|[\"~]5|fail|latenc|duration|quantile|slow|availab|\bslo\b|slo:|burn|budget|timeout|probe_success|unavailable"
    r"|outage|response|apdex|\babsent\b|\bup\b|success|reject|dropped|stale|deliver|lost|p9\d|checkout|missing",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"cpu|memory|\bmem|disk|filesystem|inode|load(?:1|5|15|average|high)|swap|goroutine|thread|heap|\bgc\b|iowait|conntrack|temperature"
    r"|oom|fds?\b|file_?desc|saturat|usage|utili[sz]ation|restart|crashloop|queue_?(?:length|depth|size)|connections|replica"
    r"|nodehigh|highload|load_?average|node_load",
    re.IGNORECASE,
)


def about(name: str, expr: str, tree: Node | None) -> str:
    """symptom, cause or other. The name and the series decide; a cause that is named outweighs a word in the query."""
    series = (
        "" if tree is None else " ".join(one.name for one in tree.walk() if one.sort in ("vector", "matrix"))
    )
    told = f"{name[:200]} {series[:2000]}"
    if _CAUSE.search(told) and not re.search(
        r"error|latenc|duration|request|slo|burn|budget", told, re.IGNORECASE
    ):
        return "cause"
    if _SYMPTOM.search(told) or _SYMPTOM.search(expr[:2000]):
        return "symptom"
    return "cause" if _CAUSE.search(expr[:2000]) else "other"
