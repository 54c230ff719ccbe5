"""Chapter three: a reviewer claims, loses no word, asks for changes, and passes what comes back."""

from app import course as courses
from app.domain.calibration import known_levels
from tests.conftest import ROOT
from tests.story.proving import SHELF, WORK, verdicts

EASY = {
    "launch-plan": {"plan": "launch-plan.md", "capacity-table": "capacity.csv"},
    "stateless": {
        "diff": "change.diff",
        "load-balancer": "haproxy.cfg",
        "readyz": "readyz.md",
        "request-log": "notes.md",
        "kill-log": "kills.csv",
        "state-inventory": "notes.md",
    },
}


def a_first_claim_waits_for_an_example(story):
    imani, tomas = story.imani, story.tomas
    work, reviews = "3 Three bottlenecks · v1", "SELECT count(*) FROM review"
    before = story.portal.rows(reviews)
    imani.press(queued(imani, work).one("button")["aria-label"])
    assert imani.path == "/calibration"
    imani.follow("Three fixes in a little shop")
    assert "`GET /orders` | 36.3 ms | 12.6 ms" in imani.page.text
    imani.press("Hand it in and compare", **levels(imani, 0))
    assert "Not yet the same rating" in imani.page.text
    assert "a profile of this layer is absent" in imani.page.text
    imani.press(queued(imani, work).one("button")["aria-label"])
    assert imani.path == "/calibration"
    assert story.portal.rows(reviews) == before

    calibrate(imani, "three-bottlenecks")
    for slug in ("three-bottlenecks", *EASY):
        calibrate(tomas, slug)


def one_reviewer_claims_and_the_other_sees_the_lease(story):
    imani, tomas = story.imani, story.tomas
    row = queued(imani, "3 Three bottlenecks · v1")
    assert "1 contradiction" in row.text
    imani.press(row.one("button")["aria-label"])
    story.kept["desk"] = imani.answer.url

    row = queued(tomas, "3 Three bottlenecks · v1")
    assert f"with {imani.name}, " in row.text
    assert list(row.all("button")) == []
    taken = tomas.send("POST", f"/queue/{story.kept['version']}/claim")
    assert taken.status_code == 409
    tomas.open(story.kept["desk"], 404)


def a_stale_window_loses_no_word(story):
    imani = story.imani
    desk = imani.open(story.kept["desk"])
    assert "contradicts" in desk.one("table", class_="ledger").text
    stale = desk.one("form", class_="review-form").one("input", name="tag")["value"]
    imani.press("Save", summary="Written in the first window.", **levels(imani, 1))

    typed = {"tag": stale, "summary": "Written in the second window."}
    saved = imani.send("POST", f"{story.kept['desk']}/draft", data=typed, headers={"X-Autosave": "1"})
    assert saved.status_code == 409
    assert saved.json()["fields"]["summary"] == "Written in the first window."
    both = imani.send("POST", f"{story.kept['desk']}/draft", data=typed)
    assert both.status_code == 409
    assert "Written in the first window." in both.text
    assert "Written in the second window." in both.text
    kept = imani.open(story.kept["desk"]).one("textarea", name="summary").raw
    assert kept.strip() == "Written in the first window."


def the_reviewer_asks_for_changes(story):
    imani, mira = story.imani, story.mira
    imani.press(
        "Finish", summary="The p99 after is not the one in your file: measure again or correct the claim."
    )
    assert imani.path.endswith("/preview")
    imani.press("Send to the learner", verdict="needs_changes")
    assert imani.path.endswith("/feedback")

    mail = story.portal.mail(mira.email, "Changes asked: Three bottlenecks, version 1")
    assert mail.links == mail.links_of_the_page
    (feedback,) = [link for link in mail.links if "/reviews/" in link]
    assert "correct the claim" in mira.open(feedback).text
    assert imani.name not in mira.page.one("main").text


