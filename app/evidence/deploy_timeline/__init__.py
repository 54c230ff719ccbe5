"""Timelines of deploys: a table or a list, GitHub's runs and deployments, Argo CD, Helm, kubectl, Grafana, one log.

Facts:
  format      csv | markdown | list | log | json | gh run list | github runs | github deployments | argo | argo text |
              helm | grafana | replica sets | kubectl
  deploys     [{id, version, start, end, start_s, end_s, state, commit_s, line}] in the order of time, at most 2,000;
              times in ISO 8601 (UTC) and in seconds since 1970, null where the file does not say; state is done,
              failed, running or left out (cancelled or skipped: no failure, and no deploy)
  count       different versions that ended well; completed: deploys that ended well
  first_time, last_time, has_zone     a time without a zone counts as UTC
  figures     {deploys, span_s, per_day, failed, ended, failure_rate, lead_s, restore_s} (DORA), null with fewer than
              two deploys; per_day is null below a day
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.deploy_timeline import between_rules, claims, rules
from app.evidence.findings import Finding, Report, phrase
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "deploy_timeline"
_JSON: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.9, ('"statuses_url"', '"sha"')),
    (0.9, ('"statuses"', '"sha"', '"environment"')),
    (0.9, ('"deployedAt"',)),
    (0.85, ('"head_sha"', '"run_started_at"')),
    (0.85, ('"databaseId"', '"updatedAt"')),
    (0.85, ('"createTime"', '"completeTime"', '"revision"')),
    (0.85, ('"headSha"', '"createdAt"')),
    (0.85, ('"headSha"', '"startedAt"')),
    (0.85, ('"commitOid"', '"createdAt"')),
    (0.85, ('"app_version"', '"updated"', '"chart"')),
    (0.85, ('"ReplicaSet"', '"deployment.kubernetes.io/revision"')),
)
_ANNOTATION = ('"timeEnd"', '"tags"')
_OWN = lazy(r'"(?:version|sha|commit|image|digest|tag|release)": ?"')
_MOMENT = lazy(r'"(?:start|started|started_at|startedAt|begin|start_time)": ?"?\d', re.ASCII)
_VERSION = lazy(r"\b(?:version|sha|commit|image|digest|tag|release|revision|build|ref)\b", re.IGNORECASE)
_START = lazy(
    r"\b(?:start|started|begin|began|created|deployed|time|timestamp|when|date|beginn|begonnen|gestartet|zeitpunkt"
    r"|startzeit|anfang)"
    r"(?:[ _-]?(?:at|time|utc))?\b",
    re.IGNORECASE,
)
_END = lazy(
    r"\b(?:end|ended|finish|finished|completed|done|event|step|ende|beendet|ergebnis|endzeit)"
    r"(?:[ _-]?(?:at|time|utc))?\b",
    re.IGNORECASE,
)
_DRILL = lazy(
    r"\b(?:p99|latency|hypothesis|owner|instance|milestone|users|expires|chart of)\b", re.IGNORECASE
)
_SIGNS = lazy(r"[,;|\t]")
_MONEY = lazy(r"\b(?:usd|eur|amount|cost|price|invoice)\b", re.IGNORECASE)
LONGEST_NAME = 4
"""Words in the name of a column: `Time until ready (s)`."""
_KUBECTL = lazy(r"^REVISION {1,20}CHANGE-CAUSE", re.MULTILINE)
_HELM = lazy(r"^REVISION[ \t]{1,40}UPDATED[ \t]{1,60}STATUS[ \t]{1,40}CHART", re.MULTILINE)
_EVENTS = lazy(r'"(?:event|action|type)" ?: ?"deploy(?:ment)?[ _-]?(?:start|begin|began)', re.IGNORECASE)
_YAML = lazy(
    r"^ {0,4}- {1,3}(?:version|sha|commit|image|tag|release|start|started)\b: {1,4}\S[^\n]{0,200}\n {2,8}\w{2,20}: ",
    re.MULTILINE,
)
_YAML_TIMES = lazy(
    r"^ {2,8}(?:- )?(?:end|ended|finished|done|completed)(?:_at)?: {1,4}[\"']?\d{4}-", re.MULTILINE | re.ASCII
)
_ARGO = lazy(r"^ID[ \t]{1,30}DATE[ \t]{1,60}REVISION", re.MULTILINE)
_GH = lazy(r"^STATUS {1,20}TITLE {1,200}WORKFLOW {1,100}BRANCH ", re.MULTILINE)
_GH_PIPED = lazy(
    r"^(?:completed|in_progress|queued)\t\w{0,20}\t[^\t\n]{0,300}(?:\t[^\t\n]{0,200}){3}\t\d{6,20}\t\w{1,20}\t\d{4}-\d\d-\d\dT",
    re.MULTILINE | re.ASCII,
)
_STAMPED = lazy(r"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\]]{0,16}\]?[ \t]", re.MULTILINE | re.ASCII)
_OF_DEPLOY = lazy(r"\b(?:deploy(?:ing|ed|ment)?|roll(?:ing|ed|out)|restart(?:ing|ed)?)\b", re.IGNORECASE)
_ITEM = lazy(
    r"^ {0,4}(?:[-*+]|\d{1,3}[.)]) {1,3}[*_`\[(]{0,3}(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d", re.M | re.A
)
_OF_LIST = lazy(r"\b(?:deploy|roll(?:ed|ing) out|releas|shipped|ausgeliefert)", re.IGNORECASE)
_DAY = lazy(r"\b\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = lazy(r"\d\d:\d\d", re.ASCII)
_DECIDED = lazy(r"\b(?:decision|decided|decided_at|entscheidung|entschieden)\b", re.IGNORECASE)
_REHEARSED = lazy(r"\s{0,9}#{1,3} [^\n]{0,80}\bdrill\b", re.IGNORECASE)
_ANSWERED = lazy(r"[,;|\t] ?[1-5]\d\d ?\r?$", re.MULTILINE | re.ASCII)
FEWEST_REQUESTS = 3
"""Rows that end in a status of HTTP are requests."""
_REQUEST = lazy(r"\b(?:GET|POST|PUT|DELETE|HEAD) /|HTTP/1|level=|\b(?:kill|docker)\b", re.ASCII)


def sniff(source: Source) -> float:
    """The keys of each tool; the columns of a header; a log whose lines tell of a deploy."""
    head = source.head[:32_000]
    if head.lstrip()[:1] in ("{", "["):
        return _of_json(head)
    if any(sign.search(head[:4000]) for sign in (_KUBECTL, _HELM, _ARGO, _GH, _GH_PIPED)):
        return 0.9
    if _REHEARSED.match(head) or (_DECIDED.search(head[:4000]) and "roll" in source.lowered[:4000]):
        return 0.0
    if _YAML.search(head[:4000]) and _YAML_TIMES.search(head):
        return 0.8
    return _of_header(head) or _of_log(head) or _of_list(head)


def _of_json(head: str) -> float:
    if '"jobs"' in head or '"steps"' in head:
        return 0.4 if '"headSha"' in head or '"head_sha"' in head else 0.0
    known = [sure for sure, keys in _JSON if all(key in head for key in keys)]
    if known:
        return max(known)
    if all(key in head for key in _ANNOTATION):
        return 0.85 if _OF_DEPLOY.search(head) or '"release' in head else 0.5
    if _EVENTS.search(head) and _OWN.search(head):
        return 0.8
    return 0.75 if _OWN.search(head) and _MOMENT.search(head) else 0.0


def _of_header(head: str) -> float:
    """The first line with columns that names a version and a moment; both a start and an end make it sure.

    Without a version they must be times of day: bills have a first and a last day as well.
    """
    lines = [line[:400].replace("_", " ") for line in head.split("\n", 40)[:40] if _has_columns(line[:400])]
    for line in lines:
        if (
            _DRILL.search(line)
            or _DECIDED.search(line)
            or _MONEY.search(line)
            or not _START.search(line)
            or any(sign.isdigit() for sign in line.replace("5xx", "")[:60])
        ):
            continue
        if _END.search(line):
            is_timed = _DAY.search(head) is not None and _CLOCK.search(head) is not None
            is_other = not is_timed or len(_ANSWERED.findall(head)) >= FEWEST_REQUESTS
            return 0.9 if _VERSION.search(line) else 0.35 * (not is_other)
        return 0.6 if _VERSION.search(line) else 0.0
    return 0.0


def _has_columns(line: str) -> bool:
    """Short names between signs, as a header has them and a sentence with commas has not."""
    cells = _SIGNS.split(line.strip().strip("|"))
    return len(cells) > 1 and all(len(cell.split()) <= LONGEST_NAME for cell in cells)


def _of_log(head: str) -> float:
    lines = [line for line in head[:8000].split("\n") if line.strip()]
    stamped = len(_STAMPED.findall(head[:8000]))
    if stamped < 2 or stamped < 0.6 * len(lines) or _REQUEST.search(head[:8000]):
        return 0.0
    return 0.6 if _OF_DEPLOY.search(head[:8000]) else 0.0


def _of_list(head: str) -> float:
    """Items that begin with a time, most of which tell of a deploy."""
    items = len(_ITEM.findall(head))
    if items < 2 or not _OF_LIST.search(head):
        return 0.0
    from app.evidence.deploy_timeline.lists import of_lines

    return 0.65 if 2 * len(of_lines(head.split("\n"))) >= items else 0.0


def inspect(source: Source) -> Report:
    """Read every deploy and say what does not hold together. Raises `Unreadable`."""
    from app.evidence.deploy_timeline.inspection import report

    return report(source)


def compare(before: Facts, after: Facts, metric: str) -> Iterator[Finding]:
    """The deploys from before a change held against those from after it."""
    from app.evidence.deploy_timeline.between import compare as held

    return held(before, after, metric)


def together(files: Sequence[FileFacts], said: Sequence[Claim]) -> Iterator[Finding]:
    """Every deploy held against the requests around it."""
    from app.evidence.deploy_timeline.between import together as held

    return held(files, said)


KIND = Kind(
    NAME,
    phrase("Timeline of deploys"),
    sniff,
    inspect,
    rules.SINGLE + between_rules.BETWEEN,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    compare=compare,
    measures_together=claims.TOGETHER,
    together=together,
)
