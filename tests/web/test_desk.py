import re

import pytest
from sqlalchemy import select

from app.domain.reviews import State
from app.domain.submissions import State as Version
from app.models import Ledger, Review, ReviewComment, SavedComment
from app.services import reviews

CAPSTONE = "three-bottlenecks"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def learner(make):
    return make.person("Mira Okafor")


@pytest.fixture
def rubric(course):
    return course.capstone(CAPSTONE).rubric


@pytest.fixture
def version(make, learner):
    """Two files; nothing is in the store, and the desk says so."""
    return make.version(learner, state="submitted", files=2)


@pytest.fixture
def review_id(sessions, make, ada, version, now):
    with sessions.begin() as db:
        return reviews.claim(db, make.actor(ada), version.id, lease_seconds=1800, now=now)


@pytest.fixture
def desk(client, ada, review_id):
    client.sign_in(ada)
    return f"/reviews/{review_id}"


def text_of(answer):
    return answer.get_data(as_text=True)


def file_ids(text):
    return re.findall(r'name="seen" value="([0-9a-f-]{36})"', text)


def ledger(sessions, version, now, **row):
    known = {
        "key": "db-p99-after", "label": "p99 after", "metric": "p99", "claimed": 90, "unit": "ms",
        "recomputed": 412, "low": None, "high": None, "tolerance": "", "verdict": "contradicts", "reason": "",
        "source": "", "said": "",
    }  # fmt: skip
    counts = {"agreeing": 0, "contradicted": 1, "unchecked": 0, "blocked": 0, "warned": 0}
    with sessions.begin() as db:
        db.add(Ledger(version_id=version.id, rows=[known | row], comparison=[], made_at=now, **counts))


def decided(client, desk, rubric, **typed):
    levels = {f"level-{each.key}": each.levels[-1].key for each in rubric.criteria}
    client.post(f"{desk}/draft", data=levels | {"tag": "0", "summary": "Clear."} | typed)
    return client.post(f"{desk}/decide", data={"tag": "1", "verdict": "pass"})


def test_seen_boxes_match_their_progress_and_come_back(client, desk):
    first, second = file_ids(text_of(client.get(desk)))

    answer = client.post(f"{desk}/seen", data={"seen": [first]}, headers=FRAGMENT)
    shown = text_of(client.get(desk))

    assert '<p id="seen"' in text_of(answer)
    assert "1/2 seen" in text_of(answer)
    assert "1/2 seen" in shown
    assert re.findall(r'value="([0-9a-f-]{36})"[^>]*checked', shown) == [first]
    assert second not in re.findall(r'value="([0-9a-f-]{36})"[^>]*checked', shown)


def test_a_changed_file_is_unseen_in_the_next_version(client, sessions, make, ada, learner, now):
    before = make.version(learner, state="draft")
    for name, data in (("same.txt", b"as before"), ("plan.txt", b"old plan")):
        make.file(
            before, name=name, slot="db-plan-before" if name == "same.txt" else "db-plan-after", data=data
        )
    make.advance(before, Version.SUBMITTED)
    actor = make.actor(ada)
    with sessions.begin() as db:
        first = reviews.claim(db, actor, before.id, lease_seconds=1800, now=now)
    client.sign_in(ada)
    ids = file_ids(text_of(client.get(f"/reviews/{first}")))
    client.post(f"/reviews/{first}/seen", data={"seen": ids})
    with sessions.begin() as db:
        reviews.give_back(db, actor, first, now=now)
    make.advance(before, Version.NEEDS_CHANGES)
    after = make.version(learner, number=2, state="draft")
    for name, data in (("same.txt", b"as before"), ("plan.txt", b"new plan")):
        make.file(
            after, name=name, slot="db-plan-before" if name == "same.txt" else "db-plan-after", data=data
        )
    make.advance(after, Version.SUBMITTED)
    with sessions.begin() as db:
        second = reviews.claim(db, actor, after.id, lease_seconds=1800, now=now)

    shown = text_of(client.get(f"/reviews/{second}"))

    ticked = re.findall(r'aria-label="(\S+) seen"[^>]*checked', shown)
    assert (len(ids), ticked) == (2, ["same.txt"])
    assert "1/2 seen" in shown


