"""How many real plans a second are read and checked, beside what a bare `json.loads` of the same plans does.

    [PEV2=FOLDER] python -m bench.evidence_plans [seconds per measurement, default 3]

The plans are the committed sample of the oracle (PostgreSQL 10 to 18, every option), read in this process. Figures are
of the best round, per core; compare the ratios, not the machines. With the Perl module Pg::Explain installed its rate
is printed as well; and so is that of pev2, the most used viewer, with node and `npm install pev2` done in FOLDER. A
plan of 20 kB follows, since a viewer's fixed cost shows on small ones.
"""

import contextlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.evidence.postgres_plan import checks
from app.evidence.postgres_plan.facts import walk
from app.evidence.postgres_plan.reading import read
from bench.turnaround import plan
from tests.evidence.postgres_plan.kept import rows

PERL = """
use Pg::Explain; use Time::HiRes qw(clock); my @files = glob("$ARGV[0]/*.txt"); my ($least, $began) = (9e9, clock);
while (clock() - $began < $ARGV[1]) {
    my $before = clock; for (@files) { eval { Pg::Explain->new(source_file => $_)->top_node } }
    my $took = clock() - $before; $least = $took if $took < $least }
printf "%.1f", @files / $least;
"""


PEV2 = """
import fs from "node:fs"; import path from "node:path";
const [module, folder, seconds] = process.argv.slice(2), service = (await import(module)).service;
const texts = fs.readdirSync(folder).map(name => fs.readFileSync(path.join(folder, name), "utf8"));
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
const round = () => texts.forEach(text => { try { service.createPlan("", service.fromSource(text), ""); } catch {} });
const timed = () => { const before = used(); round(); return used() - before; };
round();
let least = Infinity; const began = used();
while (used() - began < Number(seconds)) least = Math.min(least, timed());
console.log(texts.length / least);
"""


def rate(work, inputs, seconds):
    """Inputs a second of processor time in the best of the rounds that fit into the time."""
    least, began = math.inf, time.process_time()
    while time.process_time() - began < seconds:
        before = time.process_time()
        for item in inputs:
            work(item)
        least = min(least, time.process_time() - before)
    return len(inputs) / least


def read_and_check(text):
    for found in read(text):
        checks.findings(found)


def pg_explain(texts, seconds):
    """The Perl module's rate, or None where it is not installed."""
    perl = shutil.which("perl")
    if not perl or subprocess.run([perl, "-MPg::Explain", "-e1"], capture_output=True).returncode:
        return None
    with written(texts) as folder:
        return _rate_of([perl, "-e", PERL, folder, str(seconds)])


def pev2(texts, seconds):
    """The viewer's rate for reading and its own arithmetic, or None without node and its package."""
    package, node = Path(os.environ.get("PEV2", ""), "node_modules", "pev2"), shutil.which("node")
    if not node or not package.is_dir():
        return None
    library = (package / "dist" / "pev2.es.js").read_text()
    name = re.search(r"= ([\w$]+)\.fromSource\(", library)[1]  # the library exports its page only
    module, program = (package / "dist" / word for word in ("with-service.mjs", "rate.mjs"))
    module.write_text(f"{library}\nexport {{ {name} as service }};\n")
    program.write_text(PEV2)
    with written(texts) as folder:
        return _rate_of([node, program, module, folder, str(seconds)])


@contextlib.contextmanager
def written(texts):
    """A folder with each text as a file."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"{number}.txt").write_text(text)
        yield folder


def _rate_of(command):
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(seconds):
    measured = [row for row in rows("pairs") if row["options"] in ("buffers", "analyze", "settings")]
    texts, jsons = [row["text"] for row in measured], [row["json"] for row in measured]
    nodes = sum(1 for text in texts for plan in read(text) for _ in walk(plan["root"]))
    lines = sum(text.count("\n") + 1 for text in texts)
    print(
        f"{len(texts)} plans, {nodes / len(texts):.1f} nodes and {lines / len(texts):.1f} lines each on average"
    )
    bare = rate(json.loads, jsons, seconds)
    for name, work, inputs in (
        ("TEXT read", read, texts),
        ("TEXT read and checked", read_and_check, texts),
        ("JSON read", read, jsons),
    ):
        found = rate(work, inputs, seconds)
        print(f"{name:24} {found:9,.0f} plans/s   {bare / found:5.1f} x the time of json.loads")
    print(f"{'json.loads alone':24} {bare:9,.0f} plans/s")
    others(texts, seconds)
    large = [plan().decode()]
    print(f"a plan of {len(large[0]):,} bytes")
    print(f"{'TEXT read and checked':24} {rate(read_and_check, large, seconds):9,.0f} plans/s")
    others(large, seconds)


def others(texts, seconds):
    """The rates of the other readers that are there."""
    for name, measure in (("Pg::Explain", pg_explain), ("pev2", pev2)):
        found = measure(texts, seconds)
        print(f"{name:24} {found:9,.0f} plans/s" if found else f"{name} is not installed here")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
