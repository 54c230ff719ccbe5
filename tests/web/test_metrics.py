"""What Prometheus is told, and who may ask."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.factory import create_app
from app.services import checks
from app.web.access import PUBLIC, access
from embedded.process import LOOPBACK, Child, free_port, wait_until
from tests.browser_client import Browser
from tests.clock import CLOCK
from tests.conftest import ROOT, environment
from tests.web.learners import announce, portal_with_store, send

TOKEN = "a token that only the tests know"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
COUNT = "touchstone_http_request_duration_seconds_count"


@pytest.fixture(scope="module")
def watched(settings, tmp_path_factory):
    """A portal with a store and a token."""
    settings = replace(settings, metrics_token=TOKEN)
    with portal_with_store(settings, tmp_path_factory.mktemp("store")) as app:
        yield app


@pytest.fixture
def browser(watched, sessions):
    return Browser(watched, sessions)


def told(text):
    """{(name, labels): value} of an answer."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(browser):
    answer = browser.get("/metrics", headers=SHOWN)
    assert answer.status_code == 200
    return told(answer.text)


def requests_of(numbers, endpoint, code):
    return numbers.get((COUNT, (("code", code), ("endpoint", endpoint))), 0)


def value(numbers, name, **labels):
    return numbers[name, tuple(sorted(labels.items()))]


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"bearer {TOKEN}"]
)
def test_without_the_token_there_is_no_such_page(browser, header):
    answer = browser.get("/metrics", headers={"Authorization": header} if header is not None else {})

    assert (answer.status_code, "touchstone_" in answer.text) == (404, False)


@pytest.mark.parametrize("shown", ["", "None", TOKEN])
def test_a_portal_without_a_token_tells_nobody(client, shown):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {shown}"})

    assert answer.status_code == 404


def test_a_request_is_counted_by_its_page_and_the_class_of_its_status(browser):
    before = scrape(browser)

    for path in ("/", "/", "/no-such-page", "/admin/checks", "/queue"):
        browser.get(path)
    browser.post("/")

    after = scrape(browser)
    grown = {
        labels: after[name, labels] - before.get((name, labels), 0)
        for name, labels in after
        if name == COUNT and after[name, labels] != before.get((name, labels), 0)
    }
    assert {(dict(labels)["endpoint"], dict(labels)["code"]): by for labels, by in grown.items()} == {
        ("home.show", "2xx"): 2,
        ("none", "4xx"): 2,
        ("checks.show", "3xx"): 1,
        ("reviews.queue", "3xx"): 1,
    }


def test_a_crash_is_counted_where_it_happened(settings, sessions):
    def crash():
        raise RuntimeError("on purpose")

    app = create_app(replace(settings, metrics_token=TOKEN), clock=lambda: CLOCK["now"])
    app.view_functions["home.fit_check"] = access(PUBLIC)(crash)
    browser = Browser(app, sessions)
    before = scrape(browser)

    answer = browser.get("/fit-check")

    after = scrape(browser)
    grown = requests_of(after, "home.fit_check", "5xx") - requests_of(before, "home.fit_check", "5xx")
    assert (answer.status_code, grown) == (500, 1)
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def test_machines_that_ask_are_no_users(browser):
    for path in ("/healthz", "/readyz", "/metrics"):
        browser.get(path, headers=SHOWN)

    pages = {dict(labels)["endpoint"] for name, labels in scrape(browser) if name == COUNT}

    assert {page for page in pages if page.startswith(("health.", "metrics."))} == set()


def test_what_waits_is_looked_up_when_asked(browser, sessions, make, now, clock):
    file = make.file(make.version(make.person()))
    with sessions.begin() as db:
        checks.promise_check(db, file.id, now=now)
    clock["now"] = now + timedelta(minutes=3)

    numbers = scrape(browser)

    assert value(numbers, "touchstone_database_up") == 1
    assert value(numbers, "touchstone_checks_due") == 1
    assert value(numbers, "touchstone_checks_oldest_wait_seconds") == 180
    assert value(numbers, "touchstone_mails_oldest_wait_seconds") == 0
    assert value(numbers, "touchstone_paused", switch="checks") == 0


def test_one_select_when_asked_and_none_for_a_page(browser, count_selects):
    with count_selects() as for_a_page:
        browser.get("/sign-in")
    with count_selects() as when_asked:
        scrape(browser)

    assert (len(for_a_page), len(when_asked)) == (0, 1)


