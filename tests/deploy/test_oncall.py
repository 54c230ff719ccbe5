"""Our own on-call package is read by the checks that learners' packages pass, and fits the portal that is there."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.domain.switches import Switch
from app.evidence import claims_file, registry, session
from app.evidence.findings import Severity
from app.evidence.source import Source
from app.factory import create_app
from tests.clock import CLOCK
from tests.conftest import ROOT

ONCALL = ROOT / "deploy" / "oncall"
EXPECTED = {
    "slo.md": "slo_document",
    "alerts.yaml": "alert_rules",
    "alertmanager.yaml": "alertmanager",
    "incident-template.md": "incident_template",
    "kill-switches.md": "kill_switches",
    "drills.md": "drill_schedule",
}
FILES = sorted(path for path in ONCALL.rglob("*") if path.is_file() and path.name != "claims.toml")
TOKEN = "a token that only the tests know"
ALERTS = yaml.safe_load((ONCALL / "alerts.yaml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
NAMES = [rule["alert"] for rule in RULES if "alert" in rule]


def named(path):
    return str(path.relative_to(ONCALL))


def kind_of(path):
    return "runbook" if path.parent.name == "runbooks" else EXPECTED[named(path)]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_file_is_read_as_what_it_is_and_nothing_is_wrong_with_it(path):
    report = registry.inspect(Source(path.name, path))

    bad = [
        (finding.code, finding.message)
        for finding in report.findings
        if finding.severity in (Severity.BLOCK, Severity.WARN)
    ]
    assert (report.kind, bad) == (kind_of(path), [])


def test_what_we_claim_of_it_is_what_the_files_show():
    """As the portal does it with a learner's package: every claim agrees, nothing between the files is wrong."""
    claims = claims_file.read(ONCALL / "claims.toml")
    files = [session.check(str(path), None, None) for path in FILES]

    ledger = session.ledger_of(claims, files)

    assert {row.label: row.verdict for row in ledger.rows} == {row.label: "agrees" for row in ledger.rows}
    assert len(ledger.rows) == 5
    said = {finding.code: finding.severity for finding in ledger.findings}
    assert said == {"A4": Severity.GOOD, "H4": Severity.GOOD}


def test_five_alerts_each_with_its_page():
    assert len(NAMES) == 5
    assert {path.stem for path in (ONCALL / "runbooks").iterdir()} == set(NAMES)
    assert {rule["annotations"]["runbook_url"] for rule in RULES if "alert" in rule} == {
        f"runbooks/{name}.md" for name in NAMES
    }


@pytest.fixture
def told(settings, sessions):
    """Every series a real scrape of web and worker holds."""
    app = create_app(replace(settings, metrics_token=TOKEN), clock=lambda: CLOCK["now"])
    client = app.test_client()
    client.get("/")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    app.extensions["touchstone"].sessions.kw["bind"].dispose()
    families = text_string_to_metric_families(answer.text + metrics.counted(metrics.WORKER).decode())
    return [sample for family in families for sample in family.samples]


def series(text):
    """The names of our metrics in an expression or on a page; recorded ones have colons."""
    return set(re.findall(r"\btouchstone_[a-z_]+\b(?!:)", text))


def test_every_number_of_the_rules_and_the_pages_is_told_by_the_portal(told):
    known = {sample.name for sample in told}
    asked = {name for path in FILES for name in series(path.read_text("utf-8"))}

    assert asked - known == set()
    assert len(asked) > 10


def test_the_rules_ask_for_labels_that_are_there(told):
    """A selector on a value that is never told is an alert that never fires."""
    values = {(name, value) for sample in told for name, value in sample.labels.items()}
    text = " ".join(str(rule["expr"]) for rule in RULES)
    asked = set(re.findall(r"\b(le|step|switch|reason|outcome)=\"([^\"]+)\"", text))

    assert asked - values == set()
    assert {name for name, _ in asked} == {"le", "step", "switch"}


def test_what_is_recorded_is_used_and_what_is_used_is_recorded():
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    used = {
        name
        for rule in RULES
        if "alert" in rule
        for name in re.findall(r"\btouchstone:\w+:\w+", rule["expr"])
    }

    assert used == recorded


def test_the_registry_names_every_switch_and_no_other():
    rows = [
        line.split("|")[1].strip()
        for line in (ONCALL / "kill-switches.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and "name |" not in line
    ]

    assert rows == [*(switch.value for switch in Switch), "one instance"]


def test_commands_of_the_pages_are_commands_of_the_portal(app):
    runner = app.test_cli_runner()
    text = " ".join(" ".join(path.read_text("utf-8").split()) for path in FILES)
    asked = set(re.findall(r"flask --app wsgi ((?:switches|people|course|audit) [a-z-]+|[a-z]+)", text))

    unknown = {words for words in asked if runner.invoke(args=[*words.split(), "--help"]).exit_code != 0}

    assert unknown == set()
    assert {"doctor", "switches pause", "switches resume", "switches list"} <= asked


def test_events_of_the_pages_are_events_of_the_log():
    text = " ".join(path.read_text("utf-8") for path in FILES)
    asked = set(re.findall(r'"event": "([a-z._]+)"', text))
    sources = "".join(
        path.read_text("utf-8") for part in ("app", "worker") for path in (ROOT / part).rglob("*.py")
    )

    assert {event for event in asked if f'"{event}"' not in sources} == set()
    assert len(asked) >= 3


@pytest.mark.services
@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", ONCALL / "alerts.yaml"),
        ("test", "rules", Path(__file__).parent / "alerts_test.yaml"),
    ],
    ids=["loads", "fires"],
)
def test_prometheus_itself_agrees(words):
    """Each alert fires in the case written for it, and stays quiet in the near miss."""
    promtool = shutil.which("promtool")
    assert promtool, "install the package prometheus: .ci/services/install.sh does"

    done = subprocess.run([promtool, *map(str, words)], capture_output=True, text=True, timeout=60)

    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr
