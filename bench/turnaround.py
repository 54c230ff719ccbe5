"""How long a learner waits between sending a file and seeing what was found in it, on the demo's stack.

    python -m bench.turnaround [UPLOADS, default 30] [--memory]

One learner sends a 20 kB plan and a 10 MB latency table in turn, one upload begun each second, over HTTP as the page
does it: begin, PUT to the store, confirm, then ask for the slot after the delay each answer names. `seen` is from
confirm to the answer with findings, `whole` from begin. Of these a check `waited` to be claimed and was `worked` on, of
which the `child` is a part; these three are from the rows of the newest twelve files, as later ones replace earlier.

Then the same files go through the sandbox alone, for the processor time of the child, and a bare interpreter is
started beside them. With `--memory` a gzip file that unpacks to 1 GB goes through it as well, for the most memory the
child had.
"""

import argparse
import contextlib
import gzip
import hashlib
import math
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg
import requests

from app.db import new_id
from bench.evidence_latency import table
from tests.story import markup
from tests.story.parts import embedded_portal
from tests.story.people import FRAGMENT, Person
from worker import sandbox
from worker.context import READER
from worker.spares import Spares

CAPSTONE = "three-bottlenecks"
SLOTS = {
    "plan": (
        "db-plan-before",
        "db-plan-after",
        "app-profile-before",
        "app-profile-after",
        "cost-sheet",
        "notes",
    ),
    "table": tuple(
        f"{layer}-latency-{side}" for layer in ("db", "app", "infra") for side in ("before", "after")
    ),
}
PATIENCE = 60.0
DELAY = re.compile(r"delay:([0-9.]+)(ms|s)")
ENROL = """INSERT INTO enrolment (id, person_id, course_slug, enrolled_at)
           SELECT %s, person.id, %s, now() FROM person WHERE person.email = %s"""
READ = """SELECT result.kind, extract(epoch FROM run.started_at - file.uploaded_at)::float,
                 extract(epoch FROM run.finished_at - run.started_at)::float, result.took_ms / 1000.0::float
          FROM evidence_file file JOIN check_run run ON run.file_id = file.id
          JOIN check_result result ON result.file_id = file.id"""


def plan(size: int = 20_000) -> bytes:
    """A plan of about eighty partitions, as psql prints it."""
    lines, part = ["                 QUERY PLAN", "-" * 60], 0
    lines += [
        " Append  (cost=0.00..22000.00 rows=100000 width=72) (actual time=0.020..500.000 rows=100000 loops=1)"
    ]
    while sum(map(len, lines)) < size:
        part += 1
        lines += [
            f"   ->  Seq Scan on public.orders_{part:03d} orders_{part}  (cost=0.00..218.00 rows=1000 width=72)"
            f" (actual time=0.010..3.{part:03d} rows=1000 loops=1)",
            "         Filter: (user_id = 4242)",
            "         Rows Removed by Filter: 9000",
            f"         Buffers: shared hit=60 read={part}",
        ]
    return "\n".join([*lines, " Planning Time: 1.300 ms", " Execution Time: 512.000 ms", ""]).encode()


class Uploads:
    """Uploads under way, each in a thread of its own; `seconds[kind]` holds (seen, whole) of those that ended."""

    def __init__(self, learner: Person, files: dict[str, bytes]) -> None:
        self.learner, self.files = learner, files
        self.seconds: dict[str, list[tuple[float, float]]] = {kind: [] for kind in files}
        self.cookies = learner.browser.cookies.get_dict()
        self.forms = {
            key: learner.page.one(id=f"slot-{key}").one("form", class_="upload")["data-begin"]
            for keys in SLOTS.values()
            for key in keys
        }

    def send_all(self, count: int) -> None:
        """One upload begun each second, the kinds and the places in turn."""
        began, threads = time.monotonic(), []
        for number in range(count):
            kind = list(self.files)[number % len(self.files)]
            slot = SLOTS[kind][number // len(self.files) % len(SLOTS[kind])]
            threads.append(threading.Thread(target=self._send, args=(kind, slot, number)))
            time.sleep(max(0.0, began + number - time.monotonic()))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _send(self, kind: str, slot: str, number: int) -> None:
        data = (
            self.files[kind]
            + (f" Time: {number}.000 ms\n" if kind == "plan" else f"{_row(number)}\n").encode()
        )
        page = Page(self.learner.portal.base_url, self.cookies)
        began = time.monotonic()
        about = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "media_type": "text/plain"}
        ticket = page.ask(
            "POST", self.forms[slot], about | {"name": f"{kind}-{number}.txt", "slot": slot}
        ).json()
        sent = {k: v for k, v in ticket["headers"].items() if k.lower() not in ("host", "content-length")}
        requests.put(ticket["url"], data=data, headers=sent, timeout=PATIENCE).raise_for_status()
        confirmed = time.monotonic()
        page.wait_for(slot, page.ask("POST", ticket["confirm"]))
        ended = time.monotonic()
        self.seconds[kind].append((ended - confirmed, ended - began))


class Page:
    """One open page of the learner's browser."""

    def __init__(self, origin: str, cookies: dict[str, str]) -> None:
        self.origin, self.browser = origin, requests.Session()
        self.browser.cookies.update(cookies)

    def ask(self, method: str, path: str, form: dict[str, object] | None = None) -> requests.Response:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin} if method == "POST" else FRAGMENT
        answer = self.browser.request(
            method, self.origin + path, data=form, headers=headers, timeout=PATIENCE
        )
        answer.raise_for_status()
        return answer

    def wait_for(self, slot: str, answer: requests.Response) -> None:
        """Ask again after the delay each answer names, until nothing in the slot waits.

        While there is no news the answer is the slot's waiting line alone.
        """
        deadline = time.monotonic() + PATIENCE
        while waiting := _waiting(answer.text, slot):
            if time.monotonic() > deadline:
                raise TimeoutError(f"slot {slot} was not read")
            number, unit = DELAY.search(waiting[0]["hx-trigger"]).groups()
            time.sleep(float(number) / (1000 if unit == "ms" else 1))
            answer = self.ask("GET", waiting[0]["hx-get"])


def _waiting(text: str, slot: str) -> list[markup.Element]:
    """What of the slot still waits."""
    told = markup.read(text)
    return [
        line for part in list(told.all(id=f"slot-{slot}")) or [told] for line in part.all(class_="waiting")
    ]


def turnaround(count: int, files: dict[str, bytes]) -> None:
    """Run the portal, send everything, print what a learner and the portal saw."""
    with tempfile.TemporaryDirectory() as folder, embedded_portal(Path(folder)) as portal:
        learner = Person(portal, "Mira", "mira@example.org")
        learner.sign_in()
        with psycopg.connect(portal.environment["MIGRATION_DATABASE_URL"].replace("+psycopg", "")) as db:
            db.execute(ENROL, (new_id(), "scaling-to-100k-users", learner.email))
        learner.open(f"/work/{CAPSTONE}")
        learner.press("Start this capstone")
        Uploads(learner, files).send_all(len(files))  # until the worker has started and everything is warm
        uploads = Uploads(learner, files)
        uploads.send_all(count)
        rows = portal.rows(READ)
    for kind, name in (("plan", "postgres_plan"), ("table", "latency_table")):
        seen, whole = zip(*uploads.seconds[kind], strict=True)
        waited, worked, ran = zip(*(row[1:] for row in rows if row[0] == name), strict=True)
        for word, values in (
            ("seen", seen), ("whole", whole), ("waited", waited), ("worked", worked), ("child", ran)
        ):  # fmt: skip
            print(f"{kind:<6} {word:<7} {_spread(values)}")


def child(files: dict[str, Path], runs: int) -> None:
    """The same files through the sandbox alone: by a fresh child, then by one in waiting, as the worker has it."""
    box = sandbox.probe()
    with contextlib.closing(Spares(box, READER)) as spares:
        for kind, path in files.items():
            sandbox.open_to_child(path)
            print(f"{kind:<6} fresh child ({box.label}): {_read(spares, path, runs)}")
        print(f"bare interpreter: wall {min(_bare_start() for _ in range(runs)):.3f} s")
        for kind, path in files.items():
            spares.keep()
            print(f"{kind:<6} child in waiting: {_read(spares, path, runs)}")


def _bare_start() -> float:
    """Wall seconds of an interpreter that does nothing."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
    return time.monotonic() - began


def _read(spares: Spares, path: Path, runs: int) -> str:
    """Least processor seconds and wall time of `runs` readings a second apart, and the most memory a child had."""
    cpu, took, peak = [], [], 0
    for _ in range(runs):
        time.sleep(1)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome = spares.run(["check", "--json"], path, asked_to_stop=lambda: False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append((after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime))
        took, peak = [*took, outcome.took_ms], max(peak, outcome.peak)
    user, system = min(cpu)
    ended = outcome.stopped or f"status {outcome.status}"
    return f"user {user:.3f} s   system {system:.3f} s   wall {min(took) / 1000:.3f} s   peak {peak >> 20} MB   {ended}"


def packed_log(path: Path, megabytes: int) -> None:
    """A log of whole seconds and milliseconds, 500 requests a second, that packs to a sixteenth."""
    chance = random.Random(1)
    seconds = [
        [f",/cart,GET,200,{int(chance.lognormvariate(3, 0.8))}\n" for _ in range(500)] for _ in range(40)
    ]
    with gzip.open(path, "wb", compresslevel=6) as file:
        written = file.write(b"timestamp,endpoint,method,status,latency_ms\n")
        moment = 1_763_790_000
        while written < megabytes * 1_000_000:
            moment += 1
            stamp = str(moment)
            written += file.write((stamp + stamp.join(seconds[moment % 40])).encode())


def _row(number: int) -> str:
    """One more request, so that no two tables are the same file."""
    return f"1763799999.000,/cart,GET,200,{20 + number / 1000:.3f}"


def _spread(values: Iterable[float]) -> str:
    """The median and the 99th percentile by nearest rank, in seconds."""
    ordered = sorted(values)
    p50, p99 = (ordered[math.ceil(len(ordered) * share) - 1] for share in (0.5, 0.99))
    return f"p50 {p50:.2f} p99 {p99:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.turnaround", description=__doc__)
    parser.add_argument("uploads", nargs="?", type=int, default=30)
    parser.add_argument("--memory", action="store_true", help="also read a gzip file of 1 GB")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = {"plan": Path(folder, "plan.txt"), "table": Path(folder, "table.csv")}
        paths["plan"].write_bytes(plan())
        table(paths["table"], 10)
        turnaround(asked.uploads, {kind: path.read_bytes() for kind, path in paths.items()})
        child(paths, runs=5)
        if asked.memory:
            packed = Path(folder, "requests.csv.gz")
            packed_log(packed, 1000)
            print(f"gzip of {packed.stat().st_size >> 20} MB")
            child({"gzip": packed}, runs=1)


if __name__ == "__main__":
    main()
