"""`flask course …`: read the course folder, publish its rubrics."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.course import Course, CourseInvalid, load
from app.course.rubric_files import written
from app.domain.errors import Conflict
from app.queries.left_behind import left_behind
from app.services import course_comments, rubrics
from app.web.parts import parts
from config import ROOT

course_group = AppGroup("course", help="The course folder.")


@course_group.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
def course_check(path: Path | None) -> None:
    """Read the course folder and name every mistake with its file and line."""
    path = path or Path(os.environ.get("COURSE_PATH", "").strip() or ROOT / "course")
    try:
        course = load(path)
    except CourseInvalid as invalid:
        for problem in invalid.problems:
            click.echo(f"{problem.file}:{problem.line}: {problem.message}", err=True)
        raise SystemExit(1) from None
    moves = sum(len(module.moves) for module in course.modules)
    click.echo(
        f"{course.title} {course.version}: modules {len(course.modules)}, moves {moves}, "
        f"capstones {len(course.capstones)}. {course.content_hash[:12]}"
    )


@course_group.command("publish")
@click.option("--replace", multiple=True, metavar="CAPSTONE", help="Publish this file over an admin's edit.")
@click.option("--leave-behind", is_flag=True, help="Publish though people could no longer open their work.")
def course_publish(replace: tuple[str, ...], leave_behind: bool) -> None:
    """Publish the rubric of every capstone whose file changed; ratings given keep the version they used."""
    course, moment = parts().course, datetime.now(UTC)
    try:
        with parts().sessions.begin() as db:
            if not leave_behind and (says := hidden(db, course)):
                raise click.ClickException(f"{says} To publish all the same: add --leave-behind.")
            published = rubrics.publish(db, course, replacing=replace, actor_id=None, now=moment)
            edited = rubrics.edited(db, course)
            added, removed = course_comments.publish(db, course, actor_id=None, now=moment)
    except Conflict as refused:
        raise click.ClickException(str(refused)) from None
    for slug, number in published:
        click.echo(f"{slug}: rubric version {number} published")
    for slug, number in edited:
        click.echo(
            f"{slug}: rubric version {number}, edited in the portal, stays in force. "
            f"Write it into its file with: flask course rubric export {slug}"
        )
    if added or removed:
        click.echo(f"Comments for reviewers: {added} new, {removed} removed")
    if not published:
        click.echo("Nothing changed: every rubric is published as it stands.")


def hidden(db: Session, course: Course) -> str:
    """What nobody could open under this course, in words; empty when nothing is left behind."""
    found = left_behind(db, course.slug, [capstone.slug for capstone in course.capstones])
    said = []
    if found.learners:
        said.append(
            f"This database holds learners of another course: {_counted(found.learners)}. Under the slug {course.slug} "
            "none of them can open their work. Put the old slug back into course.toml, or give the new course a "
            "portal of its own."
        )
    if found.works:
        said.append(
            f"People have work in capstones that are gone: {_counted(found.works)}. They can open neither it nor its "
            "ratings. Put the folders back."
        )
    return " ".join(said)


def _counted(held: Mapping[str, int]) -> str:
    return ", ".join(f"{slug} ({count})" for slug, count in held.items())


rubric_group = AppGroup("rubric", help="The rubrics in force.")
course_group.add_command(rubric_group)


@rubric_group.command("export")
@click.argument("capstone")
@click.option("--print", "printed", is_flag=True, help="Print it instead of writing the file.")
def rubric_export(capstone: str, printed: bool) -> None:
    """Write the rubric in force into its file of the course folder, so that an admin's edit is kept there."""
    with parts().sessions.begin() as db:
        live = rubrics.in_force(db, parts().course.slug, capstone)
        if live is None:
            raise click.ClickException(f"No rubric of {capstone} is published.")
        number, text = live.number, written(rubrics.words(db, live.id))
    if printed:
        click.echo(text, nl=False)
        return
    path = parts().settings.course_path / "capstones" / capstone / "rubric.toml"
    _replace(path, text)
    click.echo(f"{path}: rubric version {number} written")


def _replace(path: Path, text: str) -> None:
    """Write the file, unless the course as a whole could not be read with it: then it stays as it was."""
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        load(parts().settings.course_path)
    except CourseInvalid as invalid:
        path.write_text(before, encoding="utf-8")
        raise click.ClickException(
            f"Nothing was written, because this would be wrong with the course then:\n{invalid}\n"
            "Take the text with --print, and change these places together with it."
        ) from None
