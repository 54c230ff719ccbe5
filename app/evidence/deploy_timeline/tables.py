"""Timelines that are not JSON: a table (CSV or Markdown), a log of one deploy, what Argo CD, gh and kubectl print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.evidence import times
from app.evidence.deploy_timeline.deploys import DONE, LEFT, MOST, RUNNING, Deploy, state_of, version_in
from app.evidence.documents.wording import Subjects
from app.evidence.registers.rows import Row

FIELDS = Subjects({
    "committed": ("committed", "committed at", "commit time", "commit date", "merged at", "authored at"),
    "start": (
        "deploy start", "deploy begin", "deploy started",
        "start", "started", "started at", "start time", "begin", "begun", "began", "created at", "deploy started at",
        "run started at", "from", "start utc", "beginn", "begonnen", "gestartet",
        "startzeit", "start zeit", "anfang", "gestartet um", "von",
    ),
    "end": (
        "deploy end", "deploy ended", "deploy finished", "deploy done",
        "end", "ended", "ended at", "end time", "finished", "finished at", "completed at", "done at", "updated at",
        "deployed at", "to", "finish", "time end", "end utc", "ende", "beendet",
        "endzeit", "end zeit", "fertig", "fertig um", "beendet um", "bis",
    ),
    "took": ("duration", "took", "seconds", "elapsed", "duration s", "dauer", "dauer s"),
    "state": ("result", "status", "conclusion", "state", "outcome", "event", "phase", "step", "ergebnis", "ausgang",
              "zustand"),
    "version": (
        "version", "sha", "commit", "head sha", "image", "digest", "tag", "release", "revision", "ref", "build",
        "artifact", "git sha", "to version",
    ),
    "id": ("id", "run", "run id", "deploy", "deploy id", "number", "database id", "deployment", "run number", "no",
           "nummer", "nr", "lauf", "auslieferung"),
    "time": ("time", "date", "when", "timestamp", "at", "utc", "zeit", "zeitpunkt"),
})  # fmt: skip
_GH_HEAD = re.compile(
    r"STATUS {1,20}TITLE {1,200}WORKFLOW {1,100}BRANCH {1,100}EVENT {1,40}ID {1,40}ELAPSED {1,20}AGE"
)
_BEGINS = frozenset(("start", "started", "begin", "began", "begun", "deploying", "starting", "deploy start"))
_ENDS = frozenset(
    ("end", "ended", "finish", "finished", "done", "complete", "completed", "deployed", "deploy end")
)
_STAMP = re.compile(r"^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\]]{0,16})\]?[ \t]", re.ASCII)
_ARGO = re.compile(
    r"^(\d{1,9})[ \t]{1,20}(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [+-]\d{4}(?: [A-Z]{1,5})?)"
    r"[ \t]{1,20}(\S.{0,200})$",
    re.ASCII,
)
_HELM = re.compile(
    r"^(\d{1,6})[ \t]{1,40}(\w{3} \w{3} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4})[ \t]{1,40}([\w-]{1,30})[ \t]{1,40}"
    r"\S{1,120}[ \t]{1,40}(\S{1,80})", re.ASCII,
)  # fmt: skip
_OPENS = re.compile(
    r"\b(?:deploy(?:ment)?|rollout)\b.{0,80}\b(?:start(?:ed|s|ing)?|begins?|began)\b|^\W{0,4}deploying\b",
    re.I,
)
_CLOSES = re.compile(
    r"\b(?:deploy(?:ment|ed)?|rollout)\b.{0,80}\b(?:done|finished|completed?|succeeded|ok|failed|aborted)\b|\bdeployed\b",
    re.I,
)
_SPOKEN = re.compile(
    r"(?:(\d{1,3}) ?(?:h|hours?|std) ?)?(?:(\d{1,4}) ?(?:m|min|minutes?) ?)?(?:(\d{1,6}) ?(?:s|sec|seconds?))?",
    re.I | re.A,
)
_DAY, _TIME = (
    re.compile(r"[\d.-]{8,10}|\d{1,2}\.? \w{3,9}\.? \d{4}", re.ASCII),
    re.compile(r"\d{1,2}:\d\d(?::\d\d)?.{0,8}"),
)
_GH_SIGNS = {"✓": DONE, "X": "failed", "*": RUNNING, "-": LEFT}
_GH_ELAPSED = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?", re.ASCII)
_GH_ID = re.compile(r".* (\d{6,20})", re.ASCII)
_GAP = re.compile(" {2,}")
_REVISION = re.compile(r"^(\d{1,9})[ \t]{1,20}(\S.{0,400})$", re.ASCII)
_FAILED_LINE = re.compile(
    r"\b(?:deploy(?:ment)? failed|rollout failed|aborting|exit(?:ed)? (?:code|status) [1-9])", re.I
)
LOG_SHARE = 0.6
DAY = 86_400


def of_rows(rows: Sequence[Row]) -> list[Deploy]:
    """One deploy a row; rows that tell of begins and ends apart are put together."""
    if rows and all(row.get("time") or row.get("start") for row in rows) and _is_paired(rows):
        return list(_pairs(rows))[:MOST]
    return [found for row in rows if (found := _of_row(row)) is not None][:MOST]


def _of_row(row: Row) -> Deploy | None:
    end = times.first(_with_day(row, "end"))
    start = times.first(_with_day(row, "start")) or (None if end else times.first(row.get("time")))
    if start and end and end.at < start.at and _TIME.fullmatch(row.get("end").strip()):
        end = replace(end, at=end.at + DAY)
    if start is None and end is None:
        return None
    begun, ended = start.at if start else None, end.at if end else None
    took = _seconds(row.get("took"))
    if took is not None and begun is not None and ended is None:
        ended = begun + took
    elif took is not None and ended is not None and begun is None:
        begun = ended - took
    commit = times.first(row.get("committed"))
    number = row.get("id").lstrip("#")
    return Deploy(
        line=row.line,
        version=row.get("version").strip("` ")[:120],
        start=begun,
        end=ended,
        state=state_of(row.get("state")) if row.get("state") else DONE,
        id=row.get("id")[:60],
        number=int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else None,
        commit=commit.at if commit else None,
        has_zone=all(moment.has_zone for moment in (start, end) if moment),
    )


def _with_day(row: Row, field: str) -> str:
    """A clock with the day that stands in a column of its own."""
    text, day = row.get(field).strip(), row.get("time").strip()
    return f"{day} {text}" if _TIME.fullmatch(text) and _DAY.fullmatch(day) else text


def _seconds(text: str) -> float | None:
    """`41`, `41 s`, `0:41`, `1m 8s`; what is not plain is left out."""
    if (spoken := _SPOKEN.fullmatch(text.strip())) and any(spoken.groups()):
        hours, minutes, seconds = (int(part or 0) for part in spoken.groups())
        return hours * 3600.0 + minutes * 60 + seconds
    parts = text.strip().removesuffix("s").strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(
        part.replace(".", "", 1).isdigit() and part.isascii() and len(part) < 9 for part in parts
    ):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total


def _is_paired(rows: Sequence[Row]) -> bool:
    """Whether some rows say `start` and others `done`."""
    words = {row.get("state").strip().lower() for row in rows}
    return bool(words & _BEGINS) and not any(row.get("end") for row in rows)


def _pairs(rows: Sequence[Row]) -> Iterator[Deploy]:
    """A begin, and the next row of the same version (or of no version) that says how it ended."""
    begun: Deploy | None = None
    for row in rows:
        moment = times.first(row.get("time") or row.get("start"))
        if moment is None:
            continue
        word = row.get("state").strip().lower()
        version = row.get("version").strip("` ")[:120]
        if word in _BEGINS:
            if begun is not None:
                yield begun
            begun = Deploy(
                row.line, version, moment.at, None, RUNNING, row.get("id")[:60], has_zone=moment.has_zone
            )
        elif begun is not None and version in ("", begun.version):
            state = DONE if word in _ENDS else state_of(word, otherwise=RUNNING)
            if state != RUNNING:
                yield replace(begun, end=moment.at, state=state)
                begun = None
    if begun is not None:
        yield begun


def of_log(lines: Sequence[str]) -> list[Deploy]:
    """The log of one deploy, a moment at the start of nearly each line: from its first line to its last."""
    stamped = [
        (number, found[1], line) for number, line in enumerate(lines, 1) if (found := _STAMP.match(line))
    ]
    moments = [moment for _, stamp, _ in stamped if (moment := times.first(stamp)) is not None]
    if len(moments) < 2 or len(stamped) < LOG_SHARE * sum(1 for line in lines if line.strip()):
        return []
    if len(several := list(_several(stamped))) > 1:
        return several[:MOST]
    said = (version_in(line[len(stamp) :]) for _, stamp, line in stamped[:400])
    is_failed = any(_FAILED_LINE.search(line[:400]) for _, _, line in stamped[-20:])
    return [
        Deploy(
            line=stamped[0][0],
            version=next((version for version in said if version), ""),
            start=moments[0].at,
            end=moments[-1].at,
            state="failed" if is_failed else DONE,
            has_zone=moments[0].has_zone,
        )
    ]


def _several(stamped: Sequence[tuple[int, str, str]]) -> Iterator[Deploy]:
    """Deploys that follow each other in one log: a line that opens one, and the next that closes it."""
    begun: Deploy | None = None
    for number, stamp, line in stamped:
        said, moment = line[line.find(stamp) + len(stamp) :].strip("] \t")[:300], times.first(stamp)
        if moment is None:
            continue
        if _OPENS.search(said):
            begun = Deploy(number, version_in(said), moment.at, None, RUNNING, has_zone=moment.has_zone)
        elif begun is not None and _CLOSES.search(said):
            state = "failed" if _FAILED_LINE.search(said) else DONE
            yield replace(begun, end=moment.at, state=state, version=begun.version or version_in(said))
            begun = None


def of_helm(lines: Sequence[str]) -> list[Deploy]:
    """`helm history`: the moment is that of the begin; the end is not printed."""
    found: list[Deploy] = []
    if not any(line.split()[:4] == ["REVISION", "UPDATED", "STATUS", "CHART"] for line in lines[:20]):
        return found
    for number, line in enumerate(lines[:MOST], 1):
        hit = _HELM.match(line.strip()[:400])
        moment = times.first(hit[2]) if hit else None
        if hit and moment:
            state = state_of(hit[3].replace("-", " "))
            found.append(Deploy(number, hit[4], moment.at, None, state, hit[1], has_zone=moment.has_zone))
    return found


def of_argo(lines: Sequence[str]) -> list[Deploy]:
    """`argocd app history`: the moment is that of the end; the start is not printed."""
    found: list[Deploy] = []
    for number, line in enumerate(lines, 1):
        hit = _ARGO.match(line.strip()[:400])
        moment = times.first(hit[2]) if hit else None
        if hit and moment and len(found) < MOST:
            version = version_in(hit[3]) or hit[3].strip()[:120]
            found.append(Deploy(number, version, None, moment.at, DONE, hit[1], has_zone=moment.has_zone))
    return found


def of_gh(lines: Sequence[str]) -> list[Deploy]:
    """`gh run list`: on a terminal without any moment, through a pipe with the begin and how long it took."""
    piped = [
        (at, cells)
        for at, line in enumerate(lines[:MOST], 1)
        if len(cells := line.strip("\r").split("\t")) == 9
    ]
    if piped and all(cells[6].isdigit() for _, cells in piped):
        return [found for at, cells in piped if (found := _of_gh_row(at, cells)) is not None]
    if not any(_GH_HEAD.match(line) for line in lines[:20]):
        return []
    rows = ((at, _GAP.split(line.strip()[:800])) for at, line in enumerate(lines[:MOST], 1))
    return [found for at, cells in rows if (found := _of_gh_line(at, cells)) is not None]


def _of_gh_line(line: int, cells: Sequence[str]) -> Deploy | None:
    """Sign, title, workflow, branch, event and id, elapsed, age; a gap may be inside of a name."""
    if len(cells) < 5 or cells[0] not in _GH_SIGNS:
        return None
    number = _GH_ID.fullmatch(f" {cells[-3]}")
    if number is None:
        return None
    return Deploy(line, version_in(cells[1]), None, None, _GH_SIGNS[cells[0]], number[1])


def _of_gh_row(line: int, cells: Sequence[str]) -> Deploy | None:
    """Status, conclusion, title, workflow, branch, event, id, elapsed, begin."""
    begun, took = times.first(cells[8]), _GH_ELAPSED.fullmatch(cells[7].strip())
    if begun is None or took is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in took.groups())
    is_over = cells[0] == "completed"
    return Deploy(
        line=line,
        version=version_in(cells[2]),
        start=begun.at,
        end=begun.at + hours * 3600 + minutes * 60 + seconds if is_over else None,
        state=state_of(cells[1]) if is_over else RUNNING,
        id=cells[6],
        has_zone=begun.has_zone,
    )


def of_kubectl(lines: Sequence[str]) -> list[Deploy]:
    """`kubectl rollout history`: revisions and their causes, without any moment."""
    heads = [at for at, line in enumerate(lines[:200]) if line.split()[:2] == ["REVISION", "CHANGE-CAUSE"]]
    if not heads:
        return []
    rows = (
        (at, _REVISION.match(line.strip()[:500])) for at, line in enumerate(lines[heads[0] :], heads[0] + 1)
    )
    return [
        Deploy(at, version_in(hit[2]) or hit[2].replace("<none>", "")[:120], None, None, DONE, hit[1])
        for at, hit in rows
        if hit
    ][:MOST]
