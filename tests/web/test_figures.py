import re
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta

import pytest

from app.evidence.findings import Finding, Report, Severity
from app.evidence.latency_table.rules import SOME_TAIL
from app.evidence.postgres_plan import reading
from app.services import checks, reviews, submissions
from app.services.submissions import Words
from app.web.figures import file_figures, pair_figures, pairs
from tests.pictures.facts import node, plan, timed
from tests.pictures.reading import Read

CAPSTONE = "three-bottlenecks"
DESK_SELECTS = 5
File = namedtuple("File", ("slot", "name", "kind", "facts"))
RUN = timed(*((float(second), 25, 0, 50.0) for second in range(30)))
FASTER = timed(*((float(second), 25, 0, 5.0) for second in range(30)), scale=0.1)
SLOW = {
    "plans": reading.read("""\
 Sort  (cost=10.00..12.50 rows=6 width=8) (actual time=99.000..100.000 rows=6 loops=1)
   ->  Seq Scan on orders  (cost=0.00..12.50 rows=6 width=8) (actual time=0.010..90.000 rows=6 loops=1)
 Execution Time: 100.000 ms
""")
}
FAST = {
    "plans": reading.read("""\
 Index Scan using orders_user on orders  (cost=0.42..8.50 rows=6 width=8) (actual time=0.020..1.000 rows=6 loops=1)
 Execution Time: 1.000 ms
""")
}
FILES = (
    File("db-latency-before", "db-before.csv", "latency_table", RUN),
    File("db-latency-after", "db-after.csv", "latency_table", FASTER),
    File("db-plan-before", "plan-before.txt", "postgres_plan", SLOW),
    File("db-plan-after", "plan-after.txt", "postgres_plan", FAST),
    File("app-latency-before", "app-before.csv", "latency_table", RUN),
)
NOISE = Finding("E2", Severity.WARN, "Odd.", "It matters.", "Mend it.")


GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def capstone(course):
    return course.capstone(CAPSTONE)


@pytest.fixture
def learner(make):
    make.rubric(CAPSTONE)
    return make.person()


@pytest.fixture
def draft(make, learner):
    return make.version(learner)


@pytest.fixture
def read(make, sessions, course, now):
    """Upload files to a version and keep what a checker would have said of them."""

    def keep(version, files, findings=()):
        rows = {
            make.file(version, slot=one.slot, name=one.name, data=one.name.encode()).id: one for one in files
        }
        with sessions.begin() as db:
            for file_id in rows:
                checks.promise_check(db, file_id, now=now)
        with sessions.begin() as db:
            while claimed := checks.claim_check(db, lease=timedelta(minutes=1), now=now):
                one = rows[claimed.file_id]
                report = Report(one.kind, 1.0, one.facts, findings)
                checks.finish(
                    db,
                    claimed.run_id,
                    claimed.fence,
                    report,
                    sandbox="none",
                    took_ms=1,
                    course=course,
                    now=now,
                )

    return keep


@pytest.fixture
def desk(make, sessions, course, learner, draft, now):
    """Send the draft and put it on a reviewer's desk; its address."""

    def put(client):
        ada = make.person("Ada Reviewer", roles=("reviewer",))
        with sessions.begin() as db:
            words = Words("", "The rest is still running.", True)
            submissions.submit(db, make.actor(learner), draft.id, words, course=course, now=now)
        with sessions.begin() as db:
            review_id = reviews.claim(db, make.actor(ada), draft.id, lease_seconds=1800, now=now)
        client.sign_in(ada)
        return f"/reviews/{review_id}"

    return put


def drawings(page):
    return [Read(svg).name for svg in re.findall(r'<svg class="plot.*?</svg>', page, re.DOTALL)]


def test_a_pair_is_two_slots_that_claims_of_one_metric_and_layer_name(capstone):
    found = pairs(capstone, FILES)

    assert [(pair.title, pair.before.name, pair.after.name) for pair in found] == [
        ("Database fix: latency", "db-before.csv", "db-after.csv"),
        ("Database fix: plan", "plan-before.txt", "plan-after.txt"),
    ]