def test_a_database_that_is_down_is_a_number_too(settings):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    app = create_app(replace(settings, metrics_token=TOKEN, database_url=nowhere))

    numbers = scrape(app.test_client())

    assert value(numbers, "touchstone_database_up") == 0
    assert ("touchstone_checks_due", ()) not in numbers
    assert value(numbers, "touchstone_uploads_total", step="kept") >= 0


def test_uploads_are_counted_when_announced_when_kept_and_when_something_else_arrived(browser, make, course):
    learner = make.person()
    version, slot = make.version(learner), course.capstone("three-bottlenecks").slots[0].key
    browser.sign_in(learner)
    before = scrape(browser)

    good = announce(browser, version, slot=slot, data=b"Seq Scan on uploads that are counted").json
    send(good, b"Seq Scan on uploads that are counted")
    for _ in range(2):  # a second click changes nothing
        browser.post(good["confirm"])
    lost = announce(browser, version, slot=slot, data=b"never sent").json
    browser.post(lost["confirm"])

    after = scrape(browser)
    grown = {key: after[key] - before[key] for key in after if key[0].startswith("touchstone_upload")}
    assert {dict(labels)["step"]: by for (name, labels), by in grown.items() if "failures" not in name} == {
        "begun": 2,
        "kept": 1,
    }
    assert {dict(labels)["reason"]: by for (name, labels), by in grown.items() if "failures" in name} == {
        "absent": 1,
        "different": 0,
        "storage": 0,
    }


def test_a_store_that_is_down_is_a_failed_upload(client, app, settings, sessions, make, course):
    """Nothing listens where these settings put the store."""
    app = create_app(replace(settings, metrics_token=TOKEN), clock=lambda: CLOCK["now"])
    browser, learner = Browser(app, sessions), make.person()
    version, slot = make.version(learner), course.capstone("three-bottlenecks").slots[0].key
    browser.sign_in(learner)
    before = scrape(browser)

    answer = browser.post(f"/versions/{version.id}/paste", data={"slot": slot, "text": "Seq Scan on orders"})

    grown = value(scrape(browser), "touchstone_upload_failures_total", reason="storage") - value(
        before, "touchstone_upload_failures_total", reason="storage"
    )
    assert (answer.status_code, grown) == (503, 1)
    app.extensions["touchstone"].sessions.kw["bind"].dispose()


def lives(port):
    try:
        return requests.get(f"http://{LOOPBACK}:{port}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def asked(url):
    return requests.get(url, headers=SHOWN, timeout=60)


def test_every_process_of_one_gunicorn_answers_for_all(postgres, tmp_path):
    """Three processes; whoever is asked must have counted the requests of the other two."""
    port = free_port()
    env = environment(postgres.app_url(), postgres.owner_url(), tmp_path)
    env |= {"METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path), "PATH": ""}
    words = ("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "2", "--workers", "3")
    bound = ("--bind", f"{LOOPBACK}:{port}", "--no-control-socket")
    log = tmp_path / "log"
    with log.open("wb") as output:
        web = Child([sys.executable, *words, *bound], name="web", env=env, cwd=ROOT, output=output)
    wait_until(
        lambda: log.read_text().count("Booting") == 3 and lives(port),
        web,
        seconds=90,
        complaint=log.read_text,
    )
    try:
        with ThreadPoolExecutor(6) as clients:
            pages = list(clients.map(asked, [f"http://{LOOPBACK}:{port}/sign-in"] * 90))
            answers = list(clients.map(asked, [f"http://{LOOPBACK}:{port}/metrics"] * 12))
        (folder,) = tmp_path.glob("touchstone-metrics-*")
        processes = {re.sub(r"\D", "", path.name) for path in folder.glob("histogram_*.db")}
    finally:
        status = web.stop()

    assert {page.status_code for page in pages} == {200}
    assert {requests_of(told(answer.text), "sign_in.show", "2xx") for answer in answers} == {90}
    assert len(processes) > 1, "the requests reached one process only, so this showed nothing"
    assert (status, folder.exists()) == (0, False)


def test_the_manual_explains_every_number(browser):
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    ours = browser.get("/metrics", headers=SHOWN).text + metrics.counted(metrics.WORKER).decode()
    names = {
        line.split()[2].removesuffix("_total") for line in ours.splitlines() if line.startswith("# TYPE")
    }

    assert {name for name in names if name not in manual} == set()
    assert len(names) == 17
