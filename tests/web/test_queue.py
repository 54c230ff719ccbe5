import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.reviews import Verdict
from app.models import Ledger, SavedSearch
from app.services import reviews

ROW = re.compile(r'<tr data-item="row".*?</tr>', re.S)
AGE = re.compile(r">(\d+) (h|days?)</time>")


@pytest.fixture
def send(make, sessions, now):
    """A sent version that has waited for so many hours, with what its checks found."""

    def sent(hours, *, capstone="three-bottlenecks", number=1, name="Mira Okafor", **found):
        person = make.person(f"{name} {hours}")
        for earlier in range(1, number):
            make.version(person, capstone=capstone, number=earlier, state="needs_changes")
        version = make.version(
            person,
            capstone=capstone,
            number=number,
            state="submitted",
            queued_at=now - timedelta(hours=hours),
        )
        counts = {"agreeing": 0, "contradicted": 0, "unchecked": 0, "blocked": 0, "warned": 0} | found
        with sessions.begin() as db:
            db.add(Ledger(version_id=version.id, rows=[], comparison=[], made_at=now, **counts))
        return version

    return sent


@pytest.fixture
def queue(client, ada):
    client.sign_in(ada)

    def asked(q):
        answer = client.get("/queue", query_string={"q": q})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return asked


def ages(text):
    """How long each row has waited, in hours."""
    found = (AGE.search(row) for row in ROW.findall(text))
    return [int(each[1]) * (1 if each[2] == "h" else 24) for each in found if each]


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", [20, 16, 12, 8, 4]),
        ("is:waiting", [20, 12, 8, 4]),
        ("is:claimed", [16]),
        ("-is:claimed", [20, 12, 8, 4]),
        ("is:skipped", [4]),
        ("-is:skipped round:1", [20, 16, 12]),
        ("reviewer:bo", [16]),
        ('reviewer:"bo reviewer"', [16]),
        ("reviewer:me", []),
        ("reviewer:mira", []),
        ("check:fail", [20]),
        ("-check:fail", [16, 12, 8, 4]),
        ("check:fail|warn", [20, 12]),
        ("check:clean", [16, 8, 4]),
        ("claims:contradicted", [12]),
        ("claims:agree", [16]),
        ("capstone:safe-deploys", [8]),
        ("capstone:three|safe", [20, 16, 12, 8, 4]),
        ("-capstone:three", [8]),
        ("capstone:nothing-like-it", []),
        ("round:2", [8]),
        ("round:<2", [20, 16, 12, 4]),
        ("waiting:>10h", [20, 16, 12]),
        ("waiting:<10h", [8, 4]),
        ("sort:newest", [4, 8, 12, 16, 20]),
        ("sort:round", [20, 16, 12, 4, 8]),
        ("is:waiting check:warn|fail waiting:>15h", [20]),
    ],
)
def test_each_word_narrows_the_queue(queue, send, sessions, make, ada, bo, now, typed, hours):
    send(20, blocked=1)
    held = send(16, agreeing=2)
    send(12, contradicted=1, warned=2)
    send(8, capstone="safe-deploys", number=2)
    passed_by = send(4)
    with sessions.begin() as db:
        reviews.claim(db, make.actor(bo), held.id, lease_seconds=1800, now=now)
        reviews.skip(db, make.actor(ada), passed_by.id, reason="I know the author.", now=now)

    assert ages(queue(typed)) == hours


def test_what_was_rated_is_found_when_it_is_asked_for(queue, make, ada, bo, now):
    for hours, reviewer in ((5, ada), (9, bo), (7, bo)):
        version = make.version(
            make.person(f"Mira {hours}"), state="passed", queued_at=now - timedelta(hours=hours)
        )
        make.review(version, reviewer, state="released", verdict=Verdict.PASS)

    assert ages(queue("")) == []
    assert ages(queue("is:released")) == [5, 7, 9]
    assert ages(queue("is:released reviewer:me")) == [5]
    assert "rated by Bo Reviewer" in queue("is:released")
    assert "Nothing fits this search" in queue("is:released round:2")


def test_a_lease_that_has_ended_is_free_to_the_search_too(queue, send, sessions, make, bo, now):
    version = send(6)
    with sessions.begin() as db:
        reviews.claim(db, make.actor(bo), version.id, lease_seconds=60, now=now - timedelta(hours=1))

    assert (ages(queue("is:waiting")), ages(queue("is:claimed")), ages(queue("reviewer:bo"))) == ([6], [], [])