@pytest.mark.parametrize(
    "files",
    [
        (),
        FILES[:1],
        (FILES[0], FILES[0]),
        (FILES[0], FILES[1]._replace(kind="postgres_plan", facts=FAST)),
        (FILES[0]._replace(kind=None, facts={}), FILES[1]),
        (FILES[0]._replace(kind="cost_sheet"), FILES[1]._replace(kind="cost_sheet")),
    ],
)
def test_without_two_files_of_one_drawn_kind_there_is_no_pair(capstone, files):
    assert pairs(capstone, files) == ()


def test_a_capstone_that_was_dropped_has_no_pairs():
    assert pairs(None, FILES) == ()


def test_a_pair_is_one_figure(capstone):
    latency, plans = pair_figures(pairs(capstone, FILES))

    assert (latency.id, plans.id) == ("pair-1", "pair-2")
    assert Read(str(latency.svg)).name == "Latency by percentile, before and after"
    assert [name for name, _ in plans.trees] == ["Before, plan-before.txt", "After, plan-after.txt"]
    assert plans.table.rows[-1] == ("Reads orders", "Seq Scan", "Index Scan using orders_user", "another way")


def test_a_pair_that_cannot_be_drawn_is_left_out(capstone):
    blank = [FILES[0]._replace(facts={}), FILES[1]._replace(facts={}), FILES[2]._replace(facts={}), FILES[3]]

    assert pair_figures(pairs(capstone, blank)) == ()


def test_a_file_shows_only_what_its_pair_does_not():
    latency, planned = FILES[0], FILES[2]

    shown = [
        [figure.id for figure in file_figures(file, "f", [file], paired=paired)]
        for file in (latency, planned)
        for paired in (False, True)
    ]

    assert shown == [["f-percentiles", "f-time"], ["f-time"], ["f-plan"], []]


def test_kills_are_drawn_once_among_the_files_of_their_version():
    kills = File(
        "kill-log", "kills.csv", "kill_log", {"kills": [{"instance": "app-2", "start_s": 1795183200.0}]}
    )

    shown = [
        [each.id for each in file_figures(file, "f", [kills, FILES[2]], paired=False)]
        for file in (kills, FILES[2])
    ]

    assert shown == [["f-kills"], ["f-plan"]]


def test_the_desk_draws_pairs_once_and_above_every_file(client, read, desk, draft):
    read(draft, FILES)

    page = client.get(desk(client)).text

    over_time = "Latency over time"
    assert drawings(page) == [
        "Latency by percentile, before and after", over_time, over_time, "Latency by percentile", over_time
    ]  # fmt: skip
    assert page.index('id="pairs"') < page.index('class="desk-file"')
    assert page.count('href="#pairs">Drawn with its other side') == 4
    assert page.count('<table id="pair-2-') == 3
    assert "style=" not in page


