"""Reads `rubric.toml` and refuses a rubric nobody could pass, or nobody could rate."""

import re

from app.course.hashes import rubric_content_hash, rubric_structure_hash
from app.course.tables import Folder, Table, report_repeats
from app.course.values import Criterion, Level, Rubric
from app.course.vocabulary import LEAST_CRITERIA, LEVELS, MOST_CRITERIA
from app.words import _

RULE_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,3}")


def read_rubric(folder: Folder, name: str, slots: set[str] | None) -> Rubric:
    """The rubric of one capstone; `slots` is None when the capstone's own file could not be read."""
    table = folder.sheet(name)
    return Rubric((), 0, "", "") if table is None else rubric_in(table, slots)


def rubric_in(table: Table, slots: set[str] | None) -> Rubric:
    """The rubric that a table holds, be it of a file or of a draft; what is wrong with it is reported there."""
    threshold = table.number("threshold", least=1)
    criteria = _criteria(table, slots)
    table.done()
    _report_threshold(table, threshold, criteria)
    return Rubric(
        criteria=criteria,
        threshold=threshold,
        content_hash=rubric_content_hash(criteria, threshold),
        structure_hash=rubric_structure_hash(criteria, threshold),
    )


def _criteria(table: Table, slots: set[str] | None) -> tuple[Criterion, ...]:
    tables = table.tables("criteria")
    criteria = tuple(_criterion(each, slots) for each in tables)
    report_repeats(tables, [criterion.key for criterion in criteria], _("criteria"))
    if not LEAST_CRITERIA <= len(criteria) <= MOST_CRITERIA:
        table.report(
            _(
                "The rubric has %(count)s criteria; write %(least)s to %(most)s.",
                count=len(criteria),
                least=LEAST_CRITERIA,
                most=MOST_CRITERIA,
            ),
            at="criteria",
        )
    return criteria


def _criterion(table: Table, slots: set[str] | None) -> Criterion:
    criterion = Criterion(
        key=table.key("key"),
        title=table.text("title"),
        description=table.text("description"),
        reviewer_note=table.text("reviewer_note"),
        must_pass=table.flag("must_pass"),
        pass_level=table.key("pass_level", optional=True) or None,
        levels=_levels(table),
        bears_on=table.texts("bears_on"),
    )
    table.done()
    _report_pass_level(table, criterion)
    _report_bearing(table, criterion, slots)
    return criterion


def _levels(table: Table) -> tuple[Level, ...]:
    tables = table.tables("levels")
    levels = tuple(_level(each) for each in tables)
    report_repeats(tables, [level.key for level in levels], _("levels"))
    if len(levels) != LEVELS:
        table.report(
            _("A criterion has %(wanted)s levels; this one has %(count)s.", wanted=LEVELS, count=len(levels))
        )
    for each, lower, level in zip(tables[1:], levels, levels[1:], strict=False):
        if level.points <= lower.points:
            said = _(
                '"%(key)s" must earn more points than "%(lower)s" before it.', key=level.key, lower=lower.key
            )
            each.report(said, at="points")
    return levels


def _level(table: Table) -> Level:
    level = Level(
        key=table.key("key"),
        label=table.text("label"),
        points=table.number("points", least=0),
        description=table.text("description"),
    )
    table.done()
    return level


def _report_pass_level(table: Table, criterion: Criterion) -> None:
    if criterion.must_pass and criterion.pass_level is None:
        table.report(
            _("A must-pass criterion needs `pass_level`, the key of the level that passes."), at="must_pass"
        )
    if criterion.pass_level and criterion.pass_level not in {level.key for level in criterion.levels}:
        table.report(
            _('`pass_level` names "%(key)s", and no level has that key.', key=criterion.pass_level),
            at="pass_level",
        )


def _report_bearing(table: Table, criterion: Criterion, slots: set[str] | None) -> None:
    if slots is None:
        return
    for name in criterion.bears_on:
        if name not in slots and not RULE_CODE.fullmatch(name):
            table.report(
                _('`bears_on` names "%(name)s", which is neither a slot nor a rule code.', name=name),
                at="bears_on",
            )


def _report_threshold(table: Table, threshold: int, criteria: tuple[Criterion, ...]) -> None:
    most = sum(max((level.points for level in each.levels), default=0) for each in criteria)
    least = sum(min((level.points for level in each.levels), default=0) for each in criteria)
    if criteria and threshold > most:
        table.report(
            _(
                "`threshold` is %(threshold)s, and the best work earns %(most)s: nobody could pass.",
                threshold=threshold,
                most=most,
            ),
            at="threshold",
        )
    if criteria and threshold <= least:
        table.report(
            _(
                "`threshold` is %(threshold)s, and empty work earns %(least)s: it decides nothing.",
                threshold=threshold,
                least=least,
            ),
            at="threshold",
        )
