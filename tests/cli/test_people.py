"""`flask people`: the operator names a person by address or id, and nobody is appointed or erased by mistake."""

import json
import zipfile

import pytest
from sqlalchemy import select

from app.models import Appointment, AuditEntry, Person


@pytest.fixture
def appoint(app, sessions):
    def run(who, role):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["people", "appoint", who, role])
        with sessions() as db:
            held = db.execute(select(Appointment.person_id, Appointment.role)).all()
        return done.exit_code, done.output, [(person_id, role.value) for person_id, role in held]

    return run


@pytest.mark.parametrize("typed", ["ada@example.org", "Ada@Example.org", " ada@example.org "])
def test_an_address_is_understood_however_it_is_written(appoint, make, typed):
    ada = make.person("Ada", roles=(), email="ada@Example.org")

    assert appoint(typed, "admin") == (0, "Ada is now admin.\n", [(ada.id, "admin")])


def test_an_id_is_always_exact(appoint, make, sessions):
    ada = make.person("Ada", roles=(), email="ada@example.org")

    appoint(str(ada.id), "reviewer")
    status, _, held = appoint(str(ada.id), "reviewer")

    assert (status, held) == (0, [(ada.id, "reviewer")])
    with sessions() as db:
        assert (
            len(db.scalars(select(AuditEntry.id).where(AuditEntry.action.like("appointment.%"))).all()) == 1
        )


def test_two_people_with_one_address_are_not_guessed_between(appoint, make):
    for name in ("Ada", "Another Ada"):
        make.person(name, roles=(), email="ada@example.org")

    status, said, held = appoint("ada@example.org", "admin")

    assert (status, held) == (1, [])
    assert "2 people match ada@example.org." in said


def test_somebody_who_never_signed_in_is_not_made_up(appoint):
    status, said, held = appoint("nobody@example.org", "admin")

    assert (status, held) == (1, [])
    assert "They must have signed in once" in said


@pytest.fixture
def flask(app):
    def run(*words, typed=None):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["people", *words], input=typed)
        return done.exit_code, done.output

    return run


def test_the_operator_gives_somebody_their_data(flask, make, tmp_path):
    make.person("Mira", email="mira@example.org")
    target = tmp_path / "mira.zip"

    status, said = flask("export", "mira@example.org", str(target))

    with zipfile.ZipFile(target) as archive:
        person = json.loads(archive.read("person.json"))
    assert (status, person[0]["name"]) == (0, "Mira")
    assert f"{target.stat().st_size:,} bytes" in said


def test_an_export_never_overwrites_a_file(flask, make, tmp_path):
    make.person("Mira", email="mira@example.org")
    target = tmp_path / "mira.zip"
    target.write_text("something else")

    status, said = flask("export", "mira@example.org", str(target))

    assert (status, target.read_text()) == (1, "something else")
    assert "choose another name" in said


def test_an_export_without_a_storage_leaves_no_half_of_one(flask, make, tmp_path):
    mira = make.person("Mira", email="mira@example.org")
    make.file(make.version(mira), data=b"a file")
    target = tmp_path / "mira.zip"

    status, said = flask("export", "mira@example.org", str(target))

    assert (status, target.exists()) == (1, False)
    assert "Nothing was written." in said


def test_the_operator_erases_somebody_who_asked(flask, make, sessions):
    mira = make.person("Mira", email="mira@example.org")

    refused = flask("erase", "mira@example.org", typed="n\n")
    done = flask("erase", "mira@example.org", typed="y\n")
    again = flask("erase", str(mira.id), "--yes")

    assert (refused[0], done[0], again[0]) == (1, 0, 0)
    assert "Has Mira" in refused[1]
    with sessions() as db:
        assert db.get(Person, mira.id).name == "Erased person"
