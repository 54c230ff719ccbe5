"""Kill logs: which instance was sent which signal when, and when it was back.

Read: a table (CSV or Markdown) or JSON with one entry a kill or one an event, `docker events` (text, JSON), events of
Kubernetes and its pods, the journal of systemd (text, JSON), lines of `key=value` (chaoskube, pumba), histories of
shells that have times, sessions in which `date` was run or whose prompts have a clock, lists that begin with the time.

Facts:
  format      csv | markdown | json | docker events | journal | kubernetes | logfmt | shell history | shell session
              | log | yaml, `…, JSON`
  kills       [{instance, signal, start, back, start_s, back_s, is_forced, line}] in the order of time, at most 2,000;
              times in ISO 8601 (UTC) and in seconds since 1970, null where the file does not say; signal is KILL, TERM
              and so on, or empty; is_forced: TERM was followed by KILL
  count       kills; instances: the names of those killed, each once
  first_time, last_time   null where the file has no year
  has_zone, has_year      a time without a zone counts as UTC; one without a year stands in the year 2000, in seconds
                          alone
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, Report, phrase
from app.evidence.kill_log import between_rules, claims, rules
from app.evidence.kind import Kind
from app.evidence.patterns import lazy
from app.evidence.source import Source

NAME = "kill_log"
LONGEST_CELL = 24
_KILLED = lazy(r'"(?:kill|die|oom|stop|Killing|Evicted)"')
_JSON: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.95, ('"Type":"container"', '"Action"', '"Actor"')),
    (0.9, ('"status"', '"Actor"', '"timeNano"')),
    (0.9, ('"involvedObject"', '"reason"')),
    (0.9, ('"regarding"', '"reason"')),
)
_PODS, _STATUS = lazy(r'"kind" ?: ?"Pod"'), ('"containerStatuses"', '"hostIP"', '"restartPolicy"')
_LOGFMT = lazy(
    r'^(?=[^\n]{0,2000}\b(?:time|ts)=)[^\n]{0,400}\bmsg="?(?i:kill(?:ing|ed)?|terminat(?:ing|ed)|stop(?:ping|ped)|delet(?:ing|ed))'
    r" (?i:pod|container|victim|instance)\b",
    re.M,
)
_JOURNAL = ('"__REALTIME_TIMESTAMP"', '"MESSAGE"')
_ENDED = lazy(r"SIG(?:KILL|TERM)|code=(?:killed|dumped)|\bStopp(?:ing|ed) ", re.ASCII)
_OWN = lazy(r'"(?:instance|container|pod|server|host|node|target|unit)" ?: ?"')
_SIGNAL = lazy(
    r'"(?:signal|sig|killed_at|killedAt|back|back_at|exit_code)" ?: ?|: ?"(?:SIG)?(?:KILL|TERM)"'
    r'|"(?:event|action)" ?: ?"(?:kill(?:ed)?|stop(?:ped)?|terminated?|deleted?|evict(?:ed)?)"'
)
_DOCKER = lazy(r"^\d{4}-\d\d-\d\dT[^ \n]{8,30} container (?:kill|die|oom|stop|start|restart) ", re.M | re.A)
_SYSTEMD = lazy(
    r"^[^\n]{15,120} systemd\[\d{1,8}\]: [^\n]{1,160}(?:SIG(?:KILL|TERM)|code=(?:killed|dumped)|Killing process)",
    re.M | re.A,
)
_EVENTS = lazy(
    r"^(?:NAMESPACE +)?(?:LAST SEEN|TIME|CREATED|FIRST SEEN)[^\n]{0,120}REASON[^\n]{1,60}OBJECT", re.M
)
_HISTORY = lazy(
    r"^(?:#\d{10}\n|: \d{10}:\d{1,9};|- cmd: |[ \d]{0,12}\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\n ]{0,20}\]? {1,4})"
    r"[^\n]{0,120}\b(?:p?kill|killall|docker (?:kill|stop|restart)|systemctl (?:kill|stop|restart)"
    r"|kubectl [^\n]{0,60}delete|terminate-instances)\b",
    re.M | re.A,
)
_OPENS = lazy(r"\s{0,200}(?:\{|\[\s{0,200}[\[{\]])")
_PROMPTS = "$#%❯➜>"
_SESSION = lazy(
    r"^(?:PS [^>\n]{1,80}>|[^$#%❯➜>\n]{0,80}[$#%❯➜>]) {1,3}[^\n]{0,120}?\b(?:p?kill|killall"
    r"|(?:docker|podman)(?:[ -]compose)? (?:kill|stop|restart)|systemctl (?:kill|stop|restart)"
    r"|kubectl [^\n]{0,60}delete|terminate-instances)\b",
    re.M | re.A,
)
_ASKED = lazy(r"[$#%❯➜>;&|(] ?(?:TZ=\S{1,30} )?(?:date|Get-Date)\b")
_SHOWN = lazy(r"^[^$#%❯➜>\n]{0,70}\d:\d\d:\d\d[^$#%❯➜>\n]{0,70}[$#%❯➜>] ", re.M | re.A)
_SAID = lazy(
    r"^\W{0,8}(?:\d{1,3}[.)] \W{0,3})?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d:\d\d[^\n]{0,60}"
    r"\b(?:kill(?:ing|ed)|stopp(?:ing|ed)|sending|sent)\b",
    re.M | re.A | re.I,
)
_TIMED = lazy(r"\W{0,8}(?:\d{1,3}[.)] \W{0,3})?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}:\d\d", re.A)
_ANY_DAY = date(2000, 1, 1)
_YAML = lazy(r"^ {0,4}- {1,3}(?:at|time|when|ts|instance|target|container|pod): {1,4}\S", re.M)
_KEYS = lazy(r"^ {1,8}(?:- )?(?:signal|back|ready|killed_at|back_at): {1,4}\S", re.M)
_TIME = lazy(r"\b(?:time(?:stamp)?|killed|when|at|ts|date|utc|stopped|epoch|zeit|zeitpunkt|uhrzeit)\b", re.I)
_WHO = lazy(
    r"\b(?:instance|container|pod|server|host|node|target|victim|vm|machine|unit|instanz|dienst)s?\b", re.I
)
_HOW = lazy(
    r"\b(?:signal|sig|kill(?:ed)?|back|returned|recovered|restarted|ready again|zurück|wieder da|bereit)\b",
    re.I,
)
_EVENT = lazy(r"\b(?:event|action|what)\b", re.I)
_RAN = lazy(r"\b(?:cmd|command|befehl|kommando)\b", re.I)
_COMMAND = lazy(
    r"[,;|\t] ?`?\$? ?(?:sudo )?(?:p?kill|killall|(?:docker|podman)(?:[ -]compose)? (?:kill|stop|restart)"
    r"|systemctl (?:kill|stop|restart)|kubectl [^\n]{0,60}delete po)",
    re.A,
)
_OTHER = lazy(
    r"\b(?:latency|duration|(?<!exit )status|path|url|method|hypothesis|owner|switch|flag|p99|severity|runbook|version"
    r"|command)\b",
    re.I,
)
_KILLS = lazy(r"\b(?:SIG)?(?:kill(?:ed)?|KILL|TERM|died?)\b")


def sniff(source: Source) -> float:
    """The keys of each tool; a header with a time, an instance and a signal or a return; lines that tell of kills."""
    head = source.head[:32_000]
    if is_json(head):
        return _of_json(head)
    if _DOCKER.search(head):
        return 0.95
    if "msg=" in head and _LOGFMT.search(head):
        return 0.9
    if _SYSTEMD.search(head):
        return 0.85
    if _EVENTS.search(head[:4000]) and "Killing" in head:
        return 0.9
    if _is_session(head) and _has_kills(head):
        return 0.85
    if _HISTORY.search(head):
        return 0.8
    if _SAID.search(head):
        return 0.75 if _tells(head) else _of_header(head)
    return 0.8 if _YAML.search(head) and _KEYS.search(head) else _of_header(head)


def _is_session(head: str) -> bool:
    """Commands that stop something, after prompts, and what tells the time: a command, or the prompts themselves."""
    if not any(map(head.__contains__, _PROMPTS)):
        return False
    return (_ASKED.search(head) or _SHOWN.search(head)) is not None and _SESSION.search(head) is not None


def is_json(text: str) -> bool:
    """An object or a list of such; not `[root@app-1 ~]#` nor a time in brackets."""
    return _OPENS.match(text) is not None


def _of_json(head: str) -> float:
    if _PODS.search(head) and any(key in head for key in _STATUS):
        return 0.9
    known = max((sure for sure, keys in _JSON if all(key in head for key in keys)), default=0.0)
    if known:
        return known if _KILLED.search(head) else 0.4
    if all(key in head for key in _JOURNAL):
        return 0.85 if _ENDED.search(head) else 0.4
    return 0.8 if _OWN.search(head) and _SIGNAL.search(head) else 0.0


def _has_kills(head: str) -> bool:
    """Whether a session times a kill of a named instance; one that does not is no kill log that can be read."""
    from app.evidence.kill_log.session import of_lines

    return bool(of_lines(head.split("\n"), _ANY_DAY))


def _tells(head: str) -> bool:
    """Whether most of the lines that begin with a time tell of an instance that is killed or comes back."""
    from app.evidence.kill_log.told import of_lines

    lines = head.split("\n")
    return 2 * len({event.line for event in of_lines(lines, _ANY_DAY)}) >= sum(map(_is_timed, lines))


def _is_timed(line: str) -> bool:
    return _TIMED.match(line[:80]) is not None


def _of_header(head: str) -> float:
    """A line of short cells that name a time, an instance, and how it was killed or that it came back."""
    lines = [line[:400] for line in head.split("\n", 40)[:40] if sum(map(line.count, ",;|\t")) >= 1]
    for line in lines:
        words = line.replace("_", " ")
        if _RAN.search(words) and _TIME.search(words) and _is_header(line) and _COMMAND.search(head):
            return 0.9
        if not _is_header(line) or _OTHER.search(words) or not (_TIME.search(words) and _WHO.search(words)):
            continue
        if _HOW.search(words):
            return 0.9
        return 0.75 if _EVENT.search(words) and _KILLS.search(head) else 0.35 * bool(_KILLS.search(head))
    return 0.0


def _is_header(line: str) -> bool:
    """Cells of a few words without a number; a sentence with commas is none."""
    cells = [cell.strip() for cell in line.strip("| ").split(max(",;|\t", key=line.count))]
    return all(len(cell) <= LONGEST_CELL and not any(sign.isdigit() for sign in cell) for cell in cells)


def inspect(source: Source) -> Report:
    """Read every kill and say what is missing. Raises `Unreadable` without any."""
    from app.evidence.kill_log.inspection import report

    return report(source)


def together(files: Sequence[FileFacts], said: Sequence[Claim]) -> Iterator[Finding]:
    """Every kill held against the requests around it."""
    from app.evidence.kill_log.between import together as held

    return held(files, said)


KIND = Kind(
    NAME,
    phrase("Kill log"),
    sniff,
    inspect,
    rules.SINGLE + between_rules.BETWEEN,
    measures=claims.MEASURES,
    why_not=claims.why_not,
    measures_together=claims.TOGETHER,
    together=together,
)
