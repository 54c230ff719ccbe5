"""What the alerts mean beside the other files: how many there are, their runbooks, the objectives they guard.

It is an on-call package where alerts without runbook are claimed or runbooks are handed in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.alert_rules import package_rules as rules
from app.evidence.alert_rules.arithmetic import bare, own_target
from app.evidence.alert_rules.runbooks import matched
from app.evidence.claims import Claim, FileFacts
from app.evidence.findings import Finding, Where, few, phrase
from app.evidence.objectives.durations import short
from app.evidence.objectives.targets import percent
from app.evidence.units import plainly

FEWEST = 5
OBJECTIVES = ("slo_document", "openslo")
MOST = 20
CLOSE = 0.02
_COMPARED = re.compile(r"[<>]|==|!=(?! {0,4}[\"'])")


def together(files: Sequence[FileFacts], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Everything across the files of one version."""
    own = [file for file in files if file.kind == "alert_rules" and file.facts]
    alerts = [alert for file in own for alert in file.facts["alerts"]]
    objectives = [
        one for file in files if file.kind in OBJECTIVES and file.facts for one in file.facts["objectives"]
    ]
    is_package = any(claim.metric == "alerts_without_runbook" for claim in claims)
    pages = [file for file in files if file.kind == "runbook" and file.facts]
    if is_package:
        yield from _count(own)
        yield from _recorded(own)
        yield from _causes(alerts)
    if alerts and (is_package or pages):
        yield from _runbooks(files)
    yield from _arithmetic(alerts, objectives)
    yield from _low_traffic(alerts, files)
    if is_package and alerts and objectives:
        yield from _guarded(alerts, objectives)


def _count(own: Sequence[FileFacts]) -> Iterator[Finding]:
    count = sum(file.facts["alert_count"] for file in own)
    if own and count < FEWEST:
        yield rules.FEW.at(
            count=count, files=phrase("1 file") if len(own) == 1 else phrase("{count} files", count=len(own))
        )


def _recorded(own: Sequence[FileFacts]) -> Iterator[Finding]:
    """Series with the name of a recorded one (`level:metric:operation`) that no rule of the package makes."""
    kept = [one for file in own for one in file.facts.get("recorded") or ()]
    if len(kept) < sum(file.facts.get("recording", 0) for file in own):
        return  # some are not known by name
    made = {one["name"] for one in kept}
    asked = {
        name: alert["name"]
        for file in own for alert in reversed(file.facts["alerts"]) for name in alert["metrics"] if ":" in name
    }  # fmt: skip
    missing = [name for name in sorted(asked) if name not in made]
    if missing:
        yield rules.NOT_RECORDED.at(count=len(missing), names=_named(missing), first=asked[missing[0]])


