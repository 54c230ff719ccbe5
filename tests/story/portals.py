"""The portal as processes: web and worker, started as the supervisor starts them, on parts that are really there."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import requests

from embedded.process import Child, free_port, wait_until
from tests.story import markup
from tests.worker.parts import until

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass
class Portal:
    """Where it answers, what it was told, and how to stop parts of it. `introduce` walks the sign-in provider."""

    environment: dict
    folder: Path
    mailbox_url: str
    introduce: object
    children: dict = field(default_factory=dict)

    @property
    def base_url(self):
        return self.environment["BASE_URL"]

    def start_web(self):
        words = ("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "8", "--workers", "2")
        bound = ("--bind", f"127.0.0.1:{self.environment['PORT']}", "--log-level", "warning")
        web = self._start("web", *words, *bound)
        wait_until(self._is_ready, web, seconds=60, complaint=lambda: self.log("web"))

    def start_worker(self):
        self._start("worker", "-m", "worker", orphaned=signal.SIGKILL)

    def kill(self, name):
        """Without a word of warning, and everything it started with it."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.popen.wait()

    def stop(self):
        for child in reversed(list(self.children.values())):
            child.stop()

    def flask(self, *words):
        """One of the operator's commands, to its end."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi:app", *words]
        return subprocess.run(
            command, cwd=ROOT, env=os.environ | self.environment, capture_output=True, text=True, timeout=60
        )

    def rows(self, statement):
        """What the database holds, asked directly, to see what no page shows."""
        url = self.environment["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            return connection.execute(statement).fetchall()

    def mail(self, to, subject):
        """The one mail with these words in its subject that reached this address."""
        assert until(lambda: self._mails(to, subject), seconds=60), f"no mail “{subject}” for {to}"
        (mail,) = self._mails(to, subject)
        return mail

    def mails(self, to, subject):
        return len(self._mails(to, subject))

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def _start(self, name, *words, **how):
        with (self.folder / f"{name}.log").open("ab") as output:
            argv = [sys.executable, *words]
            env = os.environ | self.environment
            self.children[name] = Child(argv, name=name, env=env, cwd=ROOT, output=output, **how)
        return self.children[name]

    def _is_ready(self):
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.base_url}/readyz", timeout=5).status_code == 200
        return False

    def _mails(self, to, subject):
        rows = markup.read(requests.get(self.mailbox_url, timeout=30).text).all("a", class_="row")
        found = [row["href"] for row in rows if f"to {to}" in row.text and subject in row.text]
        return [
            Mail.of(requests.get(f"{self.mailbox_url}{href}/source", timeout=30).content) for href in found
        ]


@dataclass
class Mail:
    """A mail that arrived, in its two forms."""

    text: str
    html: str

    @classmethod
    def of(cls, source):
        mail = message_from_bytes(source, policy=policy.default)
        return cls(*(mail.get_body((kind,)).get_content() for kind in ("plain", "html")))

    @property
    def links(self):
        return {link.rstrip(".,") for link in LINK.findall(self.text)}

    @property
    def links_of_the_page(self):
        return {link["href"] for link in markup.read(self.html).all("a")}


@contextlib.contextmanager
def running(environment, folder, mailbox_url, introduce, **settings):
    """Web and worker in front of these parts until the end of the block; `settings` differ from the usual ones."""
    own = {
        "REVIEW_UNDO_SECONDS": "0",
        "DRAIN_FILE": str(folder / "drain"),
        "CERTIFICATE_KEY_FILE": str(folder / "certificate-key.pem"),
        "CHECK_LEASE_SECONDS": "3",
    }
    portal = Portal(environment | own | settings, folder, mailbox_url, introduce)
    try:
        for words in (("course", "publish"), ("certificates", "new-key", own["CERTIFICATE_KEY_FILE"])):
            done = portal.flask(*words)
            assert done.returncode == 0, done.stderr
        portal.start_web()
        portal.start_worker()
        yield portal
    finally:
        portal.stop()


def address():
    """An address for a portal that nobody else uses now: the settings that name it."""
    port = free_port()
    return {"BASE_URL": f"http://localhost:{port}", "PORT": str(port)}
