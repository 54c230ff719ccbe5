"""What a child in waiting has done before there is a file."""

import json
import subprocess
import sys

from app.evidence.ahead import TABLE

OTHER = TABLE.with_name("L2-trigger-600.csv")

PROGRAM = """
import importlib, json, re, sys
from pathlib import Path
from app.evidence import patterns

for name in sys.argv[2:]:
    importlib.import_module(name)

from app.evidence import registry
from app.evidence.latency_table import engine
from app.evidence.source import Source

started, compiled = len(engine._started), []
monitored = patterns.re.compile
patterns.re.compile = lambda *given: compiled.append(given[0]) or monitored(*given)
report = registry.inspect(Source("requests.csv", Path(sys.argv[1])))
print(json.dumps({"started": started, "compiled": list(map(str, compiled)), "kind": report.kind}))
"""


def read_after(*modules):
    command = [sys.executable, "-c", PROGRAM, str(OTHER), "app.evidence.__main__", *modules]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def test_a_table_finds_an_engine_started_and_every_pattern_compiled():
    assert read_after("app.evidence.ahead") == {"started": 1, "compiled": [], "kind": "latency_table"}


def test_without_it_there_is_much_to_compile():
    cold = read_after()

    assert cold["started"] == 0
    assert len(cold["compiled"]) > 50
