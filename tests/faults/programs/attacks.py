"""What a hostile file might do once it had taken over the check. Run as `python -m attacks NAME… FILE`."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path


def grab_memory():
    held = []
    while True:
        held.append(b"\x01" * (8 << 20))


def grab_memory_together():
    for _ in range(3):
        if os.fork() == 0:
            held = b"\x01" * (200 << 20)
            time.sleep(60)
            print(len(held))
    time.sleep(60)


def burn():
    while True:
        pass


def sleep():
    time.sleep(1000)


def close_and_sleep():
    os.close(1)
    os.close(2)
    time.sleep(1000)


def flood():
    while True:
        os.write(1, b"x" * 65536)


def fill_disk():
    for number in range(10_000):
        with open(f"{os.environ['TMPDIR']}/{number}", "wb") as file:
            file.write(b"\x01" * (4 << 20))


def write_one_large_file():
    with open(f"{os.environ['TMPDIR']}/large", "wb") as file:
        for _ in range(1000):
            file.write(b"\x01" * (1 << 20))


def fork():
    made = 0
    try:
        while made < 300:
            if os.fork() == 0:
                time.sleep(60)
            made += 1
    except OSError:
        pass
    print(json.dumps({"made": made}), flush=True)


def leave_something_behind():
    """Fork, leave the session, be nobody's child, stay."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for stream in (0, 1, 2):
                os.close(stream)
            time.sleep(600)
        os._exit(0)
    print("left")


def connect():
    tried = {}
    port = int(os.path.basename(sys.argv[-1]).split(".")[0])
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
        tried["loopback"] = "connected"
    except OSError as error:
        tried["loopback"] = type(error).__name__
    print(json.dumps(tried))


def look_around():
    """Which of the places named in the evidence can be read, and who we are."""
    with open(sys.argv[-1]) as file:
        wanted = json.load(file)
    seen = {}
    for path in wanted:
        try:
            seen[path] = os.listdir(path) if os.path.isdir(path) else Path(path).read_text()[:20]
        except OSError as error:
            seen[path] = type(error).__name__
    print(json.dumps({"seen": seen, "environment": sorted(os.environ), "uid": os.getuid()}))


def become_root():
    try:
        os.setuid(0)
        print("root")
    except OSError as error:
        print(type(error).__name__)


def end_the_parent():
    try:
        os.kill(os.getppid(), 0)
        print("may")
    except OSError as error:
        print(type(error).__name__)


def trace():
    print(subprocess.run(["/bin/sh", "-c", "echo shell"], capture_output=True, text=True).stdout)


def crash():
    os.abort()


def end_with_a_number():
    print("begun")
    sys.exit(3)


def end_with_words():
    print("begun")
    sys.exit("cannot go on")


def end_without_a_word():
    print("begun")


globals()[sys.argv[1]]()
