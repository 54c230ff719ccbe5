"""Instances of the portal: gunicorn on a port of its own, from the folder of a release."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from config import ROOT
from deploy.rehearsal.waiting import until
from embedded.process import LOOPBACK, Child, free_port

CODE = ("app", "templates", "static", "course", "worker", "config.py", "wsgi.py", "gunicorn.conf.py")
NEEDLESS = shutil.ignore_patterns("samples", "*.md")
SLOWEST_START = 90


def release(folder, name):
    """A folder with the portal's code and the name of this release in it: what a deploy puts on a machine."""
    target = folder / name
    for part in CODE:
        source = ROOT / part
        if source.is_dir():
            keep = NEEDLESS if part == "app" else None
            shutil.copytree(source, target / part, ignore=keep)
        else:
            shutil.copy2(source, target / part)
    (target / "RELEASE").write_text(f"{name}\n", "utf-8")
    return target


class Instance:
    """One of the three. It is stopped by its drain file and SIGTERM, or by a signal alone."""

    def __init__(self, name, folder, environment):
        self.name, self.port = name, free_port()
        self.drain_file, self.log = folder / f"{name}.drain", folder / f"{name}.log"
        self.environment = os.environ | environment | {"DRAIN_FILE": str(self.drain_file)}
        self.child = None

    def start(self, code):
        """Start it from this release; `until_ready` waits for it."""
        self.drain_file.unlink(missing_ok=True)
        words = ("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "8", "--workers", "1")
        bound = ("--bind", f"{LOOPBACK}:{self.port}", "--graceful-timeout", "20", "--no-control-socket")
        with self.log.open("ab") as output:
            self.child = Child(
                [sys.executable, *words, *bound, "--log-level", "warning"],
                name=self.name,
                env=self.environment,
                cwd=code,
                output=output,
            )

    def until_ready(self):
        until(lambda: self.readiness() == 200, seconds=SLOWEST_START, what=f"{self.name} to be ready")

    def readiness(self):
        """What its /readyz answers; 0 when nobody does."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/readyz", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def drain(self):
        """From now on /readyz says 503; requests are still answered."""
        self.drain_file.touch()

    def end(self):
        """SIGTERM: what is in flight is finished. Returns when the process is gone."""
        self.child.ask_to_end()
        try:
            self.child.popen.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """SIGKILL to the master and its worker at once, as when a machine loses its power."""
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.popen.wait()

    def ask_to_end(self):
        if self.child is not None:
            self.child.ask_to_end()

    def stop(self):
        if self.child is not None:
            self.child.stop()