def test_the_desk_lists_the_files_in_the_order_of_the_capstones_slots(client, make, desk, draft):
    wanted = ["db-latency-before", "db-latency-after", "app-latency-before", "notes"]
    for slot in sorted(wanted):
        make.file(draft, slot=slot, name=f"of-{slot}.csv")

    page = client.get(desk(client)).text

    places = [page.index(f"of-{slot}.csv") for slot in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("kinds", [{}, {"kind": "unknown", "facts": {}}])
def test_the_desk_costs_the_same_with_pictures_and_without(client, read, desk, draft, count_selects, kinds):
    read(draft, [one._replace(**kinds) for one in FILES])
    address = desk(client)

    with count_selects() as seen:
        page = client.get(address).text

    assert len(seen) == DESK_SELECTS
    assert (drawings(page) == [], 'id="pairs"' not in page) == (bool(kinds), bool(kinds))


def test_a_learner_finds_what_was_read_folded_in_its_slot(client, read, learner, draft, count_selects):
    read(draft, FILES, findings=(NOISE,) * 20)
    client.sign_in(learner)

    with count_selects() as seen:
        page = client.get(f"/work/{CAPSTONE}").text

    slot = page[page.index('id="slot-db-latency-before"') : page.index('id="slot-db-latency-after"')]
    assert drawings(slot) == ["Latency by percentile", "Latency over time"]
    assert slot.count("What was read, drawn") == 1
    assert page.count("What was read, drawn") == 5
    assert len(seen) <= 6


def test_names_of_files_and_words_of_plans_are_text(client, read, learner, draft):
    hostile = node("<b>Seq Scan</b>", relation="<img src=x>", conditions={"filter": "a < '<script>'"})
    read(draft, [File("db-plan-before", "<i>plan</i>.txt", "postgres_plan", {"plans": [plan(hostile)]})])
    client.sign_in(learner)

    page = client.get(f"/work/{CAPSTONE}").text

    assert "&lt;b&gt;Seq Scan&lt;/b&gt; on &lt;img src=x&gt;" in page
    assert [bad for bad in ("<b>Seq", "<img src=x", "<script>'", "<i>plan") if bad in page] == []


def test_pictures_and_their_tables_are_in_the_readers_language(client, read, desk, draft):
    read(draft, FILES)
    address = desk(client)

    german, english = client.get(address, headers=GERMAN).text, client.get(address).text

    over_time = "Latenz im Zeitverlauf"
    assert drawings(german) == [
        "Latenz nach Perzentil, vorher und nachher", over_time, over_time, "Latenz nach Perzentil", over_time
    ]  # fmt: skip
    assert (
        "p99 ging von 100\u00a0ms auf 10\u00a0ms, um den Faktor 10 niedriger; die 95-%-Intervalle" in german
    )
    assert "Die Ausführungszeit ging von 100\u00a0ms auf 1\u00a0ms" in german
    assert '<th scope="row">Liest orders</th><td>Seq Scan</td>' in german
    assert '<span lang="en">' not in german
    assert "p99 went from 100\u00a0ms to 10\u00a0ms, 10 times lower; the 95 % intervals" in english


def test_what_a_check_said_is_told_in_the_readers_language_or_marked_as_english(
    client, read, draft, learner, desk
):
    thin = SOME_TAIL.at(n="1,525", low="17.3", high="26.9")
    reworded = replace(thin, message="These words are of a rule there is no more.")
    read(draft, FILES[:1], findings=(thin, reworded))
    client.sign_in(learner)

    for where in (lambda: f"/work/{CAPSTONE}", lambda: desk(client)):
        address = where()
        german, english = client.get(address, headers=GERMAN).text, client.get(address).text

        assert "Bei 1.525 Requests liegt das p99 zwischen 17,3 und 26,9 ms" in german
        assert '<span lang="en">These words are of a rule there is no more.</span>' in german
        assert "1,525 requests put the p99 between 17.3 and 26.9 ms" in english
        assert '<span lang="en">' not in english


def test_what_findings_of_several_files_have_in_common_is_told_once(client, read, draft, learner, desk):
    beside = FILES[0]._replace(name="db-before-again.csv")
    read(draft, (*FILES, beside), findings=(NOISE, replace(NOISE, message="Odder.")))
    client.sign_in(learner)
    work = client.get(f"/work/{CAPSTONE}").text
    slot = work[work.index('id="slot-db-latency-before"') : work.index('id="slot-db-latency-after"')]
    address = desk(client)

    shown = client.get(address).text

    said = ("<strong>Odd.", "<strong>Odder.", "It matters.", "Mend it.")
    assert [slot.count(words) for words in said] == [2, 2, 1, 1]
    assert [shown.count(words) for words in said] == [6, 6, 1, 1]
    assert (slot.count("Also found"), slot.count("Why it matters: see ")) == (1, 3)
    assert (shown.count("Also found"), shown.count("Why it matters: see ")) == (1, 11)
