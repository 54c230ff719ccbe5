"""Every kind of evidence, listed by hand: recognition and inspection of one file.

To add a kind, make a folder that exports `KIND`, and add one line here. The order matters only between kinds that are
equally sure of a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

from app.evidence import (
    alert_rules,
    alertmanager,
    archive,
    canary_plan,
    capacity_table,
    ci_run,
    ci_workflow,
    cost_sheet,
    deploy_config,
    deploy_timeline,
    diff,
    drill_schedule,
    generic,
    incident_template,
    kill_log,
    kill_switches,
    latency_table,
    launch_plan,
    ledger_rules,
    load_balancer,
    load_report,
    markdown,
    mysql_plan,
    openslo,
    postgres_plan,
    profile,
    redaction,
    rollback_record,
    runbook,
    slo_document,
    sqlite_plan,
)
from app.evidence.documents import translated
from app.evidence.findings import Finding, Report, Rule, Unreadable
from app.evidence.generic import binary, foreign, programs
from app.evidence.kind import Kind
from app.evidence.rejoined import Rejoined, rejoined, rows_rejoined
from app.evidence.source import Source

VERSION = "8"
UNKNOWN = "unknown"
LEAST_SURE = 0.3
DOUBTFUL, SURE = 0.7, 0.9
"""Below the first a table is asked whether it was broken at a width; above the second it then is what it looks like."""
ABOUT_AS_SURE = 0.2
"""Kinds whose confidence differs by no more are both plausible."""

KINDS: tuple[Kind, ...] = (
    postgres_plan.KIND,
    mysql_plan.KIND,
    sqlite_plan.KIND,
    latency_table.KIND,
    load_report.KIND,
    cost_sheet.KIND,
    profile.KIND,
    diff.KIND,
    deploy_config.KIND,
    load_balancer.KIND,
    alert_rules.KIND,
    alertmanager.KIND,
    openslo.KIND,
    slo_document.KIND,
    runbook.KIND,
    kill_switches.KIND,
    capacity_table.KIND,
    launch_plan.KIND,
    markdown.KIND,
    incident_template.KIND,
    drill_schedule.KIND,
    deploy_timeline.KIND,
    kill_log.KIND,
    ci_workflow.KIND,
    ci_run.KIND,
    rollback_record.KIND,
    canary_plan.KIND,
    archive.KIND,
)

MADE_OF_LINES = (postgres_plan.KIND, mysql_plan.KIND, sqlite_plan.KIND, load_report.KIND, profile.KIND)
"""What people paste into mails. Tables of requests are not among them: too long, and no row would be sure."""
KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


def recognise(source: Source) -> list[tuple[Kind, float]]:
    """The kinds this file may be, the likeliest first. Empty is an answer, not a failure."""
    source = translated.as_markdown(source)
    if _sniffed(archive.KIND, source) == 1.0:  # whatever the text inside looks like
        return [(archive.KIND, 1.0)]
    if foreign.known(source.head) is not None:
        return []
    is_program = programs.is_program(source.head) and not ci_workflow.others.tool(source.head)
    known = (deploy_config.KIND,) if is_program else KINDS
    sure = [(kind, _sniffed(kind, source)) for kind in known]
    return sorted(
        ((kind, confidence) for kind, confidence in sure if confidence >= LEAST_SURE),
        key=lambda pair: -pair[1],
    )


def inspect(source: Source, kind: str | None = None, *, today: date | None = None) -> Report:
    """The report on one file; `kind` overrides recognition. Never raises because of what is in the file.

    With `today`, times later than that are named, and what a kind says of the day; without it nothing is said of them,
    since no clock is read here.
    """
    common = generic.read(source)
    source = translated.as_markdown(source)
    likely = [] if common.is_final else recognise(source) if kind is None else [(named(kind), 1.0)]
    report = _of_rows(source, likely) if kind is None and not common.is_final else None
    if report is None:
        report = _read(source, likely) if likely else _unread(source, kind, is_final=common.is_final)
    said = (*common.findings, *report.findings, *_asks(source, report, likely))
    late = () if today is None else tuple(_on_day(report, today))
    full = replace(
        report,
        findings=_each_once((*said, *late)),
        candidates=tuple((each.name, confidence) for each, confidence in likely),
        fingerprint=common.fingerprint,
    )
    return redaction.without(full, common.secrets)


def named(name: str) -> Kind:
    """The kind of this name; raise `KeyError` when there is none."""
    return KINDS_BY_NAME[name]


def title(name: str) -> str:
    """What people call the kind of this name; "not recognised" when there is none."""
    known = KINDS_BY_NAME.get(name)
    return "not recognised" if known is None else known.title


def rules() -> tuple[Rule, ...]:
    """Every rule of every kind, the generic and the ledger's included. Several rules may share a code."""
    return (*generic.RULES, *ledger_rules.RULES, *(rule for kind in KINDS for rule in kind.rules))


