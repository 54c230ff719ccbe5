"""Has psql print one plan in every way it can, and auto_explain log one; writes frames.jsonl.gz.

    python -m tests.evidence.postgres_plan.frames

Takes the servers the oracle finds that are at least version 15; needs `psql`, and auto_explain for the logs.
"""

import gzip
import json
import subprocess
import time

import psycopg

from tests.evidence.postgres_plan import matrix
from tests.evidence.postgres_plan.kept import HERE
from tests.evidence.postgres_plan.oracle import binaries, connected, running

QUERY = (
    "SELECT o.id, u.email FROM orders o JOIN users u ON u.id = o.user_id"
    " WHERE o.state = 'line1\nline2 -> x' OR u.country = 'de' ORDER BY o.made_at LIMIT 5"
)
LOGGED = (
    "SELECT count(*) FROM users x\n  JOIN users y USING (id) -- (cost=1) -> not a plan\n"
    "WHERE x.country = 'it''s -> \"odd\"'\n  OR x.id > 1990"
)
FRAMES = {
    "tuples": ("-At",),
    "unaligned": ("-A",),
    "border0": ("-P", "border=0"),
    "border1": (),
    "border2": ("-P", "border=2"),
    "unicode": ("-P", "border=2", "-P", "linestyle=unicode"),
    "oldascii": ("-P", "linestyle=old-ascii"),
    "csv": ("--csv",),
    "html": ("-H",),
    "expanded": ("-x",),
    "expanded2": ("-x", "-P", "border=2"),
    "expandedu": ("-x", "-P", "linestyle=unicode"),
    "wrapped": ("-P", "format=wrapped", "-P", "columns=80"),
    "wrapped2": ("-P", "format=wrapped", "-P", "columns=72", "-P", "border=2"),
    "latex": ("-P", "format=latex"),
    "asciidoc": ("-P", "format=asciidoc"),
    "troff": ("-P", "format=troff-ms"),
}


def framed(socket, version):
    """One row for every frame and format."""
    for frame, arguments in FRAMES.items():
        for form in ("TEXT", "JSON", "YAML", "XML"):
            words = f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS, FORMAT {form}) {QUERY}"
            done = subprocess.run(
                ["psql", "-h", socket, "-U", "postgres", "-X", *arguments, "-c", words],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            yield {"version": version, "frame": frame, "format": form.lower(), "text": done.stdout}


def logged(socket, version):
    """What the server's log holds after one query, in every format."""
    for form in ("text", "json", "yaml", "xml"):
        with connected(socket) as session:
            session.execute("LOAD 'auto_explain'")
            for setting in ("log_analyze = on", "log_min_duration = 0", f"log_format = {form}"):
                session.execute(f"SET auto_explain.{setting}")
            log = socket / "log"
            before = log.stat().st_size
            session.execute(LOGGED)
            time.sleep(0.3)
            yield {
                "version": version,
                "frame": "auto_explain",
                "format": form,
                "text": log.read_text()[before:],
            }


def main():
    rows = []
    for version, folder in binaries().items():
        if version < 15:
            continue
        with running(folder) as socket, connected(socket) as session:
            session.execute(matrix.SCHEMA)
            session.execute(matrix.VACUUM)
            for _ in range(2):  # the first round warms the cache, so that all rows count the same blocks
                found = list(framed(socket, version))
            rows += found
            try:
                rows += logged(socket, version)
            except psycopg.errors.UndefinedFile:
                print(f"version {version} has no auto_explain here")
    lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    (HERE / "frames.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
