"""Asks a MariaDB server for the same plan in every form, and holds the readings against each other.

    python -m tests.evidence.mysql_plan.oracle            the whole matrix
    python -m tests.evidence.mysql_plan.oracle --write    also writes the committed sample (forms.jsonl.gz)

Needs `mariadbd`, `mariadb-install-db` and `mariadb` on the path. The server runs alone, on a unix socket, in a
throw-away folder, and is stopped at the end. Exit status 1 when two forms disagree. Names with a double quote are left
out: the server does not escape it in JSON.
"""

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.evidence.mysql_plan.reading import read
from app.evidence.plans.shape import walk

SAMPLE = Path(__file__).with_name("forms.jsonl.gz")
ACCOUNT = ["--user=nobody"] if os.geteuid() == 0 else []
SCHEMA = """
CREATE DATABASE shop; USE shop;
CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, email varchar(100), country char(2), KEY (country));
CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, user_id int, state varchar(10), total decimal(10,2),
  made_at datetime, note varchar(100), KEY orders_user_id_idx (user_id), KEY (state, made_at));
CREATE TABLE `odd | 'name' -> x` (`a b` int, KEY `odd idx` (`a b`));
INSERT INTO users (email, country) SELECT concat('u', seq), if(seq % 7 = 0, 'de', 'fr') FROM seq_1_to_2000;
INSERT INTO orders (user_id, state, total, made_at, note) SELECT seq % 2000 + 1, if(seq % 50 = 0, 'late', 'sent'),
  seq % 333, '2026-01-01' + INTERVAL seq MINUTE, 'x' FROM seq_1_to_20000;
INSERT INTO `odd | 'name' -> x` SELECT seq FROM seq_1_to_300;
ANALYZE TABLE users, orders;
"""
QUERIES = {
    "scan": "SELECT * FROM orders WHERE total > 300",
    "ref": "SELECT * FROM orders WHERE user_id = 42",
    "range": "SELECT * FROM orders WHERE state = 'late' AND made_at > '2026-01-10' ORDER BY made_at DESC LIMIT 5",
    "covering": "SELECT user_id FROM orders WHERE user_id < 50",
    "const": "SELECT * FROM users WHERE id = 7",
    "impossible": "SELECT * FROM users WHERE id = 7 AND 1 = 0",
    "no_table": "SELECT 1",
    "eq_ref": "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE o.total > 300",
    "left": "SELECT u.id, o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.total > 330",
    "buffered": "SELECT count(*) FROM users a JOIN users b ON a.email = b.email",
    "in": "SELECT * FROM users WHERE id IN (SELECT user_id FROM orders WHERE total > 330)",
    "not_in": "SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE total > 330)",
    "exists": "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id AND o.total > 330)",
    "dependent": "SELECT u.id, (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM users u WHERE u.id < 40",
    "derived": "SELECT * FROM (SELECT user_id, count(*) FROM orders GROUP BY 1) d JOIN users u ON u.id = d.user_id",
    "two_derived": "SELECT * FROM (SELECT DISTINCT state FROM orders) a, (SELECT DISTINCT country FROM users) b",
    "union": "SELECT id FROM users UNION SELECT user_id FROM orders",
    "union_all": "SELECT id FROM users UNION ALL SELECT user_id FROM orders WHERE total > 5",
    "cte": "WITH c AS (SELECT user_id, sum(total) s FROM orders GROUP BY 1) SELECT * FROM c a JOIN c b USING (user_id)",
    "recursive": "WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT * FROM r",
    "group": "SELECT state, count(*) FROM orders GROUP BY state ORDER BY 2",
    "window": "SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY total) FROM orders",
    "merge": "SELECT * FROM orders WHERE user_id = 3 OR id = 9",
    "sort": "SELECT * FROM orders ORDER BY note, total",
    "update": "UPDATE orders SET total = 1 WHERE user_id < 20",
    "delete": "DELETE FROM orders WHERE note = 'y'",
    "odd": "SELECT * FROM `odd | 'name' -> x` WHERE `a b` = 7 OR `a b` > 295",
    "never": "SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = 5 AND u.email = 'none'",
}  # fmt: skip
TABLES = {"box": ["-t"], "tabs": [], "vertical": ["-E"]}
DOCUMENTS = {"json": ["-r", "-N"], "batch": [], "json_box": ["-t"], "json_vertical": ["-E"]}


