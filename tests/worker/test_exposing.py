"""A worker's own numbers: counted where the work is done, told on its port to whoever shows the token."""

import os
from dataclasses import replace

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from app.services.outbox import promise_mail
from embedded.process import LOOPBACK, free_port
from tests.conftest import environment
from tests.worker.parts import Worker, until
from worker import exposing
from worker.checking import check_next
from worker.mailing import mail_next
from worker.rounds import Rounds

TOKEN = "a token that only the tests know"


@pytest.fixture
def address(settings):
    """Where a worker's numbers are told; they are those of this process."""
    port = free_port()
    server = exposing.serve(replace(settings, worker_metrics_port=port, metrics_token=TOKEN))
    yield f"http://{LOOPBACK}:{port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def owed_mail(sessions, make, now):
    person = make.person("Mira Okafor", email="mira@example.org")
    with sessions.begin() as db:
        promise_mail(
            db, person.id, "application-question", {"body": "?", "thread": "1"}, dedupe_key="1", now=now
        )


def asked(url, token=TOKEN):
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5)


def told(url):
    answer = asked(url)
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def grown(before, after):
    return {key: after[key] - before[key] for key in after if after[key] != before[key]}


def test_a_check_is_counted_with_its_time_and_the_time_since_the_upload(context, uploaded, now, address):
    uploaded()
    before = told(f"{address}/metrics")

    check_next(replace(context, clock=lambda: now))

    more = grown(before, told(f"{address}/metrics"))
    assert more.pop(("touchstone_check_duration_seconds_sum", "done")) > 0
    assert more == {
        ("touchstone_check_duration_seconds_count", "done"): 1,
        ("touchstone_check_turnaround_seconds_count",): 1,
    }


def test_a_check_without_findings_has_an_outcome_and_no_turnaround(context, uploaded, address):
    uploaded(b"what was announced", staged=b"what really came..")
    before = told(f"{address}/metrics")

    check_next(context)

    more = grown(before, told(f"{address}/metrics"))
    assert set(more) == {
        ("touchstone_check_duration_seconds_count", "given_up"),
        ("touchstone_check_duration_seconds_sum", "given_up"),
    }


def test_mails_and_rounds_are_counted_by_how_they_end(context, owed_mail, store, address):
    before = told(f"{address}/metrics")

    mail_next(context)
    Rounds(context)._step()
    store.stop()
    Rounds(context)._step()  # it sweeps first, and the store does not answer

    more = grown(before, told(f"{address}/metrics"))
    assert more == {
        ("touchstone_mails_total", "sent"): 1,
        ("touchstone_worker_rounds_total", "well"): 1,
        ("touchstone_worker_rounds_total", "waits"): 1,
    }


@pytest.mark.parametrize(
    ("path", "token"), [("/metrics", "x"), ("/metrics", ""), ("/", TOKEN), ("/metrics/", TOKEN)]
)
def test_nothing_else_is_told(address, path, token):
    answer = asked(address + path, token)

    assert (answer.status_code, "touchstone_" in answer.text) == (404, False)


@pytest.mark.parametrize(
    "changes", [{"worker_metrics_port": 0, "metrics_token": TOKEN}, {"metrics_token": None}]
)
def test_without_a_port_or_a_token_nothing_listens(settings, changes):
    assert exposing.serve(replace(settings, **{"worker_metrics_port": free_port()} | changes)) is None


def test_a_port_that_is_taken_costs_the_numbers_and_not_the_worker(settings, address):
    taken = int(address.rpartition(":")[2])

    assert exposing.serve(replace(settings, worker_metrics_port=taken, metrics_token=TOKEN)) is None


def test_a_running_worker_tells_its_rounds(postgres, store, tmp_path):
    port = free_port()
    known = environment(postgres.app_url(), postgres.owner_url(), tmp_path) | store.environment()
    known |= {"PATH": os.environ["PATH"], "METRICS_TOKEN": TOKEN, "WORKER_METRICS_PORT": str(port)}
    worker = Worker(known, tmp_path / "log")

    def has_gone_round():
        try:
            return told(f"http://{LOOPBACK}:{port}/metrics")["touchstone_worker_rounds_total", "well"] > 0
        except requests.ConnectionError:
            return False

    went_round = until(has_gone_round, seconds=60)
    assert (went_round, worker.stop()) == (True, 0)
