"""The latency check against the bare engine on the same table, each in a fresh process; prints ratios.

    python bench/evidence_latency.py [MEGABYTES ...]

The bare run imports DuckDB and asks for count, p50, p99, p99.9 and a p99 a minute of typed columns; the check does that
and everything else it says about a table. The best of three runs each, in turn.
"""

import random
import resource
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


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Compare for every size asked for."""
    sizes = [int(size) for size in sys.argv[1:]] or [10, 100]
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in sizes:
            path = Path(folder) / f"{megabytes}.csv"
            table(path, megabytes)
            runs = [(seconds(["-c", BARE, str(path)]), seconds([*CHECK, str(path)])) for _ in range(3)]
            bare, check = (min(run[i] for run in runs) for i in range(2))
            print(f"{megabytes:>5} MB   bare {bare:6.2f} s   check {check:6.2f} s   ratio {check / bare:.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"largest child: {peak} MB (the bare engine included)")


if __name__ == "__main__":
    main()
