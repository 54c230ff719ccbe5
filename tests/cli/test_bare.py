"""Commands run as an operator runs them, on an installation that cannot start yet."""

import os
import shutil
import subprocess
import sys

import pytest

from app.course import load
from config import ROOT


@pytest.fixture
def flask():
    """`flask …` in the project's folder, with these variables and none of ours."""

    def run(*words, **environ):
        clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=clean | environ, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def broken(tmp_path):
    """A course of one's own, with a module that says too little."""
    folder = shutil.copytree(ROOT / "course", tmp_path / "course")
    (folder / "modules" / "01-day-zero" / "module.toml").write_text('title = "Day zero"\n')
    return folder


def test_a_broken_course_is_named_line_by_line_without_any_setting(flask, broken):
    status, out, said = flask("course", "check", COURSE_PATH=str(broken))

    assert (status, out) == (1, "")
    assert "modules/01-day-zero/module.toml:1: `milestone` is missing." in said
    assert "Traceback" not in said


def test_a_course_beside_the_one_that_is_set_can_be_checked(flask, broken):
    status, out, said = flask("course", "check", str(ROOT / "course"), COURSE_PATH=str(broken))

    course = load(ROOT / "course")
    assert (status, said) == (0, "")
    assert out.startswith(f"{course.title} {course.version}: ")


def test_the_key_that_is_missing_can_be_made_before_everything_is_set(flask, tmp_path):
    status, _, said = flask("certificates", "new-key", str(tmp_path / "key.pem"))

    assert (status, said) == (0, "")
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [("doctor",), ("course", "publish"), ("certificates", "verify", "x.jwt")])
def test_what_needs_the_portal_says_what_is_missing(flask, words):
    status, out, said = flask(*words)

    assert (status, out) == (1, "")
    assert said.startswith("Error: The settings are not complete:\n  - DATABASE_URL is not set.")
    assert "Traceback" not in said


def test_a_server_does_not_start_with_half_of_its_settings():
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}

    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "SECRET_KEY is not set" in done.stderr) == (1, True)
