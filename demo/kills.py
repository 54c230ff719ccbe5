"""Kill instances of a little shop behind a real HAProxy, under steady load; both ways of the demo's configuration.

    python -m demo.kills [SECONDS]        writes kills*.csv and requests*.csv.gz to demo/evidence/; needs haproxy

The client sends fifty requests a second at fixed times, reads and writes mixed, and writes down every answer and who
gave it. One instance is killed by KILL, one by TERM, which it answers by failing /readyz and serving on for a while.
"""

import asyncio
import csv
import gzip
import http.client
import io
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

OUT = Path(__file__).parent / "evidence"
RATE, CLIENTS = 50, 5
DRAIN, LEAVING = 2.5, 0.5
PATHS = ("GET /orders", "GET /orders/17", "POST /orders", "GET /basket", "POST /basket/items", "GET /account")
FRONT = 7780


async def serve(name, port):
    """An instance: answers in a few milliseconds; after TERM not ready, then it asks clients to leave, then it ends."""
    stop, state = asyncio.Event(), {"ready": True, "leaving": False}

    async def answer(reader, writer):
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                length = re.search(r"content-length: (\d{1,6})", head, re.IGNORECASE)
                await reader.readexactly(int(length[1]) if length else 0)
                is_probe = head.startswith("GET /readyz")
                await asyncio.sleep(0 if is_probe else 0.006)
                status = "503 Service Unavailable" if is_probe and not state["ready"] else "200 OK"
                last = "Connection: close\r\n" if state["leaving"] else ""
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Length: 3\r\nX-Served-By: {name}\r\n{last}\r\nok\n".encode()
                )
                await writer.drain()
                if last:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    state["ready"] = False
    await asyncio.sleep(DRAIN)
    state["leaving"] = True
    await asyncio.sleep(LEAVING)
    server.close()


class Shop:
    """The balancer and its instances, as a configuration of the demo says, moved to loopback."""

    def __init__(self, config, folder):
        text = (OUT / config).read_text()
        self.ports, self.running = {}, {}
        for place, (name, address) in enumerate(re.findall(r"^ +server (\S+) (\S+)", text, re.M), 1):
            self.ports[name] = 7780 + place
            text = text.replace(address, f"127.0.0.1:{7780 + place}")
        path = Path(folder) / "haproxy.cfg"
        path.write_text(text.replace("bind :8080", f"bind 127.0.0.1:{FRONT}"))
        for name in self.ports:
            self.start(name)
            self.wait(name)
        self.balancer = subprocess.Popen(["haproxy", "-db", "-f", str(path)])
        time.sleep(4)  # the checks, and the slow start after them

    def start(self, name):
        command = [sys.executable, "-m", "demo.kills", "serve", name, str(self.ports[name])]
        self.running[name] = subprocess.Popen(command)

    def wait(self, name):
        """Until it is ready; when that was."""
        while True:
            try:
                probe = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=0.3)
                probe.request("GET", "/readyz")
                if probe.getresponse().status == 200:
                    return time.time()
            except OSError:
                time.sleep(0.03)

    def kill(self, name, how, down):
        """One row of the kill log."""
        began = time.time()
        self.running[name].send_signal(how)
        self.running[name].wait()
        time.sleep(max(0.0, began + down - time.time()))
        self.start(name)
        return stamp(began), name, how.name.removeprefix("SIG"), stamp(self.wait(name))

    def close(self):
        for process in (self.balancer, *self.running.values()):
            process.kill()
            process.wait()


def client(rows, first, end):
    """Requests at fixed times, whatever became of the last one; a connection that was cut is opened again."""
    connection, number, due = None, first, time.time() + first / RATE
    while due < end:
        time.sleep(max(0.0, due - time.time()))
        method, path = PATHS[number % len(PATHS)].split()
        began, status, served = time.time(), 0, ""
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", FRONT, timeout=4)
            connection.request(method, path, body=b"x=1" if method == "POST" else None)
            answer = connection.getresponse()
            answer.read()
            status, served = answer.status, answer.getheader("x-served-by") or ""
        except (OSError, http.client.HTTPException):
            connection = None
        rows.append((stamp(began), method, path, status, f"{(time.time() - began) * 1000:.1f}", served))
        number, due = number + 1, due + CLIENTS / RATE


def run(config, seconds, kills):
    """What the client saw, and the kills."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(config, folder)
        rows, began = [], time.time()
        clients = [threading.Thread(target=client, args=(rows, at, began + seconds)) for at in range(CLIENTS)]
        for one in clients:
            one.start()
        found = []
        for part, name, how, down in kills:
            time.sleep(max(0.0, began + part * seconds - time.time()))
            found.append(shop.kill(name, how, down))
        for one in clients:
            one.join()
        shop.close()
    return sorted(rows), found


def stamp(moment):
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def table(head, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head.split(","), *rows])
    return text.getvalue().encode()


def main(seconds):
    hard = (("", "haproxy.cfg"), ("-blind", "haproxy-blind.cfg"))
    for suffix, config in hard:
        kills = ((0.2, "app-2", signal.SIGKILL, 9), (0.6, "app-1", signal.SIGTERM, 9))
        rows, found = run(config, seconds, kills)
        (OUT / f"kills{suffix}.csv").write_bytes(table("time,instance,signal,back", found))
        log = table("time,method,path,status,duration_ms,instance", rows)
        (OUT / f"requests{suffix}.csv.gz").write_bytes(gzip.compress(log, mtime=0))
        print(config, len(rows), "requests,", sum(row[3] != 200 for row in rows), "failed")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], int(sys.argv[3])))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 75.0)