def _causes(alerts: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    causes = [alert["name"] for alert in alerts if alert["about"] == "cause"]
    if len(alerts) >= 3 and causes and not any(alert["about"] == "symptom" for alert in alerts):
        yield rules.CAUSES_ONLY.at(count=len(causes), names=_named(causes))


def _runbooks(files: Sequence[FileFacts]) -> Iterator[Finding]:
    found = matched(files)
    for rule, names in ((rules.NO_RUNBOOK, found.missing), (rules.ELSEWHERE, found.elsewhere)):
        if names:
            yield rule.at(count=len(names), names=_named(names), first=names[0], total=found.total)
    if found.total and len(found.inside) == found.total:
        yield rules.ALL_RUNBOOKS.at(total=found.total)


def _arithmetic(
    alerts: Sequence[Mapping[str, Any]], objectives: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Budgets and bare thresholds of burn rates against the targets of the package."""
    known = [one for one in objectives if one["target"] is not None and one["target"] < 1]
    if not known:
        return
    for alert in [alert for alert in alerts if alert["burns"]][:MOST]:
        yield from _budgets(alert, known)
        yield from _thresholds(alert, known)


def _budgets(alert: Mapping[str, Any], objectives: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    for budget in {burn["budget"] for burn in alert["burns"] if burn["budget"] is not None}:
        if not any(math.isclose(budget, 1 - one["target"], rel_tol=CLOSE) for one in objectives):
            targets = sorted({one["target"] for one in objectives})
            yield rules.OTHER_BUDGET.at(
                Where(line=alert["line"]),
                alert=alert["name"],
                budget=plainly(budget, 6),
                target=percent(1 - budget),
                objectives=", ".join(map(percent, targets[:4])),
                wanted=" or ".join(plainly(1 - target, 4) for target in targets[:4]),
            )


def _thresholds(alert: Mapping[str, Any], objectives: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """A bare threshold fits when it fits one of the objectives; else the nearest one is shown."""
    if own_target(alert) is not None:
        return  # said of the file alone
    where = Where(line=alert["line"])
    said = [
        list(bare(alert["name"], alert["burns"], one["target"], one["window_s"] or 30 * 86_400.0, where))
        for one in objectives
    ]
    wrong = [found for found in said if any(finding.severity == "warn" for finding in found)]
    if len(wrong) < len(said):
        yield from next((found for found in said if found and found not in wrong), [])
    else:
        yield from min(wrong, key=len)


def _low_traffic(alerts: Sequence[Mapping[str, Any]], files: Sequence[FileFacts]) -> Iterator[Finding]:
    """Burn rates that one error reaches, at the highest rate of requests that a document of objectives names."""
    stated = [
        (file.name, file.facts["traffic"]) for file in files if file.facts and file.facts.get("traffic")
    ]
    if not stated:
        return
    name, traffic = max(stated, key=lambda pair: pair[1]["per_s"])
    for alert in [alert for alert in alerts if alert["burns"] and not _asks_more(alert)][:MOST]:
        asked = [(burn, traffic["per_s"] * burn["window_s"]) for burn in alert["burns"]]
        if not all(requests * burn["threshold"] < 1 for burn, requests in asked):
            continue
        burn, requests = max(asked, key=lambda pair: pair[1])
        yield rules.LOW_TRAFFIC.at(
            Where(line=alert["line"]), alert=alert["name"], written=traffic["written"], file=name,
            line=traffic["line"], window=short(burn["window_s"]), requests=_requests(requests),
            share=f"{plainly(100 / max(requests, 1.0), 3)} %", threshold=percent(burn["threshold"]),
        )  # fmt: skip


def _asks_more(alert: Mapping[str, Any]) -> bool:
    """Whether it compares something beside its burn rates, such as a number of requests or errors."""
    return len(_COMPARED.findall(alert["expr"])) > len(alert["burns"])


def _requests(number: float) -> str:
    if number < 1:
        return phrase("less than one request")
    return f"{number:.0f} {'request' if round(number) == 1 else 'requests'}"


def _guarded(
    alerts: Sequence[Mapping[str, Any]], objectives: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Whether any alert has to do with an objective: it burns a budget, or one of the two names the other."""
    named = {name.lower() for one in objectives for name in one["alerts"]}
    if any(alert["burns"] or alert["name"].lower() in named for alert in alerts):
        return
    told = " ".join(
        f"{alert['name']} {alert['expr']} {' '.join(alert['annotations'].values())}" for alert in alerts
    ).lower()
    if any(word in told for word in ("slo", "budget", "burn", "objective")) or any(
        len(one["name"]) > 4 and one["name"].lower() in told for one in objectives
    ):
        return
    budgets = [1 - one["target"] for one in objectives if one["target"] is not None and one["target"] < 1]
    names = _named([one["name"] for one in objectives])
    yield rules.NO_OBJECTIVE.at(
        count=len(alerts), objectives=names, budget=plainly(min(budgets, default=0.001), 4)
    )


def _named(names: Sequence[str]) -> str:
    return few([name[:80] for name in names])
