"""Children end with us, however we end."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from embedded.process import Child, Unstartable, free_port, is_listening, wait_until
from embedded.scratch import Scratch
from tests.embedded.children import ROOT, is_gone, run_and_kill

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"


def test_a_child_is_stopped_by_the_signal_it_understands():
    child = Child(
        [sys.executable, "-c", STUBBORN], name="stubborn", parting=signal.SIGINT, output=subprocess.PIPE
    )
    with child.output:
        child.output.read(3)

        assert child.stop() == -signal.SIGINT

    assert not child.is_running()


def test_a_child_heeds_its_signal_even_if_we_were_told_to_ignore_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does to what it starts with &
    try:
        child = Child(
            [sys.executable, "-c", STUBBORN], name="stubborn", parting=signal.SIGINT, output=subprocess.PIPE
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with child.output:
        child.output.read(3)

        assert child.stop() == -signal.SIGINT


def test_a_child_that_will_not_end_is_killed_with_its_group():
    program = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid); {STUBBORN}"
    child = Child([sys.executable, "-c", program], name="stubborn", output=subprocess.PIPE)
    with child.output:
        told = [child.output.readline().decode().strip() for _ in ("its number", "up", "up")]

        assert child.stop(patience=0.2) == -signal.SIGKILL

    (grandchild,) = [int(word) for word in told if word.isdigit()]
    assert is_gone(grandchild)


def test_a_child_dies_when_its_parent_is_killed():
    child, ready = run_and_kill(
        """
        import sys, time
        from embedded.process import Child
        child = Child([sys.executable, "-c", "import time; time.sleep(99)"], name="sleeper")
        print(child.pid, 1, flush=True)
        time.sleep(99)
        """
    )

    assert ready == 1
    assert is_gone(child)


def test_a_stubborn_child_dies_too_if_its_orphan_signal_is_kill():
    (child,) = run_and_kill(
        f"""
        import signal, subprocess, sys, time
        from embedded.process import Child
        words = [sys.executable, "-c", {STUBBORN!r}]
        child = Child(words, name="stubborn", orphaned=signal.SIGKILL, output=subprocess.PIPE)
        child.output.read(3)
        print(child.pid, flush=True)
        time.sleep(99)
        """
    )

    assert is_gone(child)


def test_a_part_that_ends_instead_of_starting_is_reported():
    child = Child([sys.executable, "-c", "raise SystemExit(3)"], name="broken")

    with pytest.raises(Unstartable) as reason:
        wait_until(lambda: False, child, seconds=30, complaint=lambda: "It broke.")

    assert str(reason.value) == "It broke."
    assert not child.is_running()


def test_a_part_that_takes_too_long_is_stopped():
    child = Child([sys.executable, "-c", "import time; time.sleep(99)"], name="slow")

    with pytest.raises(Unstartable):
        wait_until(lambda: False, child, seconds=0.1, complaint=lambda: "Too slow.")

    assert not child.is_running()


def test_a_free_port_is_one_nobody_listens_on():
    assert not is_listening(free_port())


def test_a_scratch_folder_is_private_short_and_removed():
    scratch = Scratch("test")
    mode = scratch.path.stat().st_mode & 0o777
    (scratch.path / "file").write_text("x")

    scratch.remove()

    assert mode == 0o700
    assert len(str(scratch.path / ".s.PGSQL.5432.lock")) < 108
    assert not scratch.path.exists()


def test_the_scratch_folder_of_a_killed_process_is_swept_and_a_held_one_is_not():
    held = Scratch("test")
    program = (
        "import time; from embedded.scratch import Scratch; "
        "print(Scratch('test').path, flush=True); time.sleep(99)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        abandoned = Path(process.stdout.readline().strip())
        process.send_signal(signal.SIGKILL)
    was_there = abandoned.exists()

    Scratch("test").remove()

    assert (was_there, abandoned.exists(), held.path.exists()) == (True, False, True)
    held.remove()


def test_what_was_never_held_is_not_swept():
    foreign = Path(tempfile.gettempdir()) / f"touchstone-foreign-{os.getpid()}"
    foreign.mkdir()

    Scratch("test").remove()

    assert foreign.exists()
    foreign.rmdir()
