"""The main job, end to end: real processes, real files, real mail; every step a request that a browser would make."""

from tests.story import proving, telling
from tests.story.people import Person
from tests.worker.parts import until

COURSE = "scaling-to-100k-users"


def test_the_main_job(portal):
    story = telling.begin(portal)

    telling.until_the_certificate(story)
    telling.after_the_certificate(story)


def test_a_check_whose_worker_was_killed_is_done_again_once(portal):
    noor = enrolled(portal, "Noor")
    rows = "".join(
        f"2026-11-01T10:{n // 60 % 60:02d}:{n % 60:02d}Z,200,{n % 9973 / 7:.3f}\n" for n in range(600_000)
    )
    noor.open(proving.WORK)
    noor.press("Start this capstone")
    noor.give("db-latency-before", "requests.csv", f"ts,status,latency_ms\n{rows}".encode())
    assert until(lambda: portal.rows(RUNS) == [("running", 1)], seconds=60)

    portal.kill("worker")
    still = portal.rows(RUNS)
    portal.start_worker()

    assert still == [("running", 1)]
    noor.open(proving.WORK)
    assert "600,000 requests" in noor.findings("db-latency-before").text
    assert portal.rows(RUNS) == [("done", 2)]
    assert portal.rows(RESULTS) == [(1,)]


RUNS = """SELECT check_run.state, fence FROM check_run JOIN evidence_file ON evidence_file.id = file_id
          WHERE name = 'requests.csv'"""
RESULTS = """SELECT count(*) FROM check_result JOIN evidence_file ON evidence_file.id = file_id
             WHERE name = 'requests.csv'"""


def enrolled(portal, name):
    """A learner, let in without the story of how."""
    person = Person(portal, name, f"{name.lower()}@example.org")
    person.sign_in()
    portal.rows(
        f"""INSERT INTO enrolment (id, person_id, course_slug, enrolled_at)
            SELECT gen_random_uuid(), id, '{COURSE}', now() FROM person WHERE email = '{person.email}' RETURNING id"""
    )
    return person
