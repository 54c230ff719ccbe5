"""`flask people appoint`: the operator names a person by address or id, and nobody is appointed by mistake."""

import pytest
from sqlalchemy import select

from app.models import Appointment, AuditEntry


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
