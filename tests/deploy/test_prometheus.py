"""Prometheus itself scrapes a running portal with the token, and evaluates our rules on what it was told."""

import shutil
import sys

import pytest
import requests

from embedded.process import LOOPBACK, Child, free_port, wait_until
from tests.conftest import ROOT, environment

pytestmark = pytest.mark.services

TOKEN = "a token that only the tests know"
RULES = ROOT / "deploy" / "oncall" / "alerts.yaml"
CONFIGURATION = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: touchstone-web
    authorization: {{credentials_file: {token}}}
    static_configs: [{{targets: ["{web}"]}}]
"""


@pytest.fixture
def web(postgres, tmp_path):
    """The portal behind gunicorn; its address."""
    address = f"{LOOPBACK}:{free_port()}"
    env = environment(postgres.app_url(), postgres.owner_url(), tmp_path)
    env |= {"METRICS_TOKEN": TOKEN, "PATH": "", "TMPDIR": str(tmp_path)}
    words = ("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "4", "--workers", "2")
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        child = Child(
            [sys.executable, *words, "--bind", address, "--no-control-socket"],
            name="web", env=env, cwd=ROOT, output=output,
        )  # fmt: skip
    wait_until(lambda: answers(f"http://{address}/healthz"), child, seconds=90, complaint=log.read_text)
    yield address
    child.stop()


@pytest.fixture
def prometheus(web, tmp_path):
    """`prometheus(path)`: what its API answers."""
    program, port = shutil.which("prometheus"), free_port()
    assert program, "install the package prometheus: .ci/services/install.sh does"
    token, configuration, log = tmp_path / "token", tmp_path / "prometheus.yaml", tmp_path / "prometheus.log"
    token.write_text(TOKEN)
    configuration.write_text(CONFIGURATION.format(rules=RULES, token=token, web=web))
    words = (f"--config.file={configuration}", f"--storage.tsdb.path={tmp_path / 'series'}")
    with log.open("wb") as output:
        child = Child(
            [program, *words, f"--web.listen-address={LOOPBACK}:{port}"], name="prometheus", output=output
        )
    api = f"http://{LOOPBACK}:{port}/api/v1"
    wait_until(lambda: answers(f"{api}/targets"), child, seconds=60, complaint=log.read_text)

    def ask(path, **parameters):
        return requests.get(f"{api}/{path}", params=parameters, timeout=10).json()["data"]

    ask.until = lambda ready: wait_until(ready, child, seconds=60, complaint=log.read_text)
    yield ask
    child.stop()


def answers(url):
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def value(prometheus, query):
    """The one value of a query; None while there is none."""
    found = prometheus("query", query=query)["result"]
    return float(found[0]["value"][1]) if found else None


def rules_of(prometheus):
    return [rule for group in prometheus("rules")["groups"] for rule in group["rules"]]


def test_the_portal_is_scraped_and_the_rules_hold(web, prometheus):
    requests_seen = 'sum(touchstone_http_request_duration_seconds_count{endpoint="sign_in.show"})'

    for _ in range(20):
        assert answers(f"http://{web}/sign-in")
    prometheus.until(lambda: value(prometheus, requests_seen) == 20)
    prometheus.until(lambda: value(prometheus, "touchstone:pages_failed:ratio_rate5m") is not None)

    prometheus.until(lambda: all(rule["health"] != "unknown" for rule in rules_of(prometheus)))

    (target,) = prometheus("targets")["activeTargets"]
    rules = rules_of(prometheus)
    assert (target["health"], target["lastError"]) == ("up", "")
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}
    assert len([rule for rule in rules if rule["type"] == "alerting"]) == 5
    assert [rule["name"] for rule in rules if rule.get("state") == "firing"] == []
    assert value(prometheus, "max(touchstone_database_up)") == 1
