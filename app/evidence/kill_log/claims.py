"""How kills and requests give what is claimed: kills inside the traffic, user-visible errors of the whole run."""

from __future__ import annotations

from collections.abc import Sequence

from app.evidence.claims import Claim, Facts, FileFacts
from app.evidence.findings import phrase
from app.evidence.measured import Measured


def kills(_claim: Claim, files: Sequence[FileFacts]) -> Measured | None:
    """Kills that lie inside any request log, by clocks that were put beside each other."""
    from app.evidence.kill_log import traffic
    from app.evidence.kill_log.alignment import align, deaths, is_inside
    from app.evidence.kill_log.names import aliases

    runs, also = traffic.runs(files), aliases(files)
    inside = total = 0
    for file in [file for file in files if file.kind == "kill_log" and file.facts.get("kills")]:
        killed = deaths(file.facts, runs)
        logs = [align(run, killed, also) for run in runs]
        total += len(killed)
        inside += sum(any(is_inside(log.run, kill.at) for log in logs) for kill in killed)
    if not runs or not total:
        return None
    said = (
        ""
        if inside == total
        else phrase(
            " ({total} in the log, {outside} outside the traffic)", total=total, outside=total - inside
        )
    )
    return _counted(inside, phrase("its kills inside the traffic"), said)


def user_errors(claim: Claim, files: Sequence[FileFacts]) -> Measured | None:
    """By the log of the claim's slot that saw most: a balancer's 0 does not hide what its clients saw."""
    from app.evidence.kill_log import traffic

    own = [
        run
        for run in traffic.runs(files)
        if any(run.facts is file.facts for file in files if file.slot == claim.slot)
    ]
    if not own:
        return None
    worst = max(own, key=lambda run: run.errors)
    said = phrase(" ({requests:,} requests in {name})", requests=worst.facts["requests"], name=worst.log.name)
    return _counted(worst.errors, phrase("5xx, answers cut short and requests without an answer"), said)


def _counted(count: int, where: str, said: str) -> Measured:
    value = float(count)
    return Measured(value, value, value, None, None, phrase("none: they are counted"), where, said)


def alone(_claim: Claim, _facts: Facts) -> Measured | None:
    """Only the requests tell whether a kill lay inside the traffic."""
    return None


def why_not(_metric: str, _facts: Facts) -> str:
    return phrase("no request log with times and statuses lies beside it.")


MEASURES = {"kills": alone}
TOGETHER = {"kills": kills, "user_errors": user_errors}
