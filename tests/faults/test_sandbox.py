"""Attack programs through the runner that reads evidence, in every level this machine has."""

import json
import os
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from worker import sandbox
from worker.reports import parse
from worker.sandbox import LEVELS, MIB, NoSandbox, open_to_child, probe

PROGRAMS = Path(__file__).parent / "programs"
PROMISE = 512 * MIB
WALLED = ("bubblewrap", "landlock")


@pytest.fixture(scope="session")
def levels():
    """The sandboxes that work here, by level."""
    found = {}
    for level in LEVELS:
        try:
            found[level] = probe([level])
        except NoSandbox:
            continue
    return found


@pytest.fixture(params=LEVELS)
def box(request, levels):
    """A sandbox of one level that runs the attack programs; where the level is missing, the one that replaces it."""
    real = levels.get(request.param) or levels["limits"]
    return replace(real, code=PROGRAMS, visible=(PROGRAMS,), warm=())


@pytest.fixture
def evidence():
    """Files where the child's account may come: pytest's own folders are closed to it."""
    with TemporaryDirectory(prefix="touchstone-evidence-") as folder:

        def write(name="evidence.txt", text="x\n"):
            path = Path(folder, name)
            path.write_text(text)
            open_to_child(path)
            return path

        yield write


@pytest.mark.parametrize("mode", [0o1777, 0o777, 0o770])
def test_a_folder_that_others_may_write_to_keeps_its_mode(tmp_path, mode):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    (shared / "evidence.txt").write_text("x\n")

    with pytest.raises(PermissionError, match="not a folder of the worker's own"):
        open_to_child(shared / "evidence.txt")

    assert shared.stat().st_mode & 0o7777 == mode


def attack(box, name, file, *, asked_to_stop=lambda: False):
    """Run one attack; whatever it does, none of its processes outlives the run."""
    outcome = box.run("attacks", [name], file, asked_to_stop=asked_to_stop)
    assert _attackers() == []
    return outcome


