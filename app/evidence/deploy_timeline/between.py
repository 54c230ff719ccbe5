"""What lies between a timeline and the traffic of its deploys: failed requests, windows without a log, few requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.deploy_timeline import between_rules as rules
from app.evidence.deploy_timeline import dora, traffic
from app.evidence.deploy_timeline.pairing import Pair, pairs
from app.evidence.deploy_timeline.traffic import OF_BALANCER, Count, Span
from app.evidence.findings import Finding, few, phrase
from app.evidence.measured import wilson
from app.evidence.times import iso, lasting
from app.evidence.units import plainly

WANTED = 10
LEAST = 300
SILENCE_S = 15.0
LEAST_MISSED = 10
MOST_SAID = 10

Window = tuple[Mapping[str, Any], Span, Count]


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Everything that the timelines of a version say together with its traffic and claims."""
    yield from _count(files, claims)
    found = pairs(files, claims)
    for pair in found:
        if pair.logs and pair.spans:
            yield from _of_pair(pair)
    if found and not any(pair.logs for pair in found):
        yield from _rates(files)


def compare(before: Facts, after: Facts, _metric: str) -> Iterator[Finding]:
    """The DORA figures of two timelines beside each other."""
    if before.get("figures") and after.get("figures"):
        old, new = (_figures(facts["figures"]) for facts in (before, after))
        yield rules.COMPARED.at(before=old, after=new)


def _figures(found: Mapping[str, Any]) -> str:
    said = dora.numbers(dict(found))
    return phrase(
        "{deploys} {deploys:deploy|deploys} in {span}{rate}, {failed} of {ended} failed{more}", **said
    )


def _count(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Ten are asked for where deploys are claimed."""
    slots = {claim.slot for claim in claims if claim.metric == "deploys"}
    for file in files:
        is_asked = file.slot in slots and file.kind == "deploy_timeline" and bool(file.facts)
        if is_asked and file.facts["count"] < WANTED:
            yield rules.FEW_DEPLOYS.at(count=file.facts["count"], file=file.name, wanted=WANTED)


def _rates(files: Sequence[FileFacts]) -> Iterator[Finding]:
    """Rates in place of requests."""
    for file in files:
        if file.kind == "load_report" and str(file.facts.get("tool")) == "Prometheus":
            yield rules.RATES.at(file=file.name)


def _of_pair(pair: Pair) -> Iterator[Finding]:
    every = [
        (deploy, span, traffic.counted(pair.logs, [span]))
        for deploy, span in traffic.windows(pair.timeline.facts)
    ]
    covered = [window for window in every if traffic.is_covered(pair.logs, window[1])]
    if len(covered) < len(every):
        yield _uncovered(pair, [window for window in every if window not in covered], len(every))
    yield from _silences(pair, covered)
    yield from _broken(pair, [window for window in every if window[2].requests])
    if covered and pair.side != "before":
        yield from _enough(pair, covered)


def _uncovered(pair: Pair, missing: Sequence[Window], total: int) -> Finding:
    slip = traffic.zone_slip(pair.logs, [span for _, span, _ in missing]) if len(missing) == total else None
    hint = ""
    if slip is not None:
        way = phrase("later") if slip > 0 else phrase("earlier")
        hint = phrase(
            "; {slip} {way} the windows would lie inside it: look at the time zones",
            slip=lasting(abs(slip)),
            way=way,
        )
    return rules.NOT_COVERED.at(
        count=len(missing),
        total=total,
        versions=_names(missing),
        first=iso(min(log.begin for log in pair.logs)),
        last=iso(max(log.end for log in pair.logs)),
        hint=hint,
    )


def _silences(pair: Pair, covered: Sequence[Window]) -> Iterator[Finding]:
    """A gap in which, at the usual rate, some requests would have come."""
    rate = traffic.rate(pair.logs)
    for deploy, span, count in covered:
        if count.longest_gap >= SILENCE_S and count.longest_gap * rate >= LEAST_MISSED:
            yield rules.SILENT.at(
                version=_name(deploy), gap=lasting(count.longest_gap), start=iso(span[0]), end=iso(span[1]),
                requests=f"{count.requests:,}",
            )  # fmt: skip


def _broken(pair: Pair, seen: Sequence[Window]) -> Iterator[Finding]:
    """Each window with a failure; clients that gave up are told apart."""
    rule = rules.BROKEN_BEFORE if pair.side == "before" else rules.BROKEN
    for deploy, span, count in [window for window in seen if window[2].broken][:MOST_SAID]:
        yield rule.at(
            broken=count.broken,
            requests=f"{count.requests:,}",
            version=_name(deploy),
            start=iso(span[0] + traffic.BEFORE_S),
            end=iso(span[1] - traffic.AFTER_S),
            what=_what(count),
            first=iso(count.first or span[0]),
        )
    whole = traffic.counted(pair.logs, [span for _, span, _ in seen])
    if whole.broken and whole.aborted:
        yield rules.GAVE_UP.at(count=whole.aborted)
    elif whole.requests and not whole.broken:
        gone = (
            phrase("; {aborted} given up by their clients are counted apart", aborted=whole.aborted)
            if whole.aborted
            else ""
        )
        yield rules.ALL_WELL.at(windows=len(seen), requests=f"{whole.requests:,}", aborted=gone)


def _what(count: Count) -> str:
    """`502, 503 by the balancer: 12, 500 by the application: 1, without an answer: 2`."""
    if not count.is_exact:
        return phrase(
            "5xx: {fives}, without an answer: {unanswered}", fives=count.fives, unanswered=count.unanswered
        )
    by_balancer, others = (
        [code for code in count.codes if (code in OF_BALANCER) is is_its] for is_its in (True, False)
    )
    parts = []
    if by_balancer:
        parts.append(phrase("{codes} by the balancer: {total}", **_total(count, by_balancer)))
    if others:
        parts.append(phrase("{codes} by the application: {total}", **_total(count, others)))
    if count.unanswered:
        parts.append(phrase("without an answer: {unanswered}", unanswered=count.unanswered))
    return ", ".join(parts)


def _total(count: Count, codes: Sequence[int]) -> dict[str, int | str]:
    return {"codes": ", ".join(map(str, codes)), "total": sum(count.codes[code] for code in codes)}


def _enough(pair: Pair, covered: Sequence[Window]) -> Iterator[Finding]:
    few = [window for window in covered if window[2].requests < LEAST]
    if few:
        fewest = min(window[2].requests for window in few)
        listed = ", ".join(f"{_name(deploy)} {count.requests}" for deploy, _, count in few[:MOST_SAID])
        yield rules.FEW_REQUESTS.at(
            count=len(few),
            total=len(covered),
            least=LEAST,
            windows=listed,
            fewest=fewest,
            bound=_bound(0, fewest),
        )
    whole = traffic.counted(pair.logs, [span for _, span, _ in covered])
    if whole.requests:
        bound = _bound(whole.broken, whole.requests)
        yield rules.BOUND.at(requests=f"{whole.requests:,}", broken=whole.broken, bound=bound)


def _bound(broken: int, requests: int) -> str:
    """The upper end of what the rate may be, in percent."""
    if not requests:
        return "100"
    high = 3 / requests if not broken else wilson(min(broken, requests), requests)[1]
    return plainly(high * 100, 2) if high < 1 else "100"


def _name(deploy: Mapping[str, Any]) -> str:
    return str(deploy["version"] or deploy["id"] or deploy["start"] or deploy["end"])[:60]


def _names(windows: Sequence[Window]) -> str:
    return few([_name(deploy) for deploy, _, _ in windows])
