"""What a column, a field or a section of a document of objectives is about."""

from __future__ import annotations

import re

from app.evidence.documents import wording

FIELDS = wording.Subjects({
    "policy": (
        "policy", "budget policy", "error budget policy", "consequence", "consequences", "when the budget is spent",
        "when spent", "when it is spent", "if exhausted", "when exhausted", "budget spent", "on breach", "action",
        "wenn das budget verbraucht ist", "wenn es verbraucht ist", "wenn aufgebraucht",
        "wenn verbraucht", "folge", "folgen", "bei verbrauch",
        "what happens when the budget is spent", "budget exhausted", "when the budget is gone", "freeze",
    ),
    "budget": ("budget", "error budget", "allowed downtime", "downtime", "budget in minutes", "allowed errors",
               "fehlerbudget", "erlaubter ausfall"),
    "window": (
        "fenster", "zeitraum",
        "window", "period", "compliance period", "time window", "measurement window", "measurement period",
    ),
    "owner": (
        "verantwortlich", "zuständig",
        "owner", "owners", "owned by", "ownership", "team", "responsible", "contact", "who answers", "accountable",
    ),
    "source": (
        "quelle", "datenquelle", "gemessen mit", "gemessen an", "gemessen am", "gemessen bei", "messung",
        "source", "data source", "query", "promql", "measured by", "measured with", "measured at", "measured from",
        "measurement", "implementation", "how it is measured", "how we measure", "log",
    ),
    "measured": ("gemessen", "zuletzt", "letzter monat",
                 "measured", "current", "actual", "last month", "last quarter", "history", "achieved", "today"),
    "alerts": ("alert", "alerts", "alerting"),
    "indicator": (
        "indikator", "messgröße",
        "indicator", "sli", "service level indicator", "what is measured", "what we measure", "metric", "definition",
        "good events", "specification",
    ),
    "target": ("zielwert", "target", "objective", "slo", "goal", "slo target", "service level objective", "target slo"),
    "name": ("ziel", "dienst", "name", "slo name", "journey", "user journey", "service", "promise"),
})  # fmt: skip
_EXACT = {wording.normal(words): name for name, known in reversed(FIELDS.items()) for words in known}
_FOR_ALL = re.compile(
    r" (?:for|of) (?:all|both|each|every|every one|these)(?: (?:of )?(?:them|these|the|our)?"
    r"(?: ?(?:objectives?|slos?))?)?$"
    r"| (?:für|von|aller) (?:alle|beide|diese)?[nr]?(?: ?(?:ziele?n?|slos?))?$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:^|(?<=[\s;.]))([A-Za-zÄÖÜ][A-Za-zÄÖÜäöüß ]{1,40}?)\s?:\s")
_PAST = re.compile(
    r"\b(?:measured|was|were|last (?:month|quarter|year|week)|currently|so far|achieved|reached|burn"
    r"|gemessen|waren?|letzte[nrs]? (?:monat|quartal|jahr|woche)|derzeit|bisher|erreicht)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:of (?:all |the |valid )?\w{0,20} ?(?:requests?|calls?|jobs?|messages?|pages?|logins?|orders?|payments?"
    r"|probes?|queries|events?|minutes|time)|objective|target|SLO|available|availability|uptime|success|succeed|answered"
    r"|in under|within|faster|must|will|(?:der|aller) \w{3,30}|ziel|verfügbar\w{0,6}|innerhalb|beantwortet)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"\b[a-z]{2,40}_[a-z0-9_]{2,80}\b|\blogs?\b|\bprobes?\b|\bprober\b|load[ -]balancer|prometheus|cloudwatch|blackbox"
    r"|synthetic|datadog|grafana|haproxy|nginx|envoy|traefik|\bingress\b|new relic|\bsentry\b|\bapm\b|\b[ae]lb\b"
    r"|verteiler|protokoll|sonde|telemetry|\bmetrics?\b|\btraces?\b|analytics"
    r"|\b(?:measured|counted|recorded|seen) (?:at|by|from|with|on) (?:the |our |an? )?[a-z]",
    re.IGNORECASE,
)


def field(text: str) -> str | None:
    """The field a heading, a header cell or a label is about."""
    return wording.about(text, FIELDS) if len(text) <= 80 else None


def is_exactly(text: str) -> str | None:
    """The field when the words are one of its names and nothing else; a heading is mostly a name of its own."""
    return _EXACT.get(wording.normal(text))


def pairs(text: str) -> list[tuple[str, str]]:
    """`Target: 99.9 % Window: 30 days` as its fields, also where lines were joined."""
    text = text[:2000]
    found = [(match, name) for match in _LABEL.finditer(text) if (name := _labelled(match[1]))]
    ends = [*(match.start() for match, _ in found[1:]), len(text)][: len(found)]
    return [
        (name, text[match.end() : end].strip(" ;,")) for (match, name), end in zip(found, ends, strict=True)
    ]


def is_promise(text: str) -> bool:
    """Whether a sentence with a percentage says what is aimed at, not what was measured."""
    text = text[:2000]
    return _PROMISE.search(text) is not None and _PAST.search(text) is None


def names_source(text: str) -> bool:
    """Whether the words say what could be asked: a metric, a log, a probe."""
    return _SOURCE.search(text[:2000]) is not None


def _labelled(label: str) -> str | None:
    """The field of a label; of joined lines the label is the last words before the colon."""
    words = _FOR_ALL.sub("", label).split()
    for start in range(max(0, len(words) - 5), len(words)):
        if name := is_exactly(" ".join(words[start:])):
            return name
    return None
