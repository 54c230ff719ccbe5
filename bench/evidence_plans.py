"""How many real plans a second are read and checked, beside what a bare `json.loads` of the same plans does.

    python -m bench.evidence_plans [seconds per measurement, default 3]

The plans are the committed sample of the oracle (PostgreSQL 10 to 18, every option), read in this process. Figures
are per core and per run; compare the ratios, not the machines. With the Perl module Pg::Explain installed its rate is
printed as well.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.evidence.postgres_plan import checks
from app.evidence.postgres_plan.facts import walk
from app.evidence.postgres_plan.reading import read
from tests.evidence.postgres_plan.kept import rows

PERL = """
use Pg::Explain; my @files = glob("$ARGV[0]/*.txt"); my ($n, $began) = (0, (times)[0]);
while ((times)[0] - $began < $ARGV[1]) { for (@files) { eval { Pg::Explain->new(source_file => $_)->top_node }; $n++ } }
printf "%.1f", $n / ((times)[0] - $began);
"""


def rate(work, inputs, seconds):
    """Inputs a second of processor time, over whole rounds until the time is up."""
    done, began = 0, time.process_time()
    while time.process_time() - began < seconds:
        for item in inputs:
            work(item)
        done += len(inputs)
    return done / (time.process_time() - began)


def read_and_check(text):
    for plan in read(text):
        checks.findings(plan)


def pg_explain(texts, seconds):
    """The Perl module's rate, or None where it is not installed."""
    perl = shutil.which("perl")
    if not perl or subprocess.run([perl, "-MPg::Explain", "-e1"], capture_output=True).returncode:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"{number}.txt").write_text(text)
        done = subprocess.run(
            [perl, "-e", PERL, folder, str(seconds)], capture_output=True, text=True, check=True
        )
    return float(done.stdout)


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
    perl = pg_explain(texts, seconds)
    print(f"{'Pg::Explain':24} {perl:9,.0f} plans/s" if perl else "Pg::Explain is not installed here")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
