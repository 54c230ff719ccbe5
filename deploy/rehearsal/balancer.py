"""HAProxy before the instances: its configuration with our addresses in it, and what it says of each server."""

import contextlib
import csv
import io
import re
import shutil
import socket
import subprocess
from datetime import datetime

from deploy.rehearsal.waiting import until
from embedded.process import LOOPBACK, Child, Unstartable, is_listening

ACCESS = re.compile(r"\[(\d\d/\w{3}/\d{4}:[\d:.]+)\] portal .* \"(?:GET|POST) /[^\"]*\"$")
MISSING = "HAProxy is not here. Install it (apt-get install haproxy) and start the rehearsal again."


def configuration(template, port, ports, control):
    """The template's text with our addresses: the frontend's, each server's, and the control socket's."""
    text = template.read_text("utf-8")
    text = text.replace("/run/haproxy/portal.sock", str(control)).replace(
        "bind :8080", f"bind {LOOPBACK}:{port}"
    )
    for name, own in ports.items():
        text = re.sub(rf"server {name} \S+", f"server {name} {LOOPBACK}:{own}", text)
    return text


class Balancer:
    """A running HAProxy; its access log goes to `log`."""

    def __init__(self, configuration_file, port, control, log):
        program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise Unstartable(MISSING)
        self.port, self.control, self.log = port, control, log
        with log.open("wb") as output:
            self.child = Child([program, "-db", "-f", configuration_file], name="haproxy", output=output)
        until(lambda: is_listening(port), seconds=10, what="HAProxy to listen")

    def states(self):
        """{server: (status, sessions)} as the balancer sees them now."""
        rows = csv.DictReader(io.StringIO(self._ask("show stat").lstrip("# ")))
        return {
            row["svname"]: (row["status"], int(row["scur"]))
            for row in rows
            if row["pxname"] == "web" and row["svname"] != "BACKEND"
        }

    def is_up(self, name):
        return self.states()[name][0].startswith("UP")

    def is_down(self, name):
        return self.states()[name][0].startswith("DOWN")

    def is_idle(self, name):
        """Whether it sends this server nothing and waits for nothing from it."""
        status, sessions = self.states()[name]
        return status.startswith("DOWN") and sessions == 0

    def requests(self, begin, end):
        """Its access log of a span of time; what it says of servers that come and go is left out."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        found = [(match, line) for line in lines if (match := ACCESS.search(line))]
        return [line for match, line in found if begin <= _moment(match[1]) <= end]

    def stop(self):
        self.child.stop()

    def _ask(self, words):
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as line:
            line.connect(str(self.control))
            line.sendall(f"{words}\n".encode())
            return b"".join(iter(lambda: line.recv(1 << 16), b"")).decode()


def _moment(text):
    """HAProxy writes the time of this machine, without a zone."""
    return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S.%f").astimezone().timestamp()


def version():
    """What HAProxy calls itself."""
    program = shutil.which("haproxy") or "/usr/sbin/haproxy"
    return subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
