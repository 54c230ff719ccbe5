"""The portal as gunicorn sends it: every answer arrives whole, with its headers and its page in one piece."""

import runpy
import socket
import sys
from dataclasses import dataclass

import pytest
import requests
from gunicorn.config import Config
from gunicorn.http import wsgi

from embedded.process import LOOPBACK, Child, free_port, wait_until
from tests.conftest import ROOT, environment


@pytest.fixture(scope="module")
def port(postgres, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("gunicorn"), free_port()
    env = environment(postgres.app_url(), postgres.owner_url(), folder) | {"PATH": "", "TMPDIR": str(folder)}
    words = ("-m", "gunicorn", "wsgi:app", "-k", "gthread", "--threads", "2", "--workers", "1")
    bound = ("--bind", f"{LOOPBACK}:{port}", "--no-control-socket", "--log-level", "warning")
    log = folder / "log"
    with log.open("wb") as output:
        web = Child([sys.executable, *words, *bound], name="web", env=env, cwd=ROOT, output=output)
    wait_until(lambda: lives(port), web, seconds=90, complaint=log.read_text)
    yield port
    web.stop()


def lives(port):
    try:
        return requests.get(f"http://{LOOPBACK}:{port}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def first_piece(port, method, path):
    """What the first read gives, and all that came until the end."""
    with socket.create_connection((LOOPBACK, port), timeout=20) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        first = line.recv(1 << 20)
        rest = b"".join(iter(lambda: line.recv(1 << 20), b""))
    return first, first + rest


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", b"200"),
        ("GET", "/sign-in", b"200"),
        ("GET", "/no-such-page", b"404"),
        ("GET", "/queue", b"303"),
        ("HEAD", "/", b"200"),
        ("POST", "/", b"403"),
    ],
)
def test_headers_and_page_come_in_one_piece(port, method, path, status):
    first, whole = first_piece(port, method, path)

    headers, _, body = whole.partition(b"\r\n\r\n")
    length = next(line for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert first == whole
    assert headers.split()[1] == status
    assert len(body) == (0 if method == "HEAD" else int(length.split(b":")[1]))


@dataclass
class Asked:
    """As much of a request as its answer looks at."""

    method: str = "GET"
    version: tuple = (1, 1)

    def should_close(self):
        return True


@pytest.fixture
def written(monkeypatch):
    """`written(request, headers, *pieces)`: the writes of an answer, on a socket that keeps them apart."""
    monkeypatch.setattr(wsgi, "Response", wsgi.Response)  # given back at the end
    whole = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["Whole"]

    def write(asked, headers, *pieces):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            answer = whole(asked, ours, Config())
            answer.start_response("200 OK", headers)
            for piece in pieces:
                answer.write(piece)
            answer.close()
            ours.shutdown(socket.SHUT_WR)
            return list(iter(lambda: theirs.recv(1 << 16), b""))

    return write


def test_an_answer_is_one_write(written):
    (message,) = written(Asked(), [("Content-Length", "5")], b"hello")

    assert message.startswith(b"HTTP/1.1 200 OK\r\n")
    assert message.endswith(b"\r\n\r\nhello")


def test_what_comes_in_pieces_has_its_headers_with_the_first(written):
    first, *rest = written(Asked(), [("Content-Length", "10")], b"hello", b"world")

    assert first.endswith(b"\r\n\r\nhello")
    assert rest == [b"world"]


def test_an_answer_without_a_page_is_sent_when_it_ends(written):
    (message,) = written(Asked("HEAD"), [("Content-Length", "5")])

    assert message.endswith(b"\r\n\r\n")


def test_an_answer_of_unknown_length_is_chunked_as_ever(written):
    first, *rest = written(Asked(), [], b"hello", b"world")

    assert first.endswith(b"\r\n\r\n5\r\nhello\r\n")
    assert rest == [b"5\r\nworld\r\n", b"0\r\n\r\n"]


def test_a_file_arrives_as_it_lies_there(port):
    """Sent by the kernel from the file itself, after its headers."""
    for name in ("portal.css", "icons.svg"):
        answer = requests.get(f"http://{LOOPBACK}:{port}/static/{name}", timeout=20)

        assert (answer.status_code, answer.content) == (200, (ROOT / "static" / name).read_bytes())


def test_many_answers_over_one_connection_keep_apart(port):
    with requests.Session() as browser:
        pages = [
            browser.get(f"http://{LOOPBACK}:{port}{path}", timeout=20)
            for path in ("/", "/static/portal.css", "/healthz", "/no-such-page", "/") * 3
        ]

    assert [page.status_code for page in pages] == [200, 200, 200, 404, 200] * 3
    assert len({page.text for page in pages[::5]}) == 1
