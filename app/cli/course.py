"""`flask course …`: read the course folder, publish its rubrics."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.course import CourseInvalid, load
from app.services import rubrics
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
def course_publish() -> None:
    """Publish the rubric of every capstone whose words changed; ratings given keep the version they used."""
    with parts().sessions.begin() as db:
        published = rubrics.publish(db, parts().course, actor_id=None, now=datetime.now(UTC))
    for slug, number in published:
        click.echo(f"{slug}: rubric version {number} published")
    if not published:
        click.echo("Nothing changed: every rubric is published as it stands.")