def _attackers():
    """Processes that still run an attack program."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"confined.py" in command and str(PROGRAMS).encode() in command:
            found.append(pid)
    return found


def test_the_strongest_level_that_works_is_chosen(levels):
    chosen = probe()

    assert chosen.level == next(iter(levels))


def test_a_level_that_does_not_work_is_named_with_its_reason():
    with pytest.raises(NoSandbox) as refused:
        probe([])

    assert str(refused.value) == ""


def test_a_memory_hog_ends_below_the_promise(box, evidence):
    outcome = attack(box, "grab_memory", evidence())

    assert outcome.stopped == "memory" or "MemoryError" in outcome.complaint
    assert outcome.peak < PROMISE


def test_several_processes_have_no_more_memory_than_one(box, evidence):
    outcome = attack(box, "grab_memory_together", evidence())

    assert outcome.stopped == "memory"


@pytest.mark.parametrize("program", ["burn", "sleep", "close_and_sleep"])
def test_what_does_not_end_is_ended(box, evidence, program):
    hasty = replace(box, bounds=replace(box.bounds, seconds=1))

    outcome = attack(hasty, program, evidence())

    assert (outcome.stopped, outcome.status) == ("time", -signal.SIGKILL)
    assert 1000 <= outcome.took_ms < 6000


def test_a_flood_of_output_is_cut(box, evidence):
    outcome = attack(box, "flood", evidence())

    assert outcome.stopped == "output"
    assert len(outcome.output) <= box.bounds.output + (1 << 16)


def test_many_files_do_not_fill_the_disk(box, evidence):
    outcome = attack(box, "fill_disk", evidence())

    assert outcome.stopped == "disk"


def test_one_file_does_not_fill_the_disk(box, evidence):
    outcome = attack(box, "write_one_large_file", evidence())

    assert outcome.status == 1
    assert "File too large" in outcome.complaint


def test_a_fork_bomb_ends(box, evidence):
    outcome = attack(box, "fork", evidence())

    assert outcome.stopped == "memory" or json.loads(outcome.output)["made"] < sandbox.LIMITS["NPROC"]


def test_nothing_is_left_behind(box, evidence):
    outcome = attack(box, "leave_something_behind", evidence())

    assert outcome.output == b"left\n"


def test_a_crash_is_told_apart_from_a_report(box, evidence):
    outcome = attack(box, "crash", evidence())

    assert outcome.status not in (0, 1)
    assert outcome.stopped is None


@pytest.mark.parametrize(
    ("program", "status", "complaint"),
    [("end_with_a_number", 3, ""), ("end_with_words", 1, "cannot go on\n"), ("end_without_a_word", 0, "")],
)
def test_a_child_ends_with_its_own_status_and_all_it_said(box, evidence, program, status, complaint):
    outcome = attack(box, program, evidence())

    assert (outcome.status, outcome.output, outcome.complaint) == (status, b"begun\n", complaint)


def test_nothing_on_loopback_is_reached(box, evidence):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = attack(box, "connect", evidence(f"{port}.txt"))

    reached = json.loads(outcome.output)["loopback"]
    assert (reached == "connected") is (box.level not in WALLED)


def test_the_project_and_the_environment_are_not_seen(box, evidence):
    wanted = [str(sandbox.ROOT / "config.py"), "/etc/shadow", f"/proc/{os.getpid()}/environ"]

    outcome = attack(box, "look_around", evidence(text=json.dumps(wanted)))

    seen = json.loads(outcome.output)
    assert set(seen["environment"]) - {"PWD"} == {"HOME", "LC_ALL", "PATH", "TMPDIR", "TZ"}
    if box.level in WALLED:
        assert set(seen["seen"].values()) <= {"FileNotFoundError", "PermissionError"}


def test_the_child_is_not_root_unless_the_level_says_so(box, evidence):
    outcome = attack(box, "look_around", evidence(text="[]"))

    is_root = json.loads(outcome.output)["uid"] == 0
    assert is_root is box.label.endswith("as root")


def test_root_is_not_won_back(box, evidence):
    outcome = attack(box, "become_root", evidence())

    assert (outcome.output == b"root\n") is box.label.endswith("as root")


def test_the_worker_cannot_be_signalled(box, evidence):
    outcome = attack(box, "end_the_parent", evidence())

    assert (outcome.output == b"may\n") is (box.level == "limits" and (box.uid is None))


def test_the_child_is_ended_when_the_worker_must_stop(box, evidence):
    began = time.monotonic()

    outcome = attack(box, "sleep", evidence(), asked_to_stop=lambda: time.monotonic() - began > 0.5)

    assert outcome.stopped == "asked"


def test_evidence_is_read_in_every_level(levels, evidence):
    samples = sandbox.ROOT / "app" / "evidence" / "postgres_plan" / "samples"
    file = evidence("plan.txt", (samples / "before.txt").read_text())

    outcomes = [
        level.run("app.evidence", ["check", "--json"], file, asked_to_stop=lambda: False)
        for level in levels.values()
    ]

    reports = [parse(outcome.output) for outcome in outcomes]
    assert {report.kind for report in reports} == {"postgres_plan"}
    assert all(report == reports[0] for report in reports)


def test_a_large_table_is_counted_below_the_promise(levels, evidence):
    rows = "".join(f"2026-11-01T10:00:{n % 60:02d}Z,200,{n % 9973 / 7:.3f}\n" for n in range(200_000))
    file = evidence("requests.csv", "ts,status,latency_ms\n" + rows)

    outcomes = [
        level.run("app.evidence", ["check", "--json"], file, asked_to_stop=lambda: False)
        for level in levels.values()
    ]

    assert {parse(outcome.output).kind for outcome in outcomes} == {"latency_table"}
    assert max(outcome.peak for outcome in outcomes) < PROMISE