@contextlib.contextmanager
def running():
    """A server on a throw-away folder; gives a function that runs a statement with the client's switches."""
    scratch = Path(tempfile.mkdtemp(prefix="plans-"))
    scratch.chmod(0o777)
    data, socket = scratch / "data", scratch / "socket"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", *ACCOUNT, f"--datadir={data}",
         "--auth-root-authentication-method=normal"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", *ACCOUNT, f"--datadir={data}", f"--socket={socket}", "--skip-networking",
         f"--pid-file={scratch / 'pid'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def ask(statement, *switches, database="shop"):
        command = [
            "mariadb",
            "--no-defaults",
            "-uroot",
            "-S",
            socket,
            *switches,
            *([database] if database else []),
        ]
        return subprocess.run(command, input=statement, check=True, capture_output=True, text=True).stdout

    try:
        for _ in range(100):
            with contextlib.suppress(subprocess.CalledProcessError):
                ask("SELECT 1", database="")
                break
            time.sleep(0.2)
        yield ask
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(scratch, ignore_errors=True)


def asked(ask):
    """Every query in every form, one row each; changes are rolled back."""
    for name, query in QUERIES.items():
        for verb in ("EXPLAIN", "ANALYZE"):
            row = {"query": name, "verb": verb.lower()}
            for form, switches in TABLES.items():
                row[form] = ask(f"BEGIN; {verb} {query}; ROLLBACK;", *switches)
            for form, switches in DOCUMENTS.items():
                row[form] = ask(f"BEGIN; {verb} FORMAT=JSON {query}; ROLLBACK;", *switches)
            yield row


def tables(text):
    """The tables of each plan with what all forms say of them, in no order: a set for each."""
    return [
        sorted(
            (
                str(node["relation"]),
                node["node"],
                str(node["index"]),
                node["plan_rows_read"] or 0,
                node["full_scan"],
            )
            for node in walk(plan["root"])
            if node["relation"] and not node["relation"].startswith("<")
        )
        for plan in read(text)
    ]


def measured(text):
    """Rows each table really gave and looked at, rounded as tables print them."""
    return [
        sorted(
            (str(node["relation"]), round(node["rows_read"] or 0, 1), bool(node["never_executed"]))
            for node in walk(plan["root"])
            if node["relation"] and not node["relation"].startswith("<")
        )
        for plan in read(text)
    ]


def fault(row):
    """Where a form's reading differs from that of its first sister; empty when all agree."""
    for group, how in ((TABLES, tables), (DOCUMENTS, tables), ({"box": [], "json": []}, tables), (TABLES, measured),
                       (DOCUMENTS, measured if row["verb"] == "explain" else tables),
                       ({"box": [], "json": []}, measured)):  # fmt: skip
        readings = {form: how(row[form]) for form in group}
        first = next(iter(readings.values()))
        if other := next((form for form, found in readings.items() if found != first), ""):
            return f"{how.__name__} of {other}: {readings[other]} != {first}"
    return ""


def main(arguments):
    with running() as ask:
        ask(SCHEMA, database="")
        rows = list(asked(ask))
    faults = [f"{row['query']} {row['verb']}: {found}" for row in rows if (found := fault(row))]
    print(
        "\n".join(
            [*faults, f"{len(rows)} plans in {len(TABLES) + len(DOCUMENTS)} forms, {len(faults)} disagree"]
        )
    )
    if "--write" in arguments and not faults:
        lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
        SAMPLE.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
        print(f"{SAMPLE.stat().st_size} bytes in {SAMPLE.name}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
