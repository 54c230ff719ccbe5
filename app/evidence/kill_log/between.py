"""What lies between kills and the requests around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from app.evidence.claims import Claim, FileFacts
from app.evidence.deploy_timeline.traffic import Count
from app.evidence.findings import Finding, few, phrase
from app.evidence.kill_log import between_rules as rules
from app.evidence.kill_log import survivors, traffic
from app.evidence.kill_log.alignment import Aligned, Death, align, deaths, is_inside
from app.evidence.kill_log.names import Aliases, aliases
from app.evidence.kill_log.windows import Failure, Window, by_kill, windows, worse
from app.evidence.measured import wilson
from app.evidence.times import iso, lasting
from app.evidence.units import plainly, shown

LEAST_REQUESTS = 300
LEAST_MISSED = 10.0
HALF = 0.5
SLOW_MS, TWICE = 100.0, 2.0
SLOWER, FEWEST_STEPS, LONGEST_STEP_S = 5.0, 5, 10.0
MOST_SAID = 10
CLOSE_S = 1.0
REQUESTS = ("latency_table", "load_report")
GO_TOOLS = frozenset(("hey", "k6", "vegeta"))
READS = frozenset(("GET", "HEAD", "OPTIONS"))
HEALTH = ("health", "ready", "live", "ping", "status", "up")


def together(files: Sequence[FileFacts], _claims: Sequence[Claim]) -> Iterator[Finding]:
    """Everything that kill logs say together with the request logs of their version."""
    also = aliases(files)
    logs = traffic.runs(files)
    for file in files:
        if file.kind != "kill_log" or not file.facts.get("kills"):
            continue
        if logs:
            yield from _of_log(file, logs, also)
        elif any(other.kind in REQUESTS and other.facts for other in files):
            yield rules.NO_TIMES.at(file=file.name)
        yield from _clients(files, logs)


def _of_log(file: FileFacts, runs: Sequence[traffic.Run], also: Aliases) -> Iterator[Finding]:
    kills = deaths(file.facts, runs)
    logs = [align(run, kills, also) for run in runs]
    found = windows(kills, logs, also)
    yield from _clocks(logs, kills)
    yield from _places(logs, kills)
    if not found:
        return
    yield from _errors(logs, found)
    client = min(logs, key=lambda log: log.run.log.is_server).run
    yield from _traffic(client, found)
    yield from survivors.seen(logs, found, also)
    yield from _slow(client, found)


def _clocks(logs: Sequence[Aligned], kills: Sequence[Death]) -> Iterator[Finding]:
    """How each log's clock stands to the kills', where a silence shows it."""
    first = next((kill.name for kill in kills if kill.signal == "KILL"), phrase("the instance"))
    for log in logs:
        if log.by:
            offset = lasting(abs(log.by))
            ahead, when = (
                (phrase("{offset} ahead of", offset=offset), phrase("later"))
                if log.by < 0
                else (phrase("{offset} behind", offset=offset), phrase("earlier"))
            )
            yield rules.MOVED.at(file=log.run.log.name, ahead=ahead, name=first, when=when)
        elif log.is_seen:
            yield rules.ALIGNED.at(file=log.run.log.name, seconds=f"{log.run.log.step + 1:g}")


def _places(logs: Sequence[Aligned], kills: Sequence[Death]) -> Iterator[Finding]:
    first, last = (
        iso(moment)
        for moment in (min(log.run.log.begin for log in logs), max(log.run.log.end for log in logs))
    )
    outside = [kill for kill in kills if not any(is_inside(log.run, kill.at) for log in logs)]
    if not outside:
        yield rules.INSIDE.at(count=len(kills), first=first, last=last)
        return
    kills_outside = few([f"{kill.name or 'one'} at {iso(kill.at)}" for kill in outside])
    yield rules.OUTSIDE.at(
        count=len(outside), total=len(kills), kills=kills_outside, first=first, last=last, hint=_hint(logs)
    )


def _hint(logs: Sequence[Aligned]) -> str:
    """What would bring the kills into a log, where it would be the same for each."""
    slips = list(dict.fromkeys(slip for log in logs for slip in log.slips))
    if not slips:
        return ""
    if len(slips) > 1:
        return phrase(
            "; {count} time zones would bring the kills inside, and nothing tells which", count=len(slips)
        )
    way = phrase("later") if slips[0] > 0 else phrase("earlier")
    return phrase("; {slips} {way} the kills would lie inside", slips=lasting(abs(slips[0])), way=way)


def _errors(logs: Sequence[Aligned], found: Sequence[Window]) -> Iterator[Finding]:
    """What failed in each window, and elsewhere; counted once, by the log that saw more."""
    runs, whole = worse(logs, [window.span for window in found])
    told, others = by_kill(runs, found)
    for window, failed in [pair for pair in told if pair[1]][:MOST_SAID]:
        yield _broken(window, failed)
    inside = sum(one.n for _, failed in told for one in failed)
    if not inside:
        gone = (
            phrase("; {aborted} given up by their clients are counted apart", aborted=whole.aborted)
            if whole.aborted
            else ""
        )
        yield rules.ALL_WELL.at(windows=len(found), requests=f"{whole.requests:,}", aborted=gone)
    if others:
        yield rules.ELSEWHERE.at(count=sum(one.n for one in others), first=iso(others[0].at))
    yield _bound(whole, inside, sum(_requests(run) for run in runs), sum(run.errors for run in runs))


def _broken(window: Window, failed: Sequence[Failure]) -> Finding:
    kill = window.kill
    close = sum(one.n for one in failed if abs(one.at - kill.at) <= CLOSE_S)
    return rules.BROKEN.at(
        broken=sum(one.n for one in failed),
        name=kill.name or phrase("an instance"),
        signal=phrase(" by {signal}", signal=kill.signal) if kill.signal else "",
        start=iso(kill.at),
        what=_what(failed),
        close=close,
        last=lasting(max(0.0, max(one.at for one in failed) - kill.at)),
    )


def _what(failed: Sequence[Failure]) -> str:
    """`503: 59, without a whole answer: 1`."""
    told: Counter[str] = Counter()
    for one in failed:
        is_five = one.code is not None and 500 <= one.code <= 599
        told[str(one.code) if is_five else ""] += one.n
    return ", ".join(
        f"{code}: {n}" if code else phrase("without a whole answer: {count}", count=n)
        for code, n in told.most_common(5)
    )


def _bound(whole: Count, broken: int, requests: int, errors: int) -> Finding:
    few = whole.requests < LEAST_REQUESTS
    return (rules.FEW if few else rules.BOUND).at(
        requests=f"{whole.requests:,}", broken=broken, bound=_rate(broken, whole.requests), all=f"{requests:,}",
        errors=errors, whole=_rate(errors, requests),
    )  # fmt: skip


def _rate(broken: int, requests: int) -> str:
    """The upper end of what the rate may be, in percent."""
    if not requests:
        return "100"
    high = 3 / requests if not broken else wilson(min(broken, requests), requests)[1]
    return plainly(high * 100, 2) if high < 1 else "100"


def _traffic(run: traffic.Run, found: Sequence[Window]) -> Iterator[Finding]:
    """Whether as much was asked while instances were down."""
    spans = [window.span for window in found]
    usual, seconds = traffic.rate(run, spans, is_inside=False)
    if seconds < FEWEST_STEPS:
        return
    for window in found:
        during, length = traffic.rate(run, [window.down], is_inside=True)
        if length >= 2 and during < HALF * usual and (usual - during) * length >= LEAST_MISSED:
            yield rules.SILENT.at(
                name=window.kill.name or phrase("an instance"), down=lasting(window.back - window.kill.at),
                rate=shown(during), share=f"{during / usual * 100:.0f}", usual=shown(usual),
            )  # fmt: skip


def _slow(run: traffic.Run, found: Sequence[Window]) -> Iterator[Finding]:
    """The slowest step after a kill beside the middle of all steps outside and the slowest of them."""
    series = run.facts.get("series") or {"points": (), "step_s": 1.0}
    step = float(series["step_s"])
    points = [(run.origin + at, float(p99)) for at, _, _, p99 in series["points"] if p99 is not None]
    outside = sorted(p99 for at, p99 in points if not _touches(at, step, found))
    if len(outside) < FEWEST_STEPS or step > LONGEST_STEP_S:
        return
    usual, most = outside[len(outside) // 2], outside[-1]
    slowest: dict[int, float] = {}
    for at, p99 in points:
        if p99 >= SLOW_MS and p99 > SLOWER * usual > 0 and p99 > TWICE * most:
            place = _followed(at, step, found)
            slowest[place] = max(slowest.get(place, 0.0), p99)
    for place, slow in sorted(slowest.items())[:MOST_SAID]:
        yield rules.SLOW.at(
            name=found[place].kill.name or phrase("an instance"), step="second" if step == 1 else f"{step:g} s",
            slow=_ms(slow), times=f"{slow / usual:.0f}", usual=_ms(usual), outside=_ms(most),
        )  # fmt: skip


def _followed(at: float, step: float, found: Sequence[Window]) -> int:
    """Which window a step inside some belongs to: where several touch it, that of the last kill before it."""
    touched = [place for place, window in enumerate(found) if _touches(at, step, [window])]
    killed = [place for place in touched if found[place].kill.at <= at + step]
    return max(killed or touched, key=lambda place: found[place].kill.at)


def _clients(files: Sequence[FileFacts], runs: Sequence[traffic.Run]) -> Iterator[Finding]:
    """What the logs themselves leave out."""
    has_server = any(run.log.is_server for run in runs)
    for file in [file for file in files if file.kind in REQUESTS]:
        tool = str(file.facts.get("tool") or "")
        if tool.lower() in GO_TOOLS and not has_server:
            yield rules.GO_CLIENT.at(file=file.name, tool=tool)
        paths = [str(one["name"]) for one in file.facts.get("endpoints") or ()]
        if paths and all(_is_health(path) for path in paths):
            yield rules.ONLY_HEALTH.at(file=file.name, paths=", ".join(paths[:3]))
        else:
            yield from _reads(file)


def _reads(file: FileFacts) -> Iterator[Finding]:
    """Requests that change nothing, and no others."""
    methods = {one["name"]: int(one["n"]) for one in file.facts.get("methods") or ()}
    seen = sum(methods.values())
    if seen and READS.issuperset(methods):
        is_all = seen >= int(file.facts.get("requests") or 0)
        which = (
            phrase("Every request") if is_all else phrase("Each of the first {seen:,} requests", seen=seen)
        )
        yield rules.ONLY_READS.at(which=which, file=file.name, methods=" or ".join(methods))


def _is_health(path: str) -> bool:
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    return any(last in (word, f"{word}z", f"{word}y", f"{word}check", f"_{word}") for word in HEALTH)


def _touches(at: float, step: float, found: Sequence[Window]) -> bool:
    return any(at < window.span[1] and at + step > window.span[0] for window in found)


def _requests(run: traffic.Run) -> int:
    return int(run.facts.get("requests") or 0)


def _ms(value: float) -> str:
    return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"
