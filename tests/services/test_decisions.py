"""Decisions about requests: pending, on their way, taken back, made true; and colleagues who draft at once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.applications import Action, State
from app.domain.errors import Conflict, Forbidden, Stale
from app.models import Application, AuditEntry, DraftedDecision, Enrolment, OutgoingMail
from app.services import applications, decisions

HOLD = 600


@pytest.fixture
def omar(make):
    return make.person("Omar", roles=())


@pytest.fixture
def row(make, omar):
    return make.application(omar)


@pytest.fixture
def ada(make):
    return make.actor(make.person("Ada", roles=("admin",)))


@pytest.fixture
def bo(make):
    return make.actor(make.person("Bo", roles=("admin",)))


@pytest.fixture
def draft(sessions, row, ada, now):
    def draft(who=ada, action=Action.GRANT, body="Welcome.", *, seen=None, at=now):
        with sessions.begin() as db:
            decisions.draft(db, who, row.id, action=action, body=body, seen=seen, now=at)

    return draft


@pytest.fixture
def send(sessions, row, ada, now):
    def send(who=ada, *, hold_seconds=HOLD, at=now):
        with sessions.begin() as db:
            return decisions.send(db, who, row.id, hold_seconds=hold_seconds, now=at)

    return send


@pytest.fixture
def release(sessions, now):
    """What the worker does at that moment: which requests were decided."""

    def release(at):
        with sessions() as db:
            due = decisions.due(db, now=at)
        done = []
        for application_id in due:
            with sessions.begin() as db:
                done += [application_id] if decisions.release_due(db, application_id, now=at) else []
        return done

    return release


def drafted(sessions):
    with sessions() as db:
        return db.scalars(select(DraftedDecision)).one_or_none()


def nothing_happened(sessions, row):
    with sessions() as db:
        mails = db.scalar(select(func.count()).select_from(OutgoingMail))
        places = db.scalar(select(func.count()).select_from(Enrolment))
        return (db.get(Application, row.id).state, mails, places) == (State.RECEIVED, 0, 0)


def actions(sessions):
    with sessions() as db:
        return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_sent_decision_becomes_true_after_its_ten_minutes_and_once(
    sessions, row, omar, ada, draft, send, release, now
):
    draft()
    assert [send(), send()] == [Action.GRANT, Action.GRANT]
    almost = now + timedelta(seconds=HOLD - 1)
    assert release(almost) == []
    assert nothing_happened(sessions, row)

    later = now + timedelta(seconds=HOLD)
    assert (release(later), release(later)) == ([row.id], [])

    with sessions() as db:
        decided = db.get(Application, row.id)
        assert (decided.state, decided.decided_by, decided.decided_at) == (State.GRANTED, ada.id, later)
        assert db.scalars(select(Enrolment.person_id)).all() == [omar.id]
        assert db.scalars(select(OutgoingMail.template)).all() == ["application-granted"]
    assert drafted(sessions) is None
    assert actions(sessions) == ["application.decide", "enrolment.begin", "application.grant"]


def test_taken_back_it_is_pending_again_and_nothing_is_ever_sent(
    sessions, row, ada, draft, send, release, now
):
    draft()
    send()
    for _ in range(2):
        with sessions.begin() as db:
            decisions.take_back(db, ada, row.id, now=now)

    assert release(now + timedelta(days=1)) == []
    assert nothing_happened(sessions, row)
    assert (drafted(sessions).body, drafted(sessions).send_at) == ("Welcome.", None)
    assert actions(sessions) == ["application.decide", "application.take_back"]


def test_a_request_that_is_withdrawn_meanwhile_is_not_decided(
    sessions, row, make, omar, draft, send, release, now
):
    draft()
    send()
    with sessions.begin() as db:
        applications.withdraw(db, make.actor(omar), row.id, now=now)

    assert release(now + timedelta(days=1)) == []
    with sessions() as db:
        assert db.get(Application, row.id).state is State.WITHDRAWN
        assert db.scalars(select(OutgoingMail)).all() == []


def test_what_has_been_sent_cannot_be_taken_back(sessions, row, ada, draft, send, now):
    draft()
    send(hold_seconds=0)

    with pytest.raises(Conflict, match="sent already"), sessions.begin() as db:
        decisions.take_back(db, ada, row.id, now=now)


def test_on_its_way_it_is_neither_changed_nor_thrown_away(sessions, row, ada, draft, send, now):
    draft()
    send()

    with pytest.raises(Conflict, match="on its way"):
        draft(body="Other words.", seen=now)
    with sessions.begin() as db:
        decisions.drop(db, ada, row.id)

    assert (drafted(sessions).body, drafted(sessions).send_at) == ("Welcome.", now + timedelta(seconds=HOLD))


def test_a_colleagues_draft_is_not_overwritten_unseen(sessions, bo, draft, now):
    draft(at=now)

    with pytest.raises(Stale) as refused:
        draft(bo, Action.DECLINE, "Not this time.")
    assert refused.value.theirs == {"action": "grant", "body": "Welcome."}
    draft(bo)
    draft(bo, Action.DECLINE, "Not this time.", seen=now)

    assert (drafted(sessions).action, drafted(sessions).drafted_by) == (Action.DECLINE, bo.id)


def test_words_for_a_draft_that_is_gone_make_no_new_one(sessions, row, ada, draft, now):
    draft()
    with sessions.begin() as db:
        decisions.drop(db, ada, row.id)

    with pytest.raises(Conflict, match="gone"):
        draft(body="Welcome, Omar.", seen=now)

    assert drafted(sessions) is None


def test_only_admins_decide(sessions, row, make, draft, now):
    draft()
    learner = make.actor(make.person("Mira"))
    once = {"hold_seconds": HOLD, "now": now}

    for verb, words in ((decisions.send, once), (decisions.take_back, {"now": now}), (decisions.drop, {})):
        with pytest.raises(Forbidden), sessions.begin() as db:
            verb(db, learner, row.id, **words)
    with pytest.raises(Forbidden):
        draft(learner)

    assert drafted(sessions).send_at is None
