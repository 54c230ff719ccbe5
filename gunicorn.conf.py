"""Read by gunicorn itself when it is started here: its processes count in one folder, and an answer leaves whole."""

import os
import shutil
import tempfile

from gunicorn.http import wsgi

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # see app/metrics.py
made = []


def on_starting(_server):
    """A fresh folder for each start, known to the processes before any of them imports what counts."""
    if not os.environ.get(SHARED):
        made.append(tempfile.mkdtemp(prefix="touchstone-metrics-"))
        os.environ[SHARED] = made[0]


def on_exit(_server):
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


class Held:
    """A connection that keeps what it is given first, the headers, until the body comes."""

    def __init__(self, connection):
        self.connection, self.headers = connection, None

    def sendall(self, data):
        if self.headers is None:
            self.headers = data
            return
        self.connection.sendall(self.headers + data if self.headers else data)
        self.headers = b""

    def sendfile(self, *place, **span):
        self.let_go()
        return self.connection.sendfile(*place, **span)

    def let_go(self):
        if self.headers:
            self.connection.sendall(self.headers)
            self.headers = b""

    def __getattr__(self, name):
        return getattr(self.connection, name)


class Whole(wsgi.Response):
    """Headers and page in one write: a process that is killed has sent all of it or none.

    gunicorn writes them apart. A balancer asks another instance when it got nothing; once it has passed on headers
    nobody can mend the page that ends in the middle. It is a packet less, too.
    """

    def __init__(self, req, sock, cfg):
        super().__init__(req, Held(sock), cfg)

    def close(self):
        super().close()
        self.sock.let_go()


wsgi.Response = Whole
