"""Recognition by content: its own samples, two kinds in one file, and never an error."""

import random
import statistics
import time
from pathlib import Path

import pytest

from app.evidence import registry
from app.evidence.source import Source
from bench import mutations

KINDS = [kind.name for kind in registry.KINDS]
PLAN = (Path(registry.__file__).parent / "postgres_plan" / "samples" / "before.txt").read_text()
WRK = """\
Running 60s test @ http://shop.internal:8080/
  2 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    12.34ms    4.56ms 120.00ms   78.90%
    Req/Sec   405.00     50.00   500.00     70.00%
  Latency Distribution
     50%   11.00ms
     75%   13.00ms
     90%   18.00ms
     99%   30.00ms
  48600 requests in 60.00s, 8.00MB read
Requests/sec:    810.00
Transfer/sec:    136.53KB
"""


@pytest.fixture
def read(tmp_path):
    def report(data, kind=None):
        path = tmp_path / "file"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return registry.inspect(Source("file", path), kind)

    return report


def asked(report):
    return [finding.fix for finding in report.findings if finding.code == "G12"]


def test_a_file_that_holds_two_kinds_is_read_as_one_and_the_other_is_offered(read):
    report = read(PLAN + WRK)

    assert {name for name, _ in report.candidates} == {"load_report", "postgres_plan"}
    (other,) = {name for name, _ in report.candidates} - {report.kind}
    assert [fix.split("`")[1] for fix in asked(report)] == [f"--kind {other}"]
    assert read(PLAN + WRK, other).kind == other


@pytest.mark.parametrize("text", [PLAN, WRK])
def test_a_file_of_one_kind_asks_nothing(read, text):
    assert asked(read(text)) == []


def test_whoever_said_the_kind_is_not_asked(read):
    report = read(PLAN + WRK, "postgres_plan")

    assert (asked(report), report.candidates) == ([], (("postgres_plan", 1.0),))


def test_a_kind_that_cannot_read_the_file_is_not_offered(read):
    added = "".join(f"+{line}\n" for line in PLAN.splitlines())
    patch = f"--- /dev/null\n+++ b/plan.txt\n@@ -0,0 +1,{len(PLAN.splitlines())} @@\n{added}"

    report = read(patch)

    assert report.kind == "diff"
    assert "postgres_plan" in {name for name, _ in report.candidates}
    assert asked(report) == []


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """A hundred and fifty files of random bytes and of what readers stumble over."""
    chance, folder, found = random.Random(7), tmp_path_factory.mktemp("noise"), []
    for number in range(150):
        size = chance.choice((0, 1, 100, 70_000))
        nasty = b"".join(chance.choice(mutations.NASTY) for _ in range(size // 4))
        path = folder / str(number)
        path.write_bytes(chance.randbytes(size) if number % 2 else nasty)
        found.append(Source("file", path))
        assert len(found[-1].head) <= 70_000 * 2
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_makes_a_sniffer_raise_and_none_is_slow(kind, noise):
    took = []
    for source in noise:
        began = time.perf_counter()
        sure = registry.named(kind).sniff(source)
        took.append(time.perf_counter() - began)
        assert 0.0 <= sure <= 1.0

    assert statistics.median(took) < 0.005
    assert max(took) < 0.5


CONFIGURATION = (
    "alert_rules/samples/clean-oncall.yaml", "alertmanager/samples/clean-alertmanager.yml",
    "openslo/samples/clean-sloth.yaml", "load_balancer/samples/clean-haproxy.cfg",
    "load_balancer/samples/clean-compose.yaml", "ci_workflow/samples/clean-gitlab.yml",
    "kill_switches/samples/clean-list.yaml",
)  # fmt: skip
AROUND = {
    "Go": '// Copyright\n\npackage config\n\nimport "testing"\n\nfunc TestLoad(t *testing.T) {\n\tin := `\n%s`\n}\n',
    "Python": "\"\"\"Loading.\"\"\"\n\nfrom shop import load\n\nTEXT = '''\n%s'''\n\n\n"
    "def test_load():\n    load(TEXT)\n",
    "JavaScript": "import { load } from './load.js'\n\nconst text = `\n%s`\n\ntest('loads', () => load(text))\n",
}


@pytest.mark.parametrize("language", AROUND)
@pytest.mark.parametrize("name", CONFIGURATION)
def test_what_a_program_quotes_is_not_taken_for_evidence(read, language, name):
    text = (Path(registry.__file__).parent / name).read_text()

    report = read(AROUND[language] % text)

    assert (report.kind, report.is_blocked) == (registry.UNKNOWN, False)
    assert read(text).kind == name.split("/")[0]


def test_an_import_alone_makes_no_program(read):
    assert (
        read("import common.caddy\n\nshop.de {\n\treverse_proxy a:80 b:80 c:80\n}\n").kind == "load_balancer"
    )


COMMENTED = """\
scope: batman
#namespace: /service/
bootstrap:
  # some desired options
  initdb:
  - encoding: UTF8
# Fix the access first
# Check of the replication
postgresql:
  listen: 127.0.0.1:5433
# First recover from a backup
watchdog:
  mode: automatic
"""
PAGE = """\
# ShopDown

severity: page

## Check
- the dashboard
- the logs

## Fix
- roll back: `undo shop`
- restart
"""


@pytest.mark.parametrize(
    "text",
    [
        COMMENTED,
        "#!/bin/sh\n# Fix the disk first\n# Check whether it fills\ndf -h\n",
        "# Fix the port first\n# Check the log\n[server]\nport = 80\n",
        "# First the base\nFROM python:3.11\n# Check it\nRUN pip check\n# fix rights\nRUN chown app /srv\n",
    ],
)
def test_comments_of_a_configuration_are_no_headings_of_a_runbook(read, text):
    assert read(text).kind == registry.UNKNOWN


def test_a_page_with_lists_alone_is_a_runbook(read):
    assert read(PAGE).kind == "runbook"
