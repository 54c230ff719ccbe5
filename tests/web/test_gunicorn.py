"""The portal as gunicorn sends it: every answer arrives whole, with its headers and its page in one piece."""

import socket
import sys

import pytest
import requests

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