def the_learner_mends_the_claim_in_the_second_version(story):
    mira = story.mira
    page = mira.open(WORK)
    assert "draft, version 2" in page.text
    assert page.text.count("carried over") == 4
    for slot in ("db-latency-before", "db-latency-after", "db-plan-after"):
        mira.findings(slot)
    assert verdicts(mira.page)["Database fix: p99 after"] == "contradicts"

    mira.press("Remove pasted-db-plan-after.txt", within="slot-db-plan-after")
    plan = (SHELF / "plan-after.txt").read_bytes()
    assert mira.give("db-plan-after", "plan-after.txt", plan).status_code == 200
    mira.findings("db-plan-after")
    typed = {"db-p99-after": f"{story.kept['p99']['after']:.1f}"}
    mira.press("Save and compare", within="claims", **typed)
    assert set(verdicts(mira.page).values()) == {"agrees"}

    mira.follow("Continue to check and send")
    mira.press("Send to review", reason="The other two fixes follow.", attested="yes")
    first = mira.open(f"/versions/{story.kept['version']}").text
    assert "needs changes" in first
    assert "contradicts" in first


def the_reviewer_passes_the_second_version(story):
    rate(story.imani, "3 Three bottlenecks · v2", place=-1)
    assert "passed" in story.mira.open("/learn").text
    assert story.portal.rows("SELECT count(*) FROM certificate") == [(0,)]


def two_more_capstones_bring_the_certificate(story):
    for slug in EASY:
        assert story.portal.rows("SELECT count(*) FROM certificate") == [(0,)]
        title = hand_in(story.mira, slug)
        rate(story.tomas, f"{title} · v1", place=-1)

    [(code,)] = story.portal.rows("SELECT code FROM certificate")
    assert f"Open certificate {code}" in story.mira.open("/learn").text
    mail = story.portal.mail(story.mira.email, "Your certificate")
    assert f"{story.portal.base_url}/c/{code}" in mail.links
    story.kept["code"] = code


def hand_in(mira, slug):
    """Send a capstone; its number and title."""
    heads = mira.open("/learn").one("table").all("th", scope="row")
    [(title, link)] = [
        (head.text, each.text) for head in heads for each in head.all("a", href=f"/work/{slug}")
    ]
    mira.follow(link)
    mira.press("Start this capstone")
    for slot, name in EASY[slug].items():
        assert mira.give(slot, name, (SHELF / name).read_bytes()).status_code == 200
    for slot in EASY[slug]:
        said = mira.findings(slot).text
        assert "Read as" in said or "Not recognised" in said
    mira.follow("Continue to check and send")
    mira.press("Send to review", reason="The numbers are in the files.", attested="yes")
    return title


def calibrate(reviewer, slug):
    """Rate the examples of a capstone as they are known to be rated."""
    for pack in courses.load(ROOT / "course").capstone(slug).packs:
        reviewer.open(f"/calibration/{slug}/{pack.key}")
        known = {f"level-{criterion}": level for criterion, level in known_levels(pack).items()}
        reviewer.press("Hand it in and compare", **known)
        assert "Every level is the known one." in reviewer.page.text


def rate(reviewer, work, *, place):
    reviewer.press(queued(reviewer, work).one("button")["aria-label"])
    reviewer.press("Finish", summary="Somebody else could repeat this.", **levels(reviewer, place))
    reviewer.press("Send to the learner", verdict="pass")


def queued(reviewer, work):
    """The row of the queue with that work."""
    rows = reviewer.open("/queue").one("table").one("tbody").all("tr")
    (row,) = [row for row in rows if row.one("th").text == work]
    return row


def levels(person, place):
    """The rubric filled in: every criterion at the level of that place."""
    radios = {}
    for radio in person.page.one("form", class_="review-form").all("input", type="radio"):
        radios.setdefault(radio["name"], []).append(radio["value"])
    return {name: values[place] for name, values in radios.items()}