@pytest.mark.parametrize("typed", ["is:waiting", "sort:newest", "sort:round -check:fail"])
def test_a_search_pages_by_key_and_costs_the_same_for_one_row_and_for_thirty(
    client, queue, send, count_selects, typed
):
    send(90)
    queue(typed)
    with count_selects() as one:
        queue(typed)
    for number in range(32):
        send(number + 1, number=1 + number % 2)
    with count_selects() as many:
        first = queue(typed)

    more = html.unescape(re.search(r'href="(/queue\?q=[^"]+after=[^"]+)"', first)[1])
    second = client.get(more).get_data(as_text=True)

    assert len(one) == len(many)
    assert (len(ROW.findall(first)), len(ROW.findall(second))) == (30, 3)
    assert len(set(re.findall(r'action="/queue/([0-9a-f-]{36})/claim"', first + second))) == 33


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("capstne:3", "<code>capstne:</code> is not a word of this search. The nearest one is <code>capstone:</code>."),
        ("is:waitin", "The nearest one is <code>is:waiting</code>."),
        ("waiting:3", "needs a length of time"),
        ("round:x", "needs a whole number"),
        ('reviewer:"Ada', "stays open"),
        ("-sort:newest", "A sort order has no opposite."),
        ("is:", "<code>is:</code> needs a value, one of: waiting"),
        ("<script>alert(1)</script>:1", "&lt;script&gt;"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_and_the_rest_still_counts(queue, send, typed, sentence):
    send(5)
    send(3, capstone="safe-deploys")

    text = queue(f"capstone:safe {typed}")

    assert sentence in text
    assert "<script>alert" not in text
    assert ages(text) == [3]


def test_no_search_finds_a_learner_by_name_or_mail(queue, send):
    send(5, name="Mira Okafor")

    for typed in ("mira", "okafor", "learner:mira", "reviewer:mira", "capstone:okafor"):
        assert ages(queue(typed)) in ([], [5])
        assert "Okafor" not in queue(typed).replace("okafor", "")


@pytest.mark.parametrize("after", ["x", "2026-01-01T00:00:00+00:00_no_1", "__", "2026-01-01_" + "0" * 32])
def test_a_mangled_page_is_the_first_page(client, queue, send, after):
    send(5)
    queue("")

    assert ages(client.get("/queue", query_string={"after": after}).get_data(as_text=True)) == [5]


def test_the_way_back_to_the_queue_keeps_the_search(client, queue):
    queue("round:2")
    back = client.get("/queue")
    queue("")

    assert (back.status_code, back.location) == (303, "/queue?q=round:2")
    assert client.get("/queue").status_code == 200


def test_a_search_is_saved_as_a_link_by_name_and_only_for_oneself(client, queue, sessions, ada, bo):
    queue("round:2")
    for query in ("round:2", "round:3"):
        assert (
            client.post("/queue/searches", data={"q": query, "name": " Second  rounds "}).status_code == 303
        )

    link = re.search(r'<a href="(/queue\?q=round:3)"[^>]*>Second rounds</a>', queue("round:3"))
    with sessions() as db:
        (saved,) = db.scalars(select(SavedSearch)).all()
    client.sign_in(bo)
    others = queue("")
    client.post(f"/queue/searches/{saved.id}/remove")
    client.sign_in(ada)

    assert link
    assert (saved.reviewer_id, saved.name, saved.query) == (ada.id, "Second rounds", "round:3")
    assert "Second rounds" not in others
    assert "Second rounds" in queue("")
    for _ in range(2):
        assert client.post(f"/queue/searches/{saved.id}/remove").status_code == 303
    assert "Second rounds" not in queue("")


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [("", "round:2", "Give the search a name"), ("n" * 61, "round:2", "Give the search a name")],
)
def test_a_search_without_a_fitting_name_is_a_422_that_keeps_what_was_typed(
    client, queue, name, query, sentence
):
    queue(query)

    answer = client.post("/queue/searches", data={"q": query, "name": name})

    text = answer.get_data(as_text=True)
    assert (answer.status_code, sentence in text, f'value="{name}"' in text, f'value="{query}"' in text) == (
        422, True, True, True,
    )  # fmt: skip


def test_twenty_searches_are_enough(client, queue):
    queue("round:2")
    answers = [client.post("/queue/searches", data={"q": "round:2", "name": f"n{n}"}) for n in range(21)]

    assert [each.status_code for each in answers] == [303] * 20 + [409]


def test_work_passed_by_is_offered_again_on_request(client, queue, send, sessions, make, ada, now):
    version = send(5)
    with sessions.begin() as db:
        reviews.skip(db, make.actor(ada), version.id, reason="I know the author.", now=now)
    shown = queue("is:skipped")

    answer = client.post(f"/queue/{version.id}/unskip")

    assert f"/queue/{version.id}/unskip" in shown
    assert answer.status_code == 303
    assert client.post("/queue/next").location.startswith("/reviews/")


def test_a_lease_is_shown_to_others_with_what_is_left_of_it(queue, send, sessions, make, bo, now):
    version = send(6)
    with sessions.begin() as db:
        reviews.claim(db, make.actor(bo), version.id, lease_seconds=720, now=now)

    assert "with Bo Reviewer, 12 min left" in re.sub(r"<[^>]+>", "", queue(""))


def test_a_save_after_a_colleague_took_over_is_a_409_with_both_texts(
    client, send, sessions, make, ada, bo, now
):
    version = send(6)
    early = now - timedelta(hours=1)
    with sessions.begin() as db:
        mine = reviews.claim(db, make.actor(ada), version.id, lease_seconds=60, now=early)
    client.sign_in(ada)
    path = f"/reviews/{mine}/draft"
    client.post(path, data={"tag": "0", "summary": "In time"})
    with sessions.begin() as db:
        reviews.claim(db, make.actor(bo), version.id, lease_seconds=1800, now=now + timedelta(hours=2))

    plain = client.post(path, data={"tag": "1", "summary": "Too <late>"})
    script = client.post(path, data={"tag": "1", "summary": "Too <late>"}, headers={"X-Autosave": "1"})

    text = plain.get_data(as_text=True)
    assert (plain.status_code, script.status_code) == (409, 409)
    assert "Bo Reviewer has the work now." in text
    assert ("<pre>In time</pre>" in text, "<pre>Too &lt;late&gt;</pre>" in text) == (True, True)
    assert "Bo Reviewer" in script.get_data(as_text=True)
