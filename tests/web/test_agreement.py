"""What admins see of how alike reviewers rate, and that every number leads to the readings it is made of."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.domain.appeals import State as AppealState
from app.domain.reviews import Verdict
from app.models import Appeal, Submission, SubmissionVersion

CAPSTONE = "three-bottlenecks"
ROW = re.compile(r"<tr>(.*?)</tr>", re.S)


@pytest.fixture
def people(make):
    return {name: make.person(f"{name} Person", roles=("reviewer",)) for name in ("Ada", "Bo", "Cy")}


@pytest.fixture
def key(course):
    return course.capstone(CAPSTONE).rubric.criteria[0].key


@pytest.fixture
def pair(make, people, key, course, now):
    """`pair(4, 3)`: Ada gave the first criterion its fourth level, Bo the third; everything else the same."""
    levels = [level.key for level in course.capstone(CAPSTONE).rubric.criteria[0].levels]

    def paired(
        first, second, *, who=("Ada", "Bo"), state="released", verdicts=(Verdict.PASS, Verdict.PASS), **values
    ):
        version = make.version(make.person(), state="passed", files=1)
        rated = make.review(
            version, people[who[0]], state=state, levels={key: levels[first - 1]}, verdict=verdicts[0],
            blind_until=now + timedelta(days=14), **values,
        )  # fmt: skip
        blind = make.review(
            version, people[who[1]], state="read", levels={key: levels[second - 1]}, verdict=verdicts[1]
        )
        return rated, blind

    return paired


@pytest.fixture
def admin(client, make):
    client.sign_in(make.person("Root", roles=("admin",)))
    return client


def line(client, table, title):
    """The cells of one line of one table as text, and where its numbers lead."""
    page = client.get("/admin/agreement").get_data(as_text=True)
    part = page.split(f'<table id="{table}"')[1].split("</table>")[0]
    row = next(each for each in ROW.findall(part) if title in each)
    cells = re.findall(r'<td class="number[^"]*">(.*?)</td>', row, re.S)
    said = [re.sub(r"<span.*?</span>|<[^>]+>", "", cell).strip() for cell in cells]
    return said, [unescape(url) for url in re.findall(r'href="(/admin[^"]+)"', row)], row


def test_before_the_first_reading_the_page_says_so(admin):
    page = admin.get("/admin/agreement").get_data(as_text=True)

    assert "No blind second reading has been handed in yet" in page


def test_a_criterion_shows_shares_and_both_kappas(admin, pair, course):
    title = course.capstone(CAPSTONE).rubric.criteria[0].title
    for first, second in [(4, 4)] * 4 + [(3, 3)] * 3 + [(4, 3)] * 2 + [(3, 1)]:
        pair(first, second)

    said, links, row = line(admin, "by-criterion", title)

    # Equal 7 of 10, near 9 of 10. Chance: 6/10*4/10 + 4/10*5/10 = .44; levels apart 4 there, 7.2 by chance.
    assert said == ["10", "70 %", "90 %", "0.46", "0.44"]
    assert "too few to say" not in row
    assert len(links) == 5


def test_every_number_leads_to_exactly_its_readings(admin, pair, course):
    _, near = pair(4, 3)
    _, same = pair(4, 4)
    _, far = pair(4, 1)
    _, links, _ = line(admin, "by-criterion", course.capstone(CAPSTONE).rubric.criteria[0].title)

    listed = [set(re.findall(r"/second-readings/blind/([0-9a-f-]{36})", text(admin, url))) for url in links]

    assert listed[0] == {str(each.id) for each in (near, same, far)}
    assert listed[1] == {str(same.id)}
    assert listed[2] == {str(near.id), str(same.id)}


def owner(sessions, review):
    with sessions() as db:
        version = db.get(SubmissionVersion, review.version_id)
        return db.get(Submission, version.submission_id).person_id


def text(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_few_pairs_are_grey_and_a_constant_side_has_no_kappa(admin, pair, course):
    title = course.capstone(CAPSTONE).rubric.criteria[0].title
    pair(4, 4)
    pair(4, 3)

    said, _, row = line(admin, "by-criterion", title)

    assert said == ["2", "50 %", "100 %", "not defined", "not defined"]
    assert ("too few to say" in row, 'class="muted"' in row) == (True, True)
    assert "nan" not in row.lower()


def test_reviewers_and_pairs_are_told_apart(admin, pair, people, course):
    pair(4, 4)
    pair(4, 4)
    pair(3, 4, who=("Cy", "Bo"))
    criteria = len(course.capstone(CAPSTONE).rubric.criteria)

    bo, links, _ = line(admin, "by-reviewer", "Bo Person")
    cy, _, _ = line(admin, "by-reviewer", "Cy Person")
    both, _, _ = line(admin, "by-pair", "Ada Person · Bo Person")

    assert (bo[0], cy[0], both[0]) == (str(3 * criteria), str(criteria), str(2 * criteria))
    assert f"reviewer={people['Bo'].id}" in links[0]
    assert "Bo Person · Cy Person" not in text(admin, "/admin/agreement")


def test_the_verdicts_have_a_line_of_their_own(admin, pair):
    pair(4, 4)
    pair(4, 1, verdicts=(Verdict.PASS, Verdict.NOT_PASSED))

    said, links, _ = line(admin, "verdicts", "The verdict")

    assert said[:3] == ["2", "50 %", "50 %"]
    assert "not passed" in text(admin, links[0])


def test_what_was_taken_back_is_left_out_and_what_an_appeal_replaced_is_counted(
    admin, pair, make, sessions, key, course, now
):
    title = course.capstone(CAPSTONE).rubric.criteria[0].title
    undone = {"state": "undone", "undone_at": now, "undone_by": make.person().id, "undo_reason": "A slip."}
    pair(4, 4, **undone)
    assert "No blind second reading" in text(admin, "/admin/agreement")
    rated, _ = pair(4, 3, **undone)
    other = make.review(make.version(make.person(), state="passed", files=1), make.person(), state="released")
    with sessions.begin() as db:
        db.add(
            Appeal(
                review_id=rated.id,
                criterion_key=key,
                learner_id=owner(sessions, rated),
                course_slug=course.slug,
                token=1,
                state=AppealState.UPHELD,
                reason="Look again.",
                opened_at=now,
                ended_at=now,
                answer="Yes.",
                decided_by=make.person().id,
                new_review_id=other.id,
            )
        )

    said, _, _ = line(admin, "by-criterion", title)

    assert said[0] == "1"


def test_the_pages_cost_the_same_for_one_pair_and_for_many(admin, pair, count_selects):
    def cost(path):
        with count_selects() as seen:
            assert admin.get(path).status_code == 200
        return len(seen)

    pair(4, 3)
    one = [cost("/admin/agreement"), cost("/admin/agreement/readings")]
    for _ in range(4):
        pair(4, 4)

    assert [cost("/admin/agreement"), cost("/admin/agreement/readings")] == one
    assert max(one) <= 4


def test_only_admins_see_it(client, people):
    client.sign_in(people["Ada"])

    assert [client.get(f"/admin/agreement{path}").status_code for path in ("", "/readings")] == [403, 403]
