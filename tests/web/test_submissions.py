import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.submissions import State
from app.models import Claim, OutgoingMail, SubmissionVersion
from app.services import checks
from tests.web.learners import read_as

SLUG = "three-bottlenecks"


@pytest.fixture
def learner(make):
    make.rubric(SLUG)
    return make.person()


@pytest.fixture
def draft(make, learner):
    return make.version(learner)


def slots(course):
    return course.capstone(SLUG).slots


def state(sessions, version):
    with sessions() as db:
        return db.get_one(SubmissionVersion, version.id).state


def promise(sessions, file, now):
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)


def test_starting_twice_opens_one_draft(client, learner, sessions):
    client.sign_in(learner)
    before = client.get(f"/work/{SLUG}")

    answers = [client.post(f"/work/{SLUG}/start") for _ in range(2)]

    assert "Start this capstone" in before.text
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/work/{SLUG}")] * 2
    assert "draft, version 1" in client.get(f"/work/{SLUG}").text


def test_every_slot_says_where_it_stands(client, make, learner, draft, course, sessions, now):
    client.sign_in(learner)
    keys = [slot.key for slot in slots(course)]
    blocked = make.file(draft, slot=keys[0])
    promise(sessions, blocked, now)
    read_as(sessions, course, now, severity="block")
    promise(sessions, make.file(draft, slot=keys[1], data=b"b"), now)
    make.file(draft, slot=keys[2], data=b"c", stored=False)

    page = client.get(f"/work/{SLUG}").text

    signs = {
        key: re.search(rf'#slot-{key}">.*?</svg>([^<]+)</span>', page, re.S).group(1) for key in keys[:4]
    }
    assert list(signs.values()) == ["fix", "checking", "being sent", "missing"]
    assert "Run it with ANALYZE." in page


def test_a_file_that_is_not_what_was_announced_says_so_and_does_not_blame_our_check(
    client, make, learner, draft, course, sessions, now
):
    client.sign_in(learner)
    file = make.file(draft, slot=slots(course)[0].key, stored=False, uploaded_at=now)
    promise(sessions, file, now)
    with sessions.begin() as db:
        claimed = checks.claim_check(db, lease=timedelta(minutes=1), now=now)
        checks.give_up(db, claimed.run_id, claimed.fence, "The bytes differ. Upload it again.", now=now)

    page = client.get(f"/work/{SLUG}").text

    assert "The bytes differ. Upload it again." in page
    assert "Our check broke" not in page


def test_a_slot_polls_slower_and_slower_and_only_while_it_is_read(
    client, make, learner, draft, course, sessions, now
):
    client.sign_in(learner)
    key = slots(course)[0].key
    promise(sessions, make.file(draft, slot=key), now)
    address, delays = f"/versions/{draft.id}/slots/{key}?wait=250", []

    for _ in range(5):
        found = re.search(r'hx-get="([^"]+)".*?delay:(\d+)ms', client.fragment("GET", address).text, re.S)
        address = found.group(1).replace("&amp;", "&")
        delays.append(int(found.group(2)))
    read_as(sessions, course, now, severity="good")

    assert delays == [500, 1000, 2000, 4000, 8000]
    assert "hx-trigger" not in client.fragment("GET", address).text


def test_a_poll_without_news_is_answered_by_its_own_line_alone(
    client, make, learner, draft, course, sessions, now
):
    client.sign_in(learner)
    key = slots(course)[0].key
    promise(sessions, make.file(draft, slot=key), now)
    address = f"/versions/{draft.id}/slots/{key}?wait=500&unread=1"

    quiet = client.fragment("GET", address)
    read_as(sessions, course, now, severity="good")
    news = client.fragment("GET", address)

    assert quiet.headers["HX-Retarget"] == f"#slot-{key} .waiting"
    assert (quiet.text.strip()[:2], quiet.text.count("<p "), "<section" in quiet.text) == ("<p", 1, False)
    assert "HX-Retarget" not in news.headers
    assert f'id="add-{key}" class="stack" hx-preserve' in news.text


def test_what_waits_long_says_so_and_ends(client, make, learner, draft, course, sessions, now):
    client.sign_in(learner)
    key = slots(course)[0].key
    promise(sessions, make.file(draft, slot=key), now)
    address = f"/versions/{draft.id}/slots/{key}?wait=8000&unread=1&waited="

    lines = [client.fragment("GET", f"{address}{waited}").text for waited in (21_000, 22_000, 892_000)]

    assert ["takes longer than usual" in line for line in lines] == [False, True, False]
    assert ["hx-trigger" in line for line in lines] == [True, True, False]
    assert "waited=30000" in lines[1]
    assert f'href="/work/{SLUG}"' in lines[2]


def test_the_page_costs_the_same_for_one_and_for_thirty_files(
    client, make, learner, draft, course, sessions, now, count_selects
):
    client.sign_in(learner)
    promise(sessions, make.file(draft, slot=slots(course)[0].key), now)
    read_as(sessions, course, now, severity="warn")
    with count_selects() as one:
        client.get(f"/work/{SLUG}")
    for number in range(30):
        promise(sessions, make.file(draft, slot=slots(course)[1].key, data=f"{number}".encode()), now)
    read_as(sessions, course, now, severity="warn")
    with count_selects() as thirty:
        page = client.get(f"/work/{SLUG}").text

    assert page.count('class="finding warn"') == 31
    assert len(one) == len(thirty)
    assert len(thirty) <= 6


