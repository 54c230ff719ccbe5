"""How many real plans a second are read and checked, beside other readers of the same plans, in one run.

    [PEV2=FOLDER] [PERL5LIB=FOLDER] python -m bench.evidence_plans [seconds per reader and round, default 1]

The plans are the committed sample of the oracle (PostgreSQL 10 to 18, every option but COSTS OFF, which the others
cannot read), read in this process. The readers take turns, four times, and the best round of each counts, per core of
processor time; compare the ratios, not the machines. With the Perl module Pg::Explain installed (or in PERL5LIB) it is
timed as well, and so is pev2, the most used viewer, with node and `npm install pev2` done in FOLDER. Pg::Explain gives
up at rows with decimals, so that its rate counts where plans of PostgreSQL 18 are left out. Longer plans follow, and
one of 20 kB: a reader's fixed cost shows on short ones.
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

ROUNDS = 4
LONG = 1_500  # characters; most plans of the sample are of one table or two
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
    measured = [row for row in rows("pairs") if "(cost=" in row["text"]]
    texts, jsons = [row["text"] for row in measured], [row["json"] for row in measured]
    nodes = sum(1 for text in texts for plan in read(text) for _ in walk(plan["root"]))
    lines = sum(text.count("\n") + 1 for text in texts)
    print(
        f"{len(texts)} plans, {nodes / len(texts):.1f} nodes and {lines / len(texts):.1f} lines each on average"
    )
    compare(texts, seconds)
    print(
        f"the same in JSON: read {rate(read, jsons, seconds):,.0f}, json.loads {rate(json.loads, jsons, seconds):,.0f}"
    )
    before = [row["text"] for row in measured if row["version"] < 18]
    print(f"the {len(before)} of them before PostgreSQL 18")
    compare(before, seconds)
    long = [text for text in before if len(text) >= LONG]
    print(f"{len(long)} plans of {sum(map(len, long)) / len(long) / 1000:.1f} kB on average, as reports need")
    compare(long, seconds)
    print("a plan of 20 kB")
    compare([plan().decode()], seconds)


def compare(texts, seconds):
    """Let the readers take turns on the texts; print the best round of each, and of reading against it."""
    readers = {
        "TEXT read": lambda: rate(read, texts, seconds),
        "TEXT read and checked": lambda: rate(read_and_check, texts, seconds),
        "Pg::Explain": lambda: pg_explain(texts, seconds),
        "pev2": lambda: pev2(texts, seconds),
    }
    rounds = [{name: measure() or 0.0 for name, measure in readers.items()} for _ in range(ROUNDS)]
    best = {name: max(rates[name] for rates in rounds) for name in readers}
    for name, found in best.items():
        times = (
            f"{found:9,.0f} plans/s   {best['TEXT read'] / found:5.2f}" if found else "is not installed here"
        )
        print(f"{name:24} {times}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
