"""The evidence: logs, timelines and configuration as files, with the claims they are to show."""

import csv
from collections import Counter

from deploy.rehearsal.traffic import stamp, write

BEFORE, AFTER = 10, 60
"""Seconds around a deploy in which a failed request counts against it, as the checks count."""
KILL_BEFORE, KILL_AFTER = 15, 15


def chaos(folder, balancer, kills, rolls, traffic, configuration):
    """Kill log, requests around the kills by clients and balancer, and what is claimed of them."""
    begin, end = kills[0].at - KILL_BEFORE, min(kills[-1].back + KILL_AFTER, rolls[0].start)
    sent = traffic.between(begin, end)
    _pack(folder, configuration)
    _table(
        folder / "kills.csv",
        ("time", "instance", "signal", "back_at"),
        [(stamp(kill.at), kill.instance, kill.signal, stamp(kill.back)) for kill in kills],
    )
    write(folder / "requests.csv.gz", sent)
    _lines(folder / "haproxy.log", balancer.requests(begin, end))
    _claims(
        folder / "claims.toml",
        ("instances", 3, "count", "haproxy.cfg"),
        ("kills", len(kills), "count", "kills.csv"),
        ("requests", len(sent), "count", "requests.csv.gz"),
        ("user_errors", sum(one.is_seen for one in sent), "count", "requests.csv.gz"),
    )
    return _figures(f"{len(kills)} kills", sent)


def deploys(folder, balancer, rolls, back, traffic, configuration):
    """Timeline, the rollback's record, the traffic of all windows, and what is claimed of them."""
    over = back[1].end if back else rolls[-1].end
    begin, end = rolls[0].start - BEFORE - 5, over + AFTER + 5
    sent = traffic.between(begin, end)
    windows = [(roll.start - BEFORE, roll.end + AFTER) for roll in rolls]
    inside = [one for one in sent if any(first <= one.at <= last for first, last in windows)]
    _pack(folder, configuration)
    _table(
        folder / "timeline.csv",
        ("run", "version", "start", "end", "result"),
        [
            (number, roll.version, stamp(roll.start), stamp(roll.end), "success")
            for number, roll in enumerate(rolls, start=1)
        ],
    )
    write(folder / "traffic.csv.gz", sent)
    _lines(folder / "haproxy.log", balancer.requests(begin, end))
    claimed = [
        ("deploys", len(rolls), "count", "timeline.csv"),
        ("count_5xx", sum(one.is_seen for one in inside), "count", "traffic.csv.gz"),
        ("requests", len(inside), "count", "traffic.csv.gz"),
    ]
    if back:
        decided, roll = back
        _lines(folder / "rollback.md", _record(decided, roll, before=rolls[-1].version))
        claimed.append(("rollback_duration", round(roll.end - decided, 1), "s", "rollback.md"))
    _claims(folder / "claims.toml", *claimed)
    return _figures(f"{len(rolls)} deploys", inside)


def _figures(what, sent):
    """One line: how many requests, how they ended, how long they took."""
    ends = Counter(f"{one.method} {one.status or one.error}" for one in sent)
    seen = sum(one.is_seen for one in sent)
    times = sorted(one.latency_ms for one in sent if one.status)
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.99))
    bound = f", so fewer than {300 / len(sent):.2g} % (rule of three)" if not seen else ""
    listed = ", ".join(f"{end}: {count:,}" for end, count in sorted(ends.items()))
    line = f"{what}, {len(sent):,} requests, {seen} errors that a user saw{bound}; p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    return seen, f"{line}\n    {listed}"


def _record(decided, roll, *, before):
    yield "# Rollback drill"
    yield ""
    yield "| what | time or version |"
    yield "|---|---|"
    yield f"| decision | {stamp(decided)} |"
    yield f"| started | {stamp(roll.start)} |"
    yield f"| done, last instance ready | {stamp(roll.end)} |"
    yield f"| version before | {before} |"
    yield f"| version after | {roll.version} |"
    yield ""
    yield f"Duration: {roll.end - decided:.0f} s from the decision. The schema stays; the release before runs on it."


def _pack(folder, configuration):
    folder.mkdir(parents=True)
    (folder / "haproxy.cfg").write_text(configuration, "utf-8")


def _table(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def _lines(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _claims(path, *claims):
    """As `python -m app.evidence check --claims` reads them."""
    blocks = [
        f'[{metric.replace("_", "-")}]\nmetric = "{metric}"\nvalue = {value}\nunit = "{unit}"\nfile = "{file}"\n'
        for metric, value, unit, file in claims
    ]
    path.write_text("\n".join(blocks), "utf-8")
