"""Measure the demo's evidence: a real PostgreSQL, a real HTTP service in front of it, real load.

    python -m demo.measure [SECONDS]        writes demo/evidence/, about seven minutes at the default 61 s a run

Three pairs, as the capstone "three bottlenecks" asks: a missing index (database), a computation done again for each
request (application), a new connection for each request (infrastructure). The client keeps a fixed arrival rate and
counts from the intended start, so a slow answer cannot hide the requests behind it.
"""

import csv
import gzip
import http.client
import io
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg

from embedded import postgres

OUT = Path(__file__).parent / "evidence"
RATE = 25  # requests a second
QUERY = "SELECT id, total FROM orders WHERE user_id = 4242 ORDER BY created_at DESC LIMIT 20"
INDEX = "CREATE INDEX orders_user_created ON orders (user_id, created_at DESC)"
SCHEMA = """
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL, created_at timestamptz NOT NULL,
                         total numeric(10, 2) NOT NULL, note text NOT NULL);
    INSERT INTO orders SELECT n, n * 7919 % 20000, timestamptz '2026-01-01' + n * interval '37 s',
                              (n * 31 % 9000) / 100.0, md5(n::text) FROM generate_series(1, 120000) n;
"""


class Service:
    """The little shop: what it answers depends on which bottleneck is still in it."""

    def __init__(self, url: str, *, cached: bool) -> None:
        self.url, self.cached = url, cached
        self.local = threading.local()
        self.report: bytes | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def orders(self) -> bytes:
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = psycopg.connect(self.url, autocommit=True)
        return json.dumps([[row[0], str(row[1])] for row in connection.execute(QUERY)]).encode()

    def summary(self) -> bytes:
        """A report over the catalogue: computed for every request, or once."""
        if self.cached and self.report:
            return self.report
        totals: dict[int, int] = {}
        for number in range(40_000):
            totals[number % 97] = totals.get(number % 97, 0) + number * number % 1009
        self.report = json.dumps(totals).encode()
        return self.report

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = service.orders() if self.path == "/orders" else service.summary()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def load(port: int, path: str, *, seconds: int, keep_alive: bool) -> list[tuple[str, str, str, int, str]]:
    """Send RATE requests a second from eight threads; rows of start, method, path, status, latency in ms."""
    rows: list[tuple[str, str, str, int, str]] = []
    began = time.time() + 0.2
    due = iter(range(RATE * seconds))
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return connection.close()
            start = began + number / RATE
            time.sleep(max(0.0, start - time.time()))
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if not keep_alive:
                connection.close()
            latency = (time.time() - start) * 1000
            at = datetime.fromtimestamp(start, UTC).isoformat(timespec="milliseconds")
            rows.append((at, "GET", path, answer.status, f"{latency:.3f}"))

    threads = [threading.Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(rows)


def keep(name: str, rows: list[tuple[str, str, str, int, str]]) -> None:
    """The rows as a gzipped CSV that is the same for the same rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["start", "method", "path", "status", "latency_ms"])
    writer.writerows(rows)
    with (OUT / f"{name}.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    latencies = sorted(float(row[4]) for row in rows)
    print(f"{name}: {len(rows)} requests, p99 {latencies[-len(latencies) // 100]:.1f} ms", flush=True)


def plan(connection: psycopg.Connection, name: str, options: str) -> None:
    rows = connection.execute(f"EXPLAIN ({options}) {QUERY}".encode()).fetchall()
    lines = [row[0] if isinstance(row[0], str) else json.dumps(row[0], indent=2) for row in rows]
    (OUT / name).write_text("\n".join(lines) + "\n")


def main(seconds: int = 61) -> None:
    OUT.mkdir(exist_ok=True)
    with postgres.start() as server, psycopg.connect(driver_url(server.owner_url()), autocommit=True) as db:
        db.execute(SCHEMA.encode())
        db.execute("VACUUM ANALYZE orders")
        url = driver_url(server.owner_url())
        measure = _measurer(seconds)
        plan(db, "plan-estimate-only.txt", "COSTS")
        plan(db, "plan-before.txt", "ANALYZE, BUFFERS")
        plan(db, "plan-before.json", "ANALYZE, BUFFERS, FORMAT JSON")
        measure("db-before", Service(url, cached=True), "/orders")
        db.execute(INDEX.encode())
        db.execute("VACUUM ANALYZE orders")
        plan(db, "plan-after.txt", "ANALYZE, BUFFERS")
        plan(db, "plan-after.json", "ANALYZE, BUFFERS, FORMAT JSON")
        measure("db-after", Service(url, cached=True), "/orders")
        measure("app-before", Service(url, cached=False), "/summary")
        measure("app-after", Service(url, cached=True), "/summary")
        measure("infra-before", Service(url, cached=True), "/orders", keep_alive=False)
        measure("infra-after", Service(url, cached=True), "/orders")


def driver_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _measurer(seconds: int) -> Callable[..., None]:
    def measure(name: str, service: Service, path: str, *, keep_alive: bool = True) -> None:
        keep(name, load(service.port, path, seconds=seconds, keep_alive=keep_alive))
        service.server.shutdown()
        service.server.server_close()

    return measure


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
