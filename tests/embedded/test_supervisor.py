"""Programs side by side: logs, restarts, an orderly end, and no orphans however the supervisor ends."""

import os
import signal
import socket
import subprocess
import sys
import textwrap

import pytest

from embedded.process import Unstartable
from embedded.supervisor import Program, Supervisor
from tests.embedded.children import ROOT, is_gone, run_and_kill

SLEEP = "import time; print('up', flush=True); time.sleep(99)"


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(said):
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()


def program(name, code, **other):
    return Program(name, [sys.executable, "-c", textwrap.dedent(code)], dict(os.environ), ROOT, **other)


def heard(said, name, text):
    return lambda: f"{name:<8}| {text}" in said


def test_it_waits_until_a_program_is_ready_and_shows_what_it_says(supervisor, said):
    supervisor.start(program("web", SLEEP), ready=heard(said, "web", "up"))

    assert said == ["web     | up"]


def test_lines_come_whole_and_the_last_one_without_its_end(supervisor, said):
    code = "import sys; sys.stdout.write('one\\ntw'); sys.stdout.flush(); sys.stderr.write('o\\nthree')"
    supervisor.start(program("web", code), ready=lambda: True)

    with pytest.raises(Unstartable):
        supervisor.watch()

    assert said == ["web     | one", "web     | two", "web     | three"]


def test_a_program_that_ends_instead_of_starting_is_named(supervisor, said):
    with pytest.raises(Unstartable) as reason:
        supervisor.start(program("web", "print('no database'); raise SystemExit(1)"), ready=lambda: False)

    assert str(reason.value) == "The web did not become ready; its last lines are above."
    assert said == ["web     | no database"]


def test_the_end_of_what_must_not_end_ends_the_watch(supervisor):
    supervisor.start(program("web", "pass"), ready=lambda: True)

    with pytest.raises(Unstartable) as reason:
        supervisor.watch()

    assert str(reason.value) == "The web has ended (status 0)."


def test_a_worker_that_dies_is_started_again_ever_more_slowly(supervisor, said, tmp_path):
    """It dies three times; the fourth life makes the web end, which ends the watch."""
    count, done = tmp_path / "count", tmp_path / "done"
    dying = f"""
        import pathlib
        count, done = pathlib.Path({str(count)!r}), pathlib.Path({str(done)!r})
        lives = len(count.read_text()) if count.exists() else 0
        count.write_text("x" * (lives + 1))
        done.touch() if lives == 3 else None
        raise SystemExit(7)
    """
    waiting = f"import pathlib, time\nwhile not pathlib.Path({str(done)!r}).exists(): time.sleep(0.02)"
    supervisor.start(program("web", waiting), ready=lambda: True)
    supervisor.start(program("worker", dying, restarts=True), ready=lambda: True)

    with pytest.raises(Unstartable, match="The web has ended"):
        supervisor.watch()

    pauses = [line for line in said if "ended" in line][:3]
    assert pauses == [
        "worker  | ended (status 7); starts again in 0 s",
        "worker  | ended (status 7); starts again in 2 s",
        "worker  | ended (status 7); starts again in 4 s",
    ]


def test_a_command_runs_to_its_end_while_the_others_are_heard(supervisor, said, tmp_path):
    """The web writes more than a pipe holds: the command only ends once somebody has read it."""
    flood = f"""
        import pathlib, time
        print("up", flush=True)
        for number in range(200): print("x" * 1000)
        print("through", flush=True)
        pathlib.Path({str(tmp_path / "done")!r}).touch()
        time.sleep(99)
    """
    wait = f"""
        import pathlib, time
        while not pathlib.Path({str(tmp_path / "done")!r}).exists(): time.sleep(0.02)
        raise SystemExit(5)
    """
    supervisor.start(program("web", flood), ready=heard(said, "web", "up"))

    status = supervisor.run(program("load", wait))

    assert status == 5


def test_programs_end_in_reverse_and_their_last_words_are_heard(said):
    code = """
        import os, signal, time
        def end(*_):  # it may come while "up" is being printed
            os.write(1, b"x" * 200_000 + b"\\nbye\\n")
            os._exit(0)
        signal.signal(signal.SIGTERM, end)
        print("up", flush=True)
        time.sleep(99)
    """
    supervisor = Supervisor(said.append)
    for name in ("web", "worker"):
        supervisor.start(program(name, code), ready=heard(said, name, "up"))

    supervisor.stop()

    assert [line for line in said if line.endswith("bye")] == ["worker  | bye", "web     | bye"]


SUPERVISED = f"""
    import os, signal, sys, time
    from pathlib import Path
    from embedded.supervisor import Program, Stopped, Supervisor
    supervisor = Supervisor(lambda line: None)
    words = [sys.executable, "-c", {SLEEP!r}]
    with supervisor.signals():
        try:
            for name in ("web", "worker"):
                supervisor.start(
                    Program(name, words, dict(os.environ), Path(), orphaned=signal.SIGKILL), ready=lambda: True
                )
            print(*[running.child.pid for running in supervisor._programs], flush=True)
            supervisor.watch()
        except Stopped:
            supervisor.stop()
            print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(number):
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISED)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        children = [int(word) for word in process.stdout.readline().split()]
        process.send_signal(number)

        assert process.stdout.read() == "stopped\n"
        assert process.wait(10) == 0

    assert [is_gone(child) for child in children] == [True, True]


def test_a_killed_supervisor_leaves_no_orphans():
    children = run_and_kill(SUPERVISED)

    assert [is_gone(child) for child in children] == [True, True]


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["-m", "embedded", "demo", "--port", str(port), "--data", str(tmp_path / "demo")]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT)

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Port {port} is taken. Stop the program that uses it, or choose another: "
        f"python -m embedded demo --port {port + 1}"
    )
    assert not (tmp_path / "demo").exists()