def test_a_version_in_the_queue_costs_at_most_six_selects(client, make, learner, course, count_selects):
    client.sign_in(learner)
    version = make.version(learner, state="submitted", files=3)
    with count_selects() as seen:
        page = client.get(f"/versions/{version.id}").text

    assert "next in the queue" in page
    assert len(seen) <= 6


def test_claims_are_saved_by_the_form_and_shown_again(client, learner, draft, course, sessions):
    client.sign_in(learner)
    key = course.capstone(SLUG).claims[0].key

    answer = client.post(f"/versions/{draft.id}/claims", data={"tag": "0", key: "96,5"})

    assert (answer.status_code, answer.location) == (303, f"/work/{SLUG}#claims")
    assert 'value="96.5"' in client.get(f"/work/{SLUG}").text


def test_a_saved_claim_is_counted_in_the_list_of_what_is_needed(client, learner, draft, course):
    client.sign_in(learner)
    wanted = [claim for claim in course.capstone(SLUG).claims if claim.required]
    fragment = {"HX-Request": "true", "HX-Request-Type": "partial"}

    answer = client.post(
        f"/versions/{draft.id}/claims", data={"tag": "0", wanted[0].key: "96"}, headers=fragment
    )

    tasks = answer.text.split('<nav id="tasks"')[1].split("</nav>")[0]
    assert 'hx-swap-oob="true"' in tasks
    assert f"1 of {len(wanted)}" in tasks


def test_claims_that_cannot_be_read_come_back_as_typed(client, learner, draft, course, sessions):
    client.sign_in(learner)
    first, second = (claim.key for claim in course.capstone(SLUG).claims[:2])

    answer = client.post(
        f"/versions/{draft.id}/claims", data={"tag": "0", first: "96", second: "quick & cheap"}
    )

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'value="quick &amp; cheap"' in answer.text
    assert 'value="96"' in answer.text
    with sessions() as db:
        assert [(claim.key, claim.value) for claim in db.scalars(select(Claim))] == [(first, 96)]


def test_what_is_wrong_with_claims_is_said_in_the_readers_language_and_counted(
    client, learner, draft, course
):
    client.sign_in(learner)
    keys = [claim.key for claim in course.capstone(SLUG).claims[:2]]
    form = {"tag": "0", keys[0]: "quick", keys[1]: "slow"}
    german = {"Accept-Language": "de", "X-Autosave": "1"}

    answer = client.post(f"/versions/{draft.id}/claims", data=form, headers=german)

    assert answer.status_code == 422
    assert answer.json["message"].startswith("2 Felder, das erste: ")
    assert "Geben Sie eine Zahl" in answer.json["message"]


def test_the_autosave_of_claims_answers_in_json(client, learner, draft, course):
    client.sign_in(learner)
    key = course.capstone(SLUG).claims[0].key
    address, headers = f"/versions/{draft.id}/claims", {"X-Autosave": "1"}

    saved = client.post(address, data={"tag": "0", key: "96"}, headers=headers)
    stale = client.post(address, data={"tag": "0", key: "100"}, headers=headers)
    wrong = client.post(address, data={"tag": "1", key: "x"}, headers=headers)

    total = sum(claim.required for claim in course.capstone(SLUG).claims)
    given = f"1 of {total}"
    assert (saved.status_code, saved.json["tag"], saved.cache_control.no_store) == (200, 1, True)
    assert saved.json["beside"].startswith('<nav id="tasks"')
    assert (given in saved.json["beside"], given in wrong.json["beside"]) == (True, True)
    assert (stale.status_code, stale.json) == (409, {"tag": 1, "fields": {key: "96"}, "by": ""})
    assert (wrong.status_code, set(wrong.json)) == (422, {"message", "tag", "beside"})


def test_sending_without_confirming_keeps_what_was_typed(client, make, learner, draft, course, sessions):
    client.sign_in(learner)
    make.file(draft, slot=slots(course)[0].key)

    answer = client.post(
        f"/versions/{draft.id}/submit", data={"question": "Is <40> sound?", "reason": "The rest is on paper."}
    )

    assert answer.status_code == 422
    assert "Is &lt;40&gt; sound?" in answer.text
    assert "The rest is on paper." in answer.text
    assert 'href="#attested"' in answer.text
    assert state(sessions, draft) is State.DRAFT


def test_a_reason_is_asked_for_while_a_required_claim_is_open(client, make, learner, draft, course, sessions):
    client.sign_in(learner)
    for slot in slots(course):
        make.file(draft, slot=slot.key, data=slot.key.encode())
    open_page = client.get(f"/versions/{draft.id}/check").text
    with sessions.begin() as db:
        for claim in course.capstone(SLUG).claims:
            db.add(Claim(version_id=draft.id, key=claim.key, value=1, unit=claim.unit, typed_at=make.now))

    complete_page = client.get(f"/versions/{draft.id}/check").text

    assert ('name="reason"' in open_page, 'name="reason"' in complete_page) == (True, False)


