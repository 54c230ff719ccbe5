"""The latency check against the bare engine on the same table, each in a fresh process; prints ratios.

    python bench/evidence_latency.py [MEGABYTES ...]

The bare run imports DuckDB and asks for count, p50, p99, p99.9 and a p99 a minute of typed columns; the check does that
and everything else it says about a table. The best of three runs each, in turn: wall time, and processor time, which
says more on a machine that others use too. Then the most memory either of them had, each in its own process.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BARE = """
import sys, duckdb
db = duckdb.connect(config={"threads": 2})
table = f"read_csv('{sys.argv[1]}')"
db.execute(f"SELECT count(*), quantile_disc(latency_ms, [.5, .99, .999]) FROM {table}").fetchall()
db.execute(f"SELECT floor(timestamp / 60), count(*), quantile_disc(latency_ms, .99) FROM {table} GROUP BY 1").fetchall()
"""
CHECK = ["-m", "app.evidence", "check", "--json"]


def table(path: Path, megabytes: int) -> None:
    """Requests at 500 a second with lognormal latencies, the same for the same size."""
    chance, moment, rows = random.Random(1), 1_763_790_000.0, []
    for _ in range(20_000):
        moment += chance.expovariate(500)
        status = 200 if chance.random() > 0.003 else 502
        rows.append(f"{moment:.3f},/cart,GET,{status},{chance.lognormvariate(3, 0.8):.3f}\n")
    block = "".join(rows)
    with path.open("w") as file:
        file.write("timestamp,endpoint,method,status,latency_ms\n")
        for _ in range(megabytes * 1_000_000 // len(block) + 1):
            file.write(block)


def run(arguments: list[str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and megabytes of one fresh process."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, arguments)
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    """Compare for every size asked for."""
    sizes = [int(size) for size in sys.argv[1:]] or [10, 100]
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in sizes:
            path = Path(folder) / f"{megabytes}.csv"
            table(path, megabytes)
            runs = [(run(["-c", BARE, str(path)]), run([*CHECK, str(path)])) for _ in range(3)]
            for at, what in enumerate(("wall", "processor")):
                bare, check = (min(pair[who][at] for pair in runs) for who in range(2))
                print(f"{megabytes:>5} MB {what:<10} bare {bare:6.2f} s   check {check:6.2f} s   "
                      f"ratio {check / bare:.2f}")  # fmt: skip
            bare_mb, check_mb = (max(pair[who][2] for pair in runs) for who in range(2))
            print(f"{megabytes:>5} MB {'memory':<10} bare {bare_mb:6d} MB  check {check_mb:6d} MB")


if __name__ == "__main__":
    main()
