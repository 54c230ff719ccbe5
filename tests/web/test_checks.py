"""The admin's page of work: what is stuck, why, and trying again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.submissions import CheckState
from app.domain.switches import Switch
from app.evidence.findings import Report
from app.models import AuditEntry, CheckRun, EvidenceFile, OutgoingMail
from app.models.operations import MailState
from app.queries import checks as queries
from app.services import checks, mails, switches
from app.services.outbox import promise_mail

LEASE = timedelta(seconds=60)


@pytest.fixture
def admin(make):
    return make.person("Ada", roles=("admin",))


@pytest.fixture
def broken(sessions, make, now):
    """`broken(3)` – that many checks that ended in an error."""
    version = make.version(make.person("Mira Okafor"))

    def make_broken(count=1):
        for number in range(count):
            file = make.file(version, name=f"plan-{number}.txt", data=f"plan {number}".encode())
            with sessions.begin() as db:
                checks.promise_check(db, file.id, now=now)
                claimed = checks.claim_check(db, lease=LEASE, now=now)
                checks.give_up(db, claimed.run_id, claimed.fence, "It took too long.", now=now)
        return claimed.run_id

    return make_broken


def waiting(sessions, make, now):
    file = make.file(make.version(make.person("Lin")), name="waiting.txt")
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)


def state(sessions):
    with sessions() as db:
        return db.scalars(select(CheckRun.state)).one()


def test_every_problem_is_a_row_with_its_reason_longest_first(sessions, make, broken, now):
    broken()
    waiting(sessions, make, now - timedelta(hours=1))
    person = make.person("Ines", email=None)
    with sessions.begin() as db:
        promise_mail(db, person.id, "application-granted", {}, dedupe_key="one", now=now)
        mail = mails.claim_mail(db, lease=LEASE, now=now)
        mails.give_up(db, mail.mail_id, mail.fence, "No address.")

    with sessions() as db:
        rows = queries.problems(db, now=now)

    assert [(row.noun, row.what, row.person, row.state, row.reason, row.can_retry) for row in rows] == [
        ("check", "waiting.txt", "Lin", "queued", queries.WHY[CheckState.QUEUED], False),
        ("check", "plan-0.txt", "Mira Okafor", "error", "It took too long.", True),
        ("mail", "application-granted", "Ines", "failed", "No address.", True),
    ]


def test_what_is_due_running_later_stuck_and_failed_is_counted(sessions, make, broken, now):
    version = make.version(make.person("Lin"))
    for minutes in (-10, 0, 10):
        with sessions.begin() as db:
            file = make.file(version, name=f"{minutes}.txt")
            checks.promise_check(db, file.id, now=now + timedelta(minutes=minutes))
    with sessions.begin() as db:
        checks.claim_check(db, lease=LEASE, now=now - timedelta(minutes=9))

    with sessions() as db:
        early = queries.check_counts(db, now=now - timedelta(minutes=9))
        at_noon = queries.check_counts(db, now=now)
        mail = queries.mail_counts(db, now=now)

    assert early == queries.Counts(due=0, running=1, later=2, stuck=0, failed=0)
    assert at_noon == queries.Counts(due=1, running=0, later=1, stuck=1, failed=0)
    assert mail == queries.Counts(due=0, running=0, later=0, stuck=0, failed=0)


def test_a_check_that_is_on_time_is_no_problem(sessions, make, now):
    waiting(sessions, make, now)

    with sessions() as db:
        rows = queries.problems(db, now=now + timedelta(seconds=59))

    assert rows == []


def test_the_last_days_readings_are_grouped_by_level(sessions, make, course, now):
    version = make.version(make.person())
    for took_ms, level in ((10, "landlock"), (30, "landlock"), (20, "bubblewrap")):
        file = make.file(version, name=f"{took_ms}.txt")
        with sessions.begin() as db:
            checks.promise_check(db, file.id, now=now)
            claimed = checks.claim_check(db, lease=LEASE, now=now)
            report = Report("unknown", 0.0, {}, ())
            checks.finish(
                db,
                claimed.run_id,
                claimed.fence,
                report,
                sandbox=level,
                took_ms=took_ms,
                course=course,
                now=now,
            )

    with sessions() as db:
        today, later = queries.readings(db, now=now), queries.readings(db, now=now + timedelta(days=2))

    assert today == [queries.Readings("bubblewrap", 1, 20, 20), queries.Readings("landlock", 2, 10, 30)]
    assert later == []


def test_the_page_shows_a_broken_check_and_a_way_to_try_again(client, sessions, admin, broken):
    run_id = broken()
    client.sign_in(admin)

    page = client.get("/admin/checks").text

    assert "plan-0.txt" in page
    assert "It took too long." in page
    assert f"/admin/checks/runs/{run_id}/again" in page
    assert "No Redis is set" in page


def test_trying_again_makes_it_due_and_goes_back_to_the_page(client, sessions, admin, broken):
    run_id = broken()
    client.sign_in(admin)

    answer = client.post(f"/admin/checks/runs/{run_id}/again")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/checks")
    assert state(sessions) is CheckState.QUEUED


def test_trying_again_from_the_page_answers_with_the_part_that_changed(client, sessions, admin, broken):
    run_id = broken()
    client.sign_in(admin)

    answer = client.fragment("POST", f"/admin/checks/runs/{run_id}/again")

    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div id="work">')
    assert "Nothing is stuck" in answer.text


def test_all_that_broke_are_tried_again_with_one_button(client, sessions, admin, broken):
    broken(3)
    client.sign_in(admin)
    page = client.get("/admin/checks").text

    answer = client.fragment("POST", "/admin/checks/runs/again")

    assert "Try all 3 broken checks again" in page
    assert "at a time" not in page
    assert (answer.status_code, answer.text.strip()[:15]) == (200, '<div id="work">')
    assert "Nothing is stuck" in answer.text
    assert "broken checks again" not in answer.text
    with sessions() as db:
        assert set(db.scalars(select(CheckRun.state))) == {CheckState.QUEUED}


def test_one_that_broke_needs_no_button_for_all(client, admin, broken):
    broken(1)
    client.sign_in(admin)

    assert "/admin/checks/runs/again" not in client.get("/admin/checks").text


def test_a_failed_mail_is_sent_again(client, sessions, admin, now):
    with sessions.begin() as db:
        promise_mail(db, admin.id, "application-granted", {}, dedupe_key="one", now=now)
        mail = mails.claim_mail(db, lease=LEASE, now=now)
        mails.give_up(db, mail.mail_id, mail.fence, "No address.")
    client.sign_in(admin)

    answer = client.post(f"/admin/checks/mails/{mail.mail_id}/again")

    with sessions() as db:
        assert db.scalars(select(OutgoingMail.state)).one() is MailState.QUEUED
    assert answer.status_code == 303


def test_all_mails_that_failed_are_sent_again_with_one_button(client, sessions, admin, now):
    with sessions.begin() as db:
        for key in ("one", "two"):
            promise_mail(db, admin.id, "application-granted", {}, dedupe_key=key, now=now)
            mail = mails.claim_mail(db, lease=LEASE, now=now)
            mails.give_up(db, mail.mail_id, mail.fence, "The mail server refused it.")
    client.sign_in(admin)
    page = client.get("/admin/checks").text

    answer = client.fragment("POST", "/admin/checks/mails/again")
    again = client.fragment("POST", "/admin/checks/mails/again")

    assert "Send all 2 failed mails again" in page
    assert "failed mails again" not in answer.text
    with sessions() as db:
        assert list(db.scalars(select(OutgoingMail.state))) == [MailState.QUEUED] * 2
        assert db.scalar(select(func.count()).where(AuditEntry.action == "mail.retry")) == 2
    assert (again.status_code, "No mail has been given up" in again.text) == (409, True)


def test_a_second_click_is_a_conflict_in_words(client, sessions, admin, broken):
    run_id = broken()
    client.sign_in(admin)
    client.post(f"/admin/checks/runs/{run_id}/again")

    answer = client.post(f"/admin/checks/runs/{run_id}/again")

    assert answer.status_code == 409
    assert "nothing to repeat" in answer.text


def test_a_pause_is_shown_with_its_message(client, sessions, make, admin, now):
    with sessions.begin() as db:
        switches.pause(db, make.actor(admin), Switch.CHECKS, message="Back on Friday.", now=now)
    client.sign_in(admin)

    assert "Back on Friday." in client.get("/admin/checks").text


@pytest.mark.parametrize("roles", [("learner",), ("reviewer",)])
def test_the_page_is_for_admins(client, make, roles):
    client.sign_in(make.person("Lin", roles=roles))

    assert client.get("/admin/checks").status_code == 403


def test_one_problem_and_thirty_cost_the_same(client, sessions, admin, broken, count_selects):
    client.sign_in(admin)
    broken(1)
    with count_selects() as one:
        client.get("/admin/checks")
    broken(29)

    with count_selects() as thirty:
        client.get("/admin/checks")

    assert len(thirty) == len(one)


def test_a_draft_is_named_and_not_linked_because_no_admin_may_open_it(
    client, sessions, make, admin, broken, now
):
    broken()
    sent = make.version(make.person("Lin"), state="submitted", files=1)
    with sessions.begin() as db:
        file_id = db.scalars(select(EvidenceFile.id).where(EvidenceFile.version_id == sent.id)).one()
        checks.promise_check(db, file_id, now=now)
        claimed = checks.claim_check(db, lease=LEASE, now=now)
        checks.give_up(db, claimed.run_id, claimed.fence, "It took too long.", now=now)
    client.sign_in(admin)

    text = client.get("/admin/checks").text
    linked = re.findall(r'href="(/versions/[^"]+)"', text)

    assert "plan-0.txt" in text
    assert linked == [f"/versions/{sent.id}"]
    assert client.get(linked[0]).status_code == 200