def test_a_line_comment_is_made_changed_and_removed_in_place(client, sessions, desk, review_id):
    file_id = file_ids(text_of(client.get(desk)))[0]
    place = f"{desk}/files/{file_id}/comments"

    asked = text_of(client.get(f"{place}?line=7", headers=FRAGMENT))
    made = text_of(client.post(place, data={"line": "7", "body": "Which index?"}, headers=FRAGMENT))
    with sessions() as db:
        (comment,) = db.scalars(select(ReviewComment))
    said = text_of(
        client.post(f"{place}/{comment.id}/reword", data={"line": "7", "body": "Why?"}, headers=FRAGMENT)
    )
    gone = text_of(client.post(f"{place}/{comment.id}/remove", data={"line": "7"}, headers=FRAGMENT))

    assert 'id="said-1-7"' in asked
    assert "Comment on line 7" in asked
    assert '<p class="said">Which index?</p>' in made
    assert '<p class="said">Why?</p>' in said
    assert 'class="said"' not in gone
    assert (comment.line, comment.review_id) == (7, review_id)


def test_a_refused_line_comment_keeps_what_was_typed(client, sessions, make, ada, desk, review_id, now):
    file_id = file_ids(text_of(client.get(desk)))[0]
    with sessions.begin() as db:
        reviews.give_back(db, make.actor(ada), review_id, now=now)

    answer = client.post(
        f"{desk}/files/{file_id}/comments", data={"line": "7", "body": "Typed for long"}, headers=FRAGMENT
    )

    assert answer.status_code == 409
    assert "Your claim has ended." in text_of(answer)
    assert "Typed for long</textarea>" in text_of(answer)


def test_what_is_said_at_a_line_reaches_preview_and_learner(client, desk, learner, rubric, review_id):
    file_id = file_ids(text_of(client.get(desk)))[0]
    client.post(f"{desk}/files/{file_id}/comments", data={"line": "7", "body": "Which index?"})
    preview = text_of(client.get(f"{desk}/preview"))
    decided(client, desk, rubric, private_note="Between us")
    client.sign_in(learner)

    feedback = text_of(client.get(f"{desk}/feedback"))
    lines = client.get(f"{desk}/feedback/files/{file_id}?line=7")

    assert re.search(r"file-\d\.txt, line 7", preview)
    assert f"{desk}/feedback/files/{file_id}?line=7#L7" in feedback
    assert "Between us" not in feedback + text_of(lines)
    assert lines.status_code == 200


def test_lines_nobody_spoke_of_are_not_on_the_feedback_pages(client, desk, learner, rubric):
    file_id = file_ids(text_of(client.get(desk)))[0]
    decided(client, desk, rubric)
    client.sign_in(learner)

    assert client.get(f"{desk}/feedback/files/{file_id}").status_code == 404


def test_a_saved_comment_is_filled_from_the_ledger_and_counted(client, sessions, desk, version, rubric, now):
    ledger(sessions, version, now)
    key = rubric.criteria[0].key
    bank = f"{desk}/bank/{key}"
    client.post(bank, data={"body": "p99 is {recomputed}, not {claimed}; cost {cost}."})
    with sessions() as db:
        (saved,) = db.scalars(select(SavedComment))

    shown = text_of(client.get(bank, headers=FRAGMENT))
    used = client.post(f"{bank}/{saved.id}/use", headers=FRAGMENT)
    again = text_of(client.get(bank, headers=FRAGMENT))

    assert f'<div id="bank-{key}"' in shown
    assert "p99 is 412 ms, not 90 ms; cost {cost}." in shown
    assert (used.status_code, "used once" in again) == (204, True)


def test_without_a_script_a_saved_comment_opens_the_desk_with_its_words(client, sessions, desk, rubric):
    key = rubric.criteria[0].key
    client.post(f"{desk}/bank/{key}", data={"body": "Run it longer."})
    with sessions() as db:
        (saved,) = db.scalars(select(SavedComment))

    used = client.post(f"{desk}/bank/{key}/{saved.id}/use")
    shown = text_of(client.get(used.location))

    assert (used.status_code, "Run it longer.</textarea>" in shown) == (303, True)