def _sniffed(kind: Kind, source: Source) -> float:
    try:
        return kind.sniff(source)
    except Exception:  # a mistake of ours; the other kinds are asked all the same
        return 0.0


def _read(source: Source, likely: Sequence[tuple[Kind, float]]) -> Report:
    """As the likeliest kind; as the next that is about as likely when that one cannot read it."""
    plausible = [pair for pair in likely if likely[0][1] - pair[1] <= ABOUT_AS_SURE]
    reports = (_with(source, *pair) for pair in plausible)
    first = next(reports)
    return next((report for report in chain((first,), reports) if report.facts), first)


def _with(source: Source, kind: Kind, confidence: float) -> Report:
    try:
        report = kind.inspect(source)
    except Unreadable as unreadable:
        alone = Report(kind.name, confidence, {}, (unreadable.finding,))
        return _put_together(source, kind, confidence) or alone if alone.is_blocked else alone
    except Exception as error:  # a mistake of ours must never count against the learner
        return Report(kind.name, confidence, {}, (generic.CRASHED.at(what=type(error).__name__),))
    return replace(report, confidence=confidence)


def _put_together(source: Source, kind: Kind, confidence: float) -> Report | None:
    """What a kind of text reads after the lines that were broken at one width are joined."""
    for whole in rejoined(source) if kind in MADE_OF_LINES else ():
        try:
            report = kind.inspect(whole)
        except Unreadable as unreadable:
            report = Report(kind.name, confidence, {}, (unreadable.finding,))
        except Exception:  # noqa: S112  # it stays as unreadable as it was
            continue
        if not report.is_blocked:
            said = (*report.findings, generic.REJOINED.at(width=whole.width))
            return replace(report, confidence=confidence, findings=said)
    return None


def _of_rows(source: Source, likely: Sequence[tuple[Kind, float]]) -> Report | None:
    """A table whose rows mail broke: read where that is sure, else the file itself is asked for; None for all else."""
    if likely and likely[0][1] >= DOUBTFUL:
        return None
    asked = latency_table.KIND if all(kind is not latency_table.KIND for kind, _ in likely) else None
    for whole in rows_rejoined(source):
        found = recognise(whole)
        if found and found[0][1] >= SURE and found[0][0] in (*MADE_OF_LINES, asked):
            report = _broken(whole, *found[0])
            return None if report.is_blocked else report
    return None


def _broken(whole: Rejoined, kind: Kind, confidence: float) -> Report:
    if kind in MADE_OF_LINES:
        report = _with(whole, kind, confidence)
        return replace(report, findings=(*report.findings, generic.REJOINED.at(width=whole.width)))
    return Report(UNKNOWN, 0.0, {}, (generic.BROKEN.at(what=kind.title, width=whole.width),))


def _unread(source: Source, kind: str | None, *, is_final: bool) -> Report:
    if is_final:
        return Report(UNKNOWN if kind is None else kind, 0.0, {}, ())
    if (sort := binary.what(source)) is not None:
        return Report(UNKNOWN, 0.0, {}, (generic.NO_TEXT.at(what=sort[0], instead=sort[1]),))
    if (form := foreign.known(source.head) or foreign.likely(source.head)) is not None:
        return Report(UNKNOWN, 0.0, {}, (generic.FOREIGN.at(what=form.what, more=form.more),))
    return Report(UNKNOWN, 0.0, {}, (generic.UNKNOWN.at(),))


def _asks(source: Source, report: Report, likely: Sequence[tuple[Kind, float]]) -> Iterator[Finding]:
    """The likeliest other kind, when it is about as likely and can read the file too."""
    for kind, confidence in likely:
        if kind.name == report.kind or abs(report.confidence - confidence) > ABOUT_AS_SURE:
            continue
        if report.facts and not _with(source, kind, confidence).facts:
            continue
        yield generic.TWO_KINDS.at(chosen=named(report.kind).title, other=kind.title, name=kind.name)
        return


def _on_day(report: Report, today: date) -> Iterator[Finding]:
    """What is in the future and should not be, or the other way round."""
    yield from generic.from_the_future(report.facts, today)
    kind = KINDS_BY_NAME.get(report.kind)
    if kind is not None and kind.on_day is not None and report.facts:
        yield from kind.on_day(report.facts, today)


def _each_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Without repetitions; a cut file is named once, in the words of whoever knows most."""
    cut = [finding for finding in findings if finding.code == generic.TRUNCATED.code]
    kept = [finding for finding in findings if finding not in cut or finding is cut[-1]]
    return tuple({(one.code, one.message, one.where): one for one in kept}.values())
