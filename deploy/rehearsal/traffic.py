"""People who use the portal: a fixed number of clients, every fourth request a form, and no request uncounted."""

import csv
import gzip
import http.client
import itertools
import threading
import time
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from embedded.process import LOOPBACK

HEADER = ("time", "method", "path", "status", "latency_ms", "instance", "error")
PATIENCE = 20  # seconds until a client gives up
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """One request as its client saw it. `status` is 0 when no answer came, and `error` says how that ended."""

    at: float
    method: str
    path: str
    status: int
    latency_ms: float
    instance: str
    error: str

    @property
    def is_seen(self):
        """Whether a person saw an error: no answer, or our fault."""
        return self.status == 0 or self.status >= 500

    def row(self):
        _, method, path, status, latency, instance, error = astuple(self)
        return (stamp(self.at), method, path, status, f"{latency:.3f}", instance, error)


def stamp(at):
    """A time in UTC with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Traffic:
    """Clients in threads, each a signed-in learner with a connection that is kept; bounded by `most` requests."""

    def __init__(self, port, cookies, pages, form, *, pause, most=200_000):
        self.port, self.pages, self.form, self.pause, self.most = port, pages, form, pause, most
        self.sent, self._lock, self._numbers = [], threading.Lock(), itertools.count(1)
        self._over = threading.Event()
        self._clients = [
            threading.Thread(target=self._use, args=(cookie,), daemon=True) for cookie in cookies
        ]

    def __enter__(self):
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for client in self._clients:
            client.join(PATIENCE + 5)

    def between(self, begin, end):
        """What was begun in this span, in order."""
        with self._lock:
            return sorted((one for one in self.sent if begin <= one.at <= end), key=lambda one: one.at)

    def _use(self, cookie):
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE)
        while not self._over.is_set() and (number := next(self._numbers)) <= self.most:
            sent = self._request(connection, cookie, number)
            with self._lock:
                self.sent.append(sent)
            self._over.wait(self.pause)
        connection.close()

    def _request(self, connection, cookie, number):
        is_form = number % 4 == 0
        method, path = ("POST", self.form) if is_form else ("GET", self.pages[number % len(self.pages)])
        body = f"done={'yes' if number % 8 else 'no'}" if is_form else None
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"} | (
            {"Content-Type": FORM} if is_form else {}
        )
        at, began, error, status, instance = time.time(), time.perf_counter(), "", 0, ""
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            status, instance = answer.status, answer.getheader("X-Served-By", "")
        except (OSError, http.client.HTTPException) as reason:
            error = type(reason).__name__
            connection.close()  # the next request opens it again
        latency = (time.perf_counter() - began) * 1000
        return Sent(at, method, path, status, latency, instance, error)


def write(path, sent):
    """The log a client would hand in, packed."""
    with gzip.open(path, "wt", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        table.writerows(one.row() for one in sent)