def test_sending_gives_a_receipt_and_a_second_click_the_same(client, make, learner, draft, course, sessions):
    client.sign_in(learner)
    file = make.file(draft, slot=slots(course)[0].key, name="plan <1>.txt")
    form = {"question": "", "reason": "The rest is on paper.", "attested": "yes"}

    answers = [client.post(f"/versions/{draft.id}/submit", data=form) for _ in range(2)]
    receipt = client.get(answers[0].location)
    kept = client.get(f"{answers[0].location}.json")

    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/versions/{draft.id}/receipt")
    }
    assert "plan &lt;1&gt;.txt" in receipt.text
    assert f"<td>{slots(course)[0].title}</td>" in receipt.text
    assert kept.json["files"] == [
        {"name": "plan <1>.txt", "sha256": file.sha256, "size": file.size, "slot": file.slot}
    ]
    assert (
        kept.headers["Content-Disposition"] == f'attachment; filename="receipt-{kept.json["receipt"]}.json"'
    )
    assert state(sessions, draft) is State.SUBMITTED
    with sessions() as db:
        assert len(list(db.scalars(select(OutgoingMail)))) == 1


def test_a_draft_beside_a_waiting_version_says_so_and_is_not_sent(client, make, learner, course, sessions):
    make.version(learner, state="submitted")
    second = make.version(learner, number=2)
    make.file(second, slot=slots(course)[0].key)
    client.sign_in(learner)

    page = client.get(f"/work/{SLUG}").text
    answer = client.post(f"/versions/{second.id}/submit", data={"reason": "x", "attested": "yes"})
    german = client.post(
        f"/versions/{second.id}/submit", data={"reason": "x"}, headers={"Accept-Language": "de"}
    )

    assert "Version 1 is still waiting for its rating" in page
    assert answer.status_code == 409
    assert "Version 1 is still waiting for its rating" in answer.text
    assert "Fassung 1 wartet noch auf ihre Bewertung" in german.text
    assert "still waiting" not in german.text
    assert state(sessions, second) is State.DRAFT


def test_withdrawing_leads_to_a_page_that_offers_the_next_version(client, make, learner, sessions):
    version = make.version(learner, state="submitted", files=1)
    client.sign_in(learner)

    answer = client.post(f"/versions/{version.id}/withdraw")

    assert (answer.status_code, state(sessions, version)) == (303, State.WITHDRAWN)
    assert "Start the next version" in client.get(answer.location).text


def test_reviews_stay_readable_from_every_version(client, make, learner):
    version = make.version(learner, state="in_review", files=1)
    review = make.review(
        version, make.person("Ada", roles=["reviewer"]), state="released", verdict="needs_changes"
    )
    make._change(version, {"state": State.NEEDS_CHANGES, "closed_at": make.now})
    make.version(learner, number=2)
    client.sign_in(learner)

    for address in (f"/work/{SLUG}", f"/versions/{version.id}"):
        assert f"/reviews/{review.id}/feedback" in client.get(address).text


@pytest.mark.parametrize("roles", [["learner"], ["learner", "reviewer", "admin"]])
def test_somebody_elses_work_is_not_found(client, make, draft, course, roles):
    client.sign_in(make.person("Other", roles=roles))
    key = slots(course)[0].key

    answers = [
        client.get(f"/versions/{draft.id}/check"),
        client.get(f"/versions/{draft.id}/receipt"),
        client.fragment("GET", f"/versions/{draft.id}/slots/{key}"),
        client.post(f"/versions/{draft.id}/claims", data={"tag": "0"}),
        client.post(f"/versions/{draft.id}/words", data={"tag": "0"}),
        client.post(f"/versions/{draft.id}/submit"),
        client.post(f"/versions/{draft.id}/withdraw"),
        client.post(f"/versions/{draft.id}/files", data={"slot": key}),
        client.post(f"/versions/{draft.id}/paste", data={"slot": key, "text": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_another_learner_does_not_read_a_version(client, make, learner):
    version = make.version(learner, state="passed")
    client.sign_in(make.person("Other"))

    answers = [client.get(f"/versions/{version.id}{page}") for page in ("", "/receipt", "/receipt.json")]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_reviewer_reads_but_does_not_change_it(client, make, learner, sessions):
    version = make.version(learner, state="submitted", files=1)
    client.sign_in(make.person("Ada", roles=["reviewer"]))

    page = client.get(f"/versions/{version.id}")

    assert (page.status_code, "Withdraw" in page.text) == (200, False)
    assert client.post(f"/versions/{version.id}/withdraw").status_code == 403
    assert state(sessions, version) is State.SUBMITTED


def test_a_page_of_a_later_day_still_shows_the_receipt(client, make, learner, clock):
    version = make.version(learner, state="passed", files=1)
    clock["now"] += timedelta(hours=5)
    client.sign_in(learner)

    assert version.receipt_code in client.get(f"/versions/{version.id}/receipt").text
