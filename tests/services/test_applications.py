"""Requests for access: every move once, words kept, mails promised with the decision."""

import pytest
from sqlalchemy import func, select

from app.domain.applications import MOVES, Action, State, after
from app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Paused
from app.domain.switches import Switch
from app.models import Application, ApplicationMessage, DraftedDecision, Enrolment, OutgoingMail
from app.services import applications, decisions, switches
from tests.factories import ANSWERS

ALLOWED = {
    ("draft", "send"): "received",
    ("received", "ask"): "question",
    ("question", "reply"): "received",
    ("received", "grant"): "granted",
    ("question", "grant"): "granted",
    ("received", "decline"): "declined",
    ("question", "decline"): "declined",
    ("draft", "withdraw"): "withdrawn",
    ("received", "withdraw"): "withdrawn",
    ("question", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_the_table_of_moves(state, action):
    expected = ALLOWED.get((state.value, action.value))

    if expected is None:
        with pytest.raises(Conflict):
            after(state, action)
    else:
        assert after(state, action) == State(expected)
    assert len(MOVES) == len(ALLOWED)


def test_sending_promises_a_date_and_a_mail_and_a_second_click_changes_nothing(sessions, make, course, now):
    actor = make.actor(make.person(roles=()))
    with sessions.begin() as db:
        applications.save_draft(db, actor, ANSWERS, course_slug=course.slug, now=now)

    for _ in range(2):
        with sessions.begin() as db:
            applications.send(db, actor, days=7, now=now)

    with sessions() as db:
        row = db.scalars(select(Application)).one()
        mails = db.scalars(select(OutgoingMail.template)).all()
    assert (row.state, (row.due_at - now).days) == (State.RECEIVED, 7)
    assert mails == ["application-received"]


def test_short_answers_are_kept_and_refused(sessions, make, course, now):
    actor = make.actor(make.person(roles=()))
    with sessions.begin() as db:
        applications.save_draft(db, actor, {"building": "An app."}, course_slug=course.slug, now=now)

    with pytest.raises(Invalid) as refused, sessions.begin() as db:
        applications.send(db, actor, days=7, now=now)

    assert set(refused.value.errors) == {"building", "change", "start"}
    with sessions() as db:
        row = db.scalars(select(Application)).one()
    assert (row.state, row.building) == (State.DRAFT, "An app.")


def test_a_paused_switch_refuses_sending_with_its_message(sessions, make, course, now):
    actor, admin = make.actor(make.person(roles=())), make.actor(make.person(roles=("admin",)))
    with sessions.begin() as db:
        applications.save_draft(db, actor, ANSWERS, course_slug=course.slug, now=now)
        switches.pause(db, admin, Switch.APPLICATIONS, message="Back on Monday.", now=now)

    with pytest.raises(Paused, match="Back on Monday"), sessions.begin() as db:
        applications.send(db, actor, days=7, now=now)


def test_a_drafted_decision_changes_nothing_until_it_is_sent(sessions, make, now):
    person, admin = make.person(roles=()), make.person(roles=("admin",))
    row = make.application(person)
    actor = make.actor(admin)

    with sessions.begin() as db:
        decisions.draft(db, actor, row.id, action=Action.GRANT, body="Welcome.", seen=None, now=now)
    with sessions() as db:
        before = db.get(Application, row.id).state, db.scalar(select(func.count()).select_from(OutgoingMail))
    with sessions.begin() as db:
        first = decisions.send(db, actor, row.id, hold_seconds=0, now=now)
    with sessions.begin() as db:
        second = decisions.send(db, actor, row.id, hold_seconds=0, now=now)

    assert before == (State.RECEIVED, 0)
    assert (first, second) == (Action.GRANT, None)
    with sessions() as db:
        decided = db.get(Application, row.id)
        assert (decided.state, decided.decided_by) == (State.GRANTED, admin.id)
        assert db.scalars(select(Enrolment.person_id)).all() == [person.id]
        assert db.scalars(select(OutgoingMail.template)).all() == ["application-granted"]
        assert db.scalars(select(ApplicationMessage.body)).all() == ["Welcome."]


def test_a_question_and_its_answer(sessions, make, now):
    person, admin = make.person(roles=()), make.actor(make.person(roles=("admin",)))
    row = make.application(person)
    with sessions.begin() as db:
        decisions.draft(db, admin, row.id, action=Action.ASK, body="Which stack?", seen=None, now=now)
        db.flush()
        decisions.send(db, admin, row.id, hold_seconds=0, now=now)

    with sessions.begin() as db:
        applications.reply(db, make.actor(person), row.id, body="Django on one server.", now=now)

    with sessions() as db:
        assert db.get(Application, row.id).state is State.RECEIVED
        said = db.execute(select(ApplicationMessage.action, ApplicationMessage.body)).all()
    assert sorted(map(tuple, said)) == [(Action.ASK, "Which stack?"), (Action.REPLY, "Django on one server.")]


def test_nobody_decides_about_their_own_request(sessions, make, now):
    admin = make.person(roles=("admin",))
    row = make.application(admin)

    with pytest.raises(Forbidden), sessions.begin() as db:
        decisions.draft(db, make.actor(admin), row.id, action=Action.GRANT, body="Me.", seen=None, now=now)


def test_withdrawing_removes_the_drafted_decision_and_allows_another_request(sessions, make, course, now):
    person, admin = make.person(roles=()), make.actor(make.person(roles=("admin",)))
    row = make.application(person)
    actor = make.actor(person)
    with sessions.begin() as db:
        decisions.draft(db, admin, row.id, action=Action.DECLINE, body="No.", seen=None, now=now)

    with sessions.begin() as db:
        applications.withdraw(db, actor, row.id, now=now)
    with sessions.begin() as db:
        again = applications.save_draft(db, actor, ANSWERS, course_slug=course.slug, now=now)

    assert again != row.id
    with sessions() as db:
        assert db.get(Application, row.id).state is State.WITHDRAWN
        assert db.scalar(select(func.count()).select_from(DraftedDecision)) == 0


def test_a_strangers_request_is_not_found(sessions, make, now):
    row = make.application(make.person(roles=()))

    with pytest.raises(NotFound), sessions.begin() as db:
        applications.withdraw(db, make.actor(make.person("Somebody else", roles=())), row.id, now=now)
