"""Each deploy with the traffic around it: a row a deploy, requests a second as an area, failed requests as ticks.

The rows share one clock that begins with each deploy, so that deploys hours apart lie below each other. A window runs
from ten seconds before a deploy to sixty after its end, as the checks count it; the deploy itself is the bar. Times
are as the files have them: clocks that differ are not put right here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.pictures.axes import Frame, columns
from app.pictures.drawable import Drawable
from app.pictures.drawing import Picture, Table, drawing, element, group, label, path, short
from app.pictures.letters import fitted
from app.pictures.numbers import at, count, items, positive, seconds, three
from app.pictures.runs import LATEST, Run, runs
from app.pictures.scales import Linear, time_step
from app.pictures.words import _, _n

WIDTH = 640
LEFT, RIGHT = 122.0, 516.0
TOP, ROW, AREA, TICK, FOOT = 8.0, 34.0, 22.0, 6.0, 40.0
BEFORE_S, AFTER_S = 10.0, 60.0
LONGEST_S = 4 * 3600.0
"""A deploy that takes longer is cut here: the other rows must stay readable."""
MOST_READ, MOST_ROWS, MOST_BINS, NAME_ROOM = 200, 12, 36, 80.0

Step = tuple[float, float]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deploy:
    """A deploy with its traffic; `requests` and `failed` are None where no log reaches into its window."""

    name: str
    start: float
    end: float
    requests: float | None
    failed: float | None
    steps: Sequence[Step] = ()
    failures: Sequence[Step] = ()
    width: float = 1.0

    @property
    def is_seen(self) -> bool:
        return self.requests is not None


def deploy_windows(file: Drawable, version: Sequence[Drawable]) -> Picture | None:
    """The deploys of a timeline among the request logs of its version; None without a deploy that has a time."""
    logs = runs(version)
    deploys = [_among(deploy, logs) for deploy in _deploys(file.facts)]
    if not deploys:
        return None
    worst = sorted(deploys, key=lambda one: (-(one.failed or 0.0), not one.is_seen, -one.start))[:MOST_ROWS]
    rows = sorted(worst, key=lambda one: one.start)
    said = _conclusion(deploys, [_among(deploy, logs) for deploy in _apart(deploys)], len(rows))
    return Picture(_svg(rows, said), said, _table(rows))


def _deploys(facts: Facts) -> list[Deploy]:
    found = [
        deploy for one in items(at(facts, "deploys"))[:MOST_READ] if (deploy := _deploy(one)) is not None
    ]
    return sorted(found, key=lambda one: one.start)


def _deploy(one: object) -> Deploy | None:
    times = [moment for key in ("start_s", "end_s") if (moment := positive(at(one, key))) is not None]
    if not times or max(times) > LATEST:
        return None
    names = (at(one, key) for key in ("version", "id", "start"))
    name = next((each for each in names if isinstance(each, str) and each.strip()), _("a deploy"))
    return Deploy(name, min(times), min(max(times), min(times) + LONGEST_S), None, None)


def _among(deploy: Deploy, logs: Sequence[Run]) -> Deploy:
    """By the logs of balancers together or by those of clients, whichever saw more fail: they tell of the same."""
    start, end = deploy.start - BEFORE_S, deploy.end + AFTER_S
    near = [log for log in logs if log.begin < end and log.end > start]
    sides = ([log for log in near if log.is_server], [log for log in near if not log.is_server])
    seen = [_with(deploy, side, start, end) for side in sides if side]
    return max(seen, key=lambda one: (one.failed or 0.0, one.requests or 0.0), default=deploy)


def _with(deploy: Deploy, logs: Sequence[Run], start: float, end: float) -> Deploy:
    touched = [
        (begin, n, failed, log.step)
        for log in logs
        for begin, n, failed in log.steps
        if begin < end and begin + log.step > start
    ]
    failures = [each for log in logs for each in _failed(log, start, end)]
    step = max(log.step for log in logs)
    width = step * max(1, math.ceil((end - start) / step / MOST_BINS))
    middles = [(begin + part / 2, n) for begin, n, _lost, part in touched if begin + part / 2 >= start]
    whole = [each for each in _binned(middles, start, width) if each[0] + width <= end]
    return replace(
        deploy,
        requests=sum(each[1] for each in touched),
        failed=sum(n for _begin, n in failures),
        steps=whole or _binned(middles, start, width),
        failures=_binned(failures, start, width),
        width=width,
    )


def _failed(log: Run, start: float, end: float) -> Iterable[Step]:
    """One by one where the log lists them all, a second early at most; else by the steps that reach inside."""
    if log.failures is not None:
        return [(moment, 1.0) for moment in log.failures if start - 1 < moment <= end]
    return [(begin, failed) for begin, _all, failed in log.steps if failed and start - log.step < begin < end]


def _binned(points: Iterable[Step], start: float, width: float) -> Sequence[Step]:
    """Sums by the begin of each bin, the first of which begins with the window."""
    found: dict[float, float] = {}
    for moment, n in points:
        begin = start + max(0.0, (moment - start) // width) * width
        found[begin] = found.get(begin, 0.0) + n
    return sorted(found.items())


def _svg(rows: Sequence[Deploy], said: str) -> str:
    span = max(one.end - one.start for one in rows) + AFTER_S
    across = Linear(-BEFORE_S, span, LEFT, RIGHT)
    most = max((n / one.width for one in rows for _begin, n in one.steps), default=0.0)
    bottom = TOP + ROW * len(rows)
    distance = time_step(span)
    marks = [
        (across.at(place * distance), seconds(place * distance)) for place in range(int(span / distance) + 1)
    ]
    parts = [
        columns(marks, Frame(LEFT, RIGHT, TOP, bottom)),
        *(_row(one, TOP + ROW * place, across, most) for place, one in enumerate(rows)),
        label(_axes(most), LEFT, bottom + FOOT, kind="axis-name"),
    ]
    return drawing(
        "deploys",
        WIDTH,
        round(bottom + FOOT + 8),
        name=_("Deploys and their traffic"),
        description=said,
        parts=parts,
    )


def _axes(most: float) -> str:
    if not most:
        return _("time since the deploy began; bar: the deploy")
    return _(
        "time since the deploy began; bar: the deploy; area: requests, up to %(rate)s a second",
        rate=three(most),
    )


def _row(one: Deploy, top: float, across: Linear, most: float) -> str:
    """The bar of the deploy, what was asked in its window, what failed, and both as numbers."""
    frame = Frame(LEFT, RIGHT, top + ROW - AREA - 4, top + ROW - 4)
    left, right = across.at(0.0), max(across.at(one.end - one.start), across.at(0.0) + 2)
    upper, lower = short(frame.top - TICK), short(frame.bottom)
    bar = group("after", path("curve", f"M{short(left)} {upper}H{short(right)}"))
    foot = element("path", class_="foot", d=f"M{short(LEFT)} {lower}H{short(RIGHT)}")
    ticks = "".join(
        f"M{short(across.at(begin + one.width / 2 - one.start))} {upper}V{short(frame.top + 2)}"
        for begin, _many in one.failures
    )
    name = label(_short(one.name), LEFT - 8, frame.bottom - 6, anchor="end", kind="layer")
    words = label(_told(one), RIGHT + 10, frame.bottom - 6, kind="value")
    return group("row", _area(one, frame, across, most), bar, foot, path("tick", ticks), name, words)


def _area(one: Deploy, frame: Frame, across: Linear, most: float) -> str:
    """A stepped area from zero; steps without a request leave a gap."""
    up = Linear(0, most or 1.0, frame.bottom, frame.top)
    steps, reached = "", None
    for begin, n in one.steps:
        left, right = (short(across.at(begin + part - one.start)) for part in (0.0, one.width))
        if reached is None or begin - reached > one.width / 2:
            steps += f"{'' if reached is None else f'V{short(frame.bottom)}z'}M{left} {short(frame.bottom)}"
        steps += f"V{short(up.at(n / one.width))}H{right}"
        reached = begin + one.width
    return group("rate", path("area", f"{steps}V{short(frame.bottom)}z")) if steps else ""


def _told(one: Deploy) -> str:
    if not one.is_seen:
        return _("no request log")
    failed = count(one.failed) if one.failed else "0"
    return _("%(failed)s of %(requests)s", failed=failed, requests=count(one.requests))


def _apart(deploys: Sequence[Deploy]) -> list[Deploy]:
    """Deploys whose windows overlap as one, so that no request counts twice in the sum."""
    found: list[Deploy] = []
    for one in deploys:
        last = found[-1] if found else None
        if last is not None and one.start - BEFORE_S <= last.end + AFTER_S:
            found[-1] = Deploy(last.name, last.start, max(last.end, one.end), None, None)
        else:
            found.append(Deploy(one.name, one.start, one.end, None, None))
    return found


def _conclusion(deploys: Sequence[Deploy], apart: Sequence[Deploy], drawn: int) -> str:
    """How many deploys, and what failed in their windows."""
    n = len(deploys)
    head = _n("%(count)s deploy", "%(count)s deploys", n, count=n)
    if n != drawn:
        head = _("%(count)s deploys, %(drawn)s of them drawn", count=n, drawn=drawn)
    seen = [one for one in deploys if one.is_seen]
    if not seen:
        return _(
            "%(deploys)s; no request log reaches into their windows as the times are written.", deploys=head
        )
    clauses = [_failures(head, seen, apart)]
    if len(seen) < n:
        clauses.append(_("%(count)s without a request log", count=n - len(seen)))
    return f"{'; '.join(clauses)}."


def _failures(head: str, seen: Sequence[Deploy], apart: Sequence[Deploy]) -> str:
    """What failed in all windows, and the worst of several deploys."""
    total = sum(one.failed or 0.0 for one in apart)
    requests = count(sum(one.requests or 0.0 for one in apart))
    if not total:
        return _(
            "%(deploys)s: none of %(requests)s requests in their windows failed",
            deploys=head,
            requests=requests,
        )
    known = {"deploys": head, "failed": count(total), "requests": requests}
    if len(seen) == 1:
        return _("%(deploys)s: %(failed)s of %(requests)s requests in their windows failed", **known)
    worst = max(seen, key=lambda one: one.failed or 0.0)
    return _(
        "%(deploys)s: %(failed)s of %(requests)s requests in their windows failed, %(most)s of them at %(name)s",
        most=count(worst.failed),
        name=_short(worst.name),
        **known,
    )


def _table(rows: Sequence[Deploy]) -> Table:
    body = [
        (
            _short(one.name),
            _moment(one.start),
            seconds(one.end - one.start),
            count(one.requests),
            count(one.failed),
        )
        for one in rows
    ]
    heads = (_("Deploy"), _("Began (UTC)"), _("Took"), _("requests").capitalize(), _("Failed"))
    return Table(heads, tuple(body))


def _moment(value: float) -> str:
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _short(name: str) -> str:
    return fitted(name, NAME_ROOM)