def test_an_open_place_is_refused_at_the_end_with_its_name(client, sessions, desk, rubric, review_id):
    answer = decided(client, desk, rubric, summary="Only {n_samples} samples.")

    assert answer.status_code == 422
    assert "Fill in what a saved comment left open, or take it out: {n_samples}." in text_of(answer)
    with sessions() as db:
        assert db.get(Review, review_id).state is State.CLAIMED


def test_a_decision_can_be_taken_back_until_it_is_sent(client, make, ada, learner):
    held = make.review(make.version(learner, state="in_review"), ada, state="decided")
    client.sign_in(ada)
    address = f"/reviews/{held.id}"

    opened = client.get(address)
    page = text_of(client.get(f"{address}/sent"))
    client.sign_in(learner)
    hidden = client.get(f"{address}/feedback").status_code
    client.sign_in(ada)
    back, again, old = (
        client.post(f"{address}/take-back"),
        client.post(f"{address}/take-back"),
        client.get(address),
    )

    assert (opened.location, hidden) == (f"{address}/sent", 404)
    assert "(in 10 minutes)" in page
    assert back.location == again.location == old.location != address
    assert "Clear and repeatable.</textarea>" in text_of(client.get(back.location))


def test_round_two_opens_on_what_fell_short_and_what_changed(
    client, sessions, make, ada, learner, rubric, now
):
    first = make.version(learner)
    make.file(first, slot="db-plan-before", name="plan.txt", data=b"Seq Scan")
    make.file(first, slot="db-plan-after", name="gone.txt", data=b"gone")
    make.advance(first, Version.NEEDS_CHANGES)
    ledger(sessions, first, now)
    fell = rubric.criteria[2]
    make.review(first, ada, state="released", levels={fell.key: fell.levels[0].key}, verdict="needs_changes")
    second = make.version(learner, number=2)
    make.file(second, slot="db-plan-before", name="plan.txt", data=b"Index Scan")
    make.advance(second, Version.SUBMITTED)
    ledger(sessions, second, now, recomputed=96, verdict="agrees")
    with sessions.begin() as db:
        review_id = reviews.claim(db, make.actor(ada), second.id, lease_seconds=1800, now=now)
    client.sign_in(ada)

    shown = text_of(client.get(f"/reviews/{review_id}"))

    order = re.findall(r'<fieldset class="criterion[a-z ]*" id="criterion-([a-z0-9-]+)"', shown)
    plain = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert order[0] == fell.key
    assert "412 ms → 96 ms" in plain
    assert "same as round 1" in plain
    assert re.search(r"changed plan\.txt", plain)
    assert re.search(r"removed gone\.txt", plain)
    assert "/changes" in shown


def test_the_desk_costs_at_most_six_selects_in_any_round(
    client, sessions, make, ada, learner, desk, now, count_selects
):
    other = make.person("Second")
    make.review(make.version(other, state="needs_changes", files=1), ada, state="released")
    second = make.version(other, number=2, state="submitted", files=30)
    with sessions.begin() as db:
        in_round_two = reviews.claim(db, make.actor(ada), second.id, lease_seconds=1800, now=now)

    with count_selects() as first:
        client.get(desk)
    with count_selects() as later:
        client.get(f"/reviews/{in_round_two}")

    assert (len(first) <= 6, len(later) <= 6) == (True, True)


def test_another_reviewer_marks_comments_and_takes_nothing_back(client, make, desk, rubric):
    file_id = file_ids(text_of(client.get(desk)))[0]
    client.sign_in(make.person("Bo", roles=("reviewer",)))

    answers = [
        client.post(f"{desk}/seen", data={"seen": [file_id]}),
        client.get(f"{desk}/bank/{rubric.criteria[0].key}"),
        client.get(f"{desk}/files/{file_id}/comments"),
        client.post(f"{desk}/take-back"),
        client.get(f"{desk}/sent"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
