"""Reads a course folder into one frozen value, or names every mistake in it at once."""

from dataclasses import replace
from pathlib import Path

from app.course.capstones import read_capstones
from app.course.fit import report_blanks
from app.course.hashes import course_hash
from app.course.modules import read_modules
from app.course.packs import read_calibration
from app.course.problems import CourseInvalid, Problem
from app.course.tables import Folder, Table
from app.course.values import Course, Reviewing, Texts


def load(path: Path) -> Course:
    """The course in the folder `path`; raises CourseInvalid with all problems, ordered by file and line."""
    problems: list[Problem] = []
    course = _read(Folder(path, problems))
    if problems or course is None:
        raise CourseInvalid(tuple(sorted(set(problems))))
    return replace(course, content_hash=course_hash(course))


def _read(folder: Folder) -> Course | None:
    table = folder.sheet("course.toml")
    modules = read_modules(folder)
    capstones = read_capstones(folder)
    fit_check = folder.markdown("fit-check.md")
    report_blanks(folder, "fit-check.md", fit_check)
    if table is None:
        return None
    course = Course(
        slug=table.key("slug"),
        title=table.text("title"),
        summary=table.text("summary"),
        version=table.text("version"),
        content_hash="",
        required_capstones=_required_capstones(table, len(capstones)),
        decision_days=table.number("decision_days", least=1),
        reviewing=_reviewing(table.table("reviewing", optional=True)),
        calibration=read_calibration(table.table("calibration", optional=True)),
        texts=_texts(table.table("texts")),
        modules=modules,
        capstones=capstones,
        fit_check=fit_check,
    )
    table.done()
    return course


def _required_capstones(table: Table, there_are: int) -> int:
    rule = table.table("pass_rule")
    if rule is None:
        return 1
    rule.choice("modules", {"all"})  # written out so that the rule reads whole; there is no other
    number = rule.number("capstones", least=1)
    if there_are and number > there_are:
        rule.report(f"{number} capstones are required and the course has {there_are}.", at="capstones")
    rule.done()
    return number


def _reviewing(table: Table | None) -> Reviewing:
    if table is None:
        return Reviewing()
    reviewing = Reviewing(
        blind=table.flag("blind"),
        second_reader=table.flag("second_reader", optional=True),
        blind_reading_every=table.number("blind_reading_every", least=0, optional=True),
    )
    table.done()
    return reviewing


def _texts(table: Table | None) -> Texts:
    if table is None:
        return Texts("", "", "", "")
    texts = Texts(
        for_whom=table.text("for_whom"),
        not_for=table.text("not_for"),
        access=table.text("access"),
        certificate=table.text("certificate"),
    )
    table.done()
    return texts
