"""`flask course publish` beside rubrics that admins edited, and `flask course rubric export`."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.course import load
from app.course.rubric_drafts import fields_of
from app.factory import create_app
from app.models import RubricDraft
from app.services import rubric_drafts, rubric_publishing

SLUG = "three-bottlenecks"
SHIPPED = Path(__file__).parents[2] / "course"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "course"))


@pytest.fixture
def run(settings, sessions, folder):
    """A `flask course` command of a portal whose course is `folder` as it is now: exit status and output."""

    def run(*words, after_start=None):
        app = create_app(replace(settings, course_path=folder))
        if after_start:
            after_start(app)
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["course", *words])
        app.extensions["touchstone"].sessions.kw["bind"].dispose()
        return done.exit_code, done.output

    return run


@pytest.fixture
def edit(sessions, make, course, now):
    """Publish version 2 with another threshold, as an admin does."""
    live, root = make.rubric(SLUG), make.actor(make.person("Root", roles=("admin",)))
    with sessions.begin() as db:
        draft = rubric_drafts.begin(db, root, SLUG, course=course, now=now)
        fields = fields_of(db.get_one(RubricDraft, draft).content) | {"threshold": "9"}
        tag = rubric_drafts.save_draft(db, root, draft, fields, tag=0, now=now)
        effect = rubric_publishing.Effect.NEW_WORK
        rubric_publishing.publish(
            db, root, draft, tag=tag, against=live.id, effect=effect, course=course, now=now
        )


def test_an_edit_is_named_stays_and_is_written_into_the_file(run, edit, folder):
    path = folder / "capstones" / SLUG / "rubric.toml"

    status, said = run("publish")
    printed = run("rubric", "export", SLUG, "--print")
    before = path.read_text(encoding="utf-8")
    exported = run("rubric", "export", SLUG)

    assert (status, said.splitlines()[0]) == (
        0,
        f"{SLUG}: rubric version 2, edited in the portal, stays in force. "
        f"Write it into its file with: flask course rubric export {SLUG}",
    )
    assert before != printed[1] == path.read_text(encoding="utf-8")
    assert exported == (0, f"{path}: rubric version 2 written\n")
    assert load(folder).capstone(SLUG).rubric.threshold == 9
    assert run("publish") == (0, "Nothing changed: every rubric is published as it stands.\n")


def test_an_edit_under_a_changed_file_stops_everything_until_somebody_decides(run, edit, folder):
    path = folder / "capstones" / SLUG / "rubric.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("threshold = 15", "threshold = 14", 1), encoding="utf-8"
    )

    refused = run("publish")
    replaced = run("publish", "--replace", SLUG)

    assert refused[0] == 1
    assert f"flask course publish --replace {SLUG}" in refused[1]
    assert replaced[0] == 0
    assert replaced[1].splitlines()[0] == f"{SLUG}: rubric version 3 published"


def test_a_capstone_nobody_published_cannot_be_exported(run):
    assert run("rubric", "export", "none-such") == (1, "Error: No rubric of none-such is published.\n")


def test_a_file_with_which_the_course_could_not_be_read_is_not_written(run, edit, folder):
    rubric = folder / "capstones" / SLUG / "rubric.toml"
    before = rubric.read_text(encoding="utf-8")
    capstone = folder / "capstones" / SLUG / "capstone.toml"
    whole = capstone.read_text(encoding="utf-8")

    def break_it(app):
        capstone.write_text(whole.replace('key = "notes"', 'key = "remarks"', 1), encoding="utf-8")

    status, said = run("rubric", "export", SLUG, after_start=break_it)

    assert status == 1
    assert f"capstones/{SLUG}/rubric.toml:" in said
    assert "Nothing was written" in said
    assert rubric.read_text(encoding="utf-8") == before


def test_a_course_under_another_slug_is_not_published_over_the_learners_of_the_first(run, make, folder):
    make.person()
    told = folder / "course.toml"
    told.write_text(told.read_text("utf-8").replace("scaling-to-100k-users", "ops-basics"), encoding="utf-8")

    refused = run("publish")
    wanted = run("publish", "--leave-behind")

    assert refused[0] == 1
    assert "learners of another course: scaling-to-100k-users (1)" in refused[1]
    assert wanted[0] == 0
    assert "rubric version 1 published" in wanted[1]


def test_a_course_is_not_published_without_a_capstone_that_people_worked_on(run, make, folder):
    make.version(make.person(), capstone="three-bottlenecks", state="submitted", files=1)
    _without("three-bottlenecks", folder)

    refused = run("publish")
    wanted = run("publish", "--leave-behind")

    assert refused[0] == 1
    assert "work in capstones that are gone: three-bottlenecks (1)" in refused[1]
    assert wanted[0] == 0


def test_a_capstone_nobody_worked_on_may_go(run, make, folder):
    make.version(make.person(), capstone="three-bottlenecks", state="submitted", files=1)
    _without("stateless", folder)

    assert run("publish")[0] == 0


def _without(slug, folder):
    """Remove a capstone, and number the others anew."""
    shutil.rmtree(folder / "capstones" / slug)
    numbered = sorted(
        (load(SHIPPED).capstone(path.name).number, path / "capstone.toml")
        for path in (folder / "capstones").iterdir()
    )
    for number, (was, path) in enumerate(numbered, 1):
        path.write_text(
            path.read_text("utf-8").replace(f"number = {was}", f"number = {number}", 1), encoding="utf-8"
        )
