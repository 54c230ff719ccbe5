"""A child in waiting reads as a fresh one does, and is never in the way."""

import contextlib
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.worker.conftest import PLAN
from tests.worker.parts import until
from worker.context import READER
from worker.reports import parse
from worker.sandbox import open_to_child
from worker.spares import Spares
from worker.watching import children


@pytest.fixture
def spares(box):
    with contextlib.closing(Spares(box, READER)) as spares:
        yield spares


@pytest.fixture
def file():
    with TemporaryDirectory(prefix="touchstone-evidence-") as folder:
        path = Path(folder, "plan.txt")
        path.write_bytes(PLAN)
        open_to_child(path)
        yield path


def read(spares, file):
    outcome = spares.run(["check", "--json"], file, asked_to_stop=lambda: False)
    return parse(outcome.output)


def test_a_child_in_waiting_gives_the_report_of_a_fresh_one(spares, file):
    fresh = read(spares, file)
    spares.keep()

    assert fresh.kind == "postgres_plan"
    assert [read(spares, file), read(spares, file)] == [fresh, fresh]


def test_it_is_the_one_in_waiting_that_reads(spares, file, monkeypatch):
    spares.keep()
    monkeypatch.setattr(spares, "_unwarmed", None)  # there is nothing to start another from

    assert read(spares, file).kind == "postgres_plan"


def test_one_child_waits_between_two_files(spares, file):
    before = set(children(os.getpid()))
    spares.keep()
    first = set(children(os.getpid())) - before

    read(spares, file)
    second = set(children(os.getpid())) - before

    assert (len(first), len(second)) == (1, 1)
    assert first != second


def test_a_child_that_died_while_it_waited_is_replaced(spares, file):
    before = set(children(os.getpid()))
    spares.keep()
    (waiting,) = set(children(os.getpid())) - before
    os.kill(waiting, signal.SIGKILL)
    assert until(lambda: Path(f"/proc/{waiting}/stat").read_text().split()[2] == "Z", seconds=5)

    assert read(spares, file).kind == "postgres_plan"


def test_nothing_is_left_when_it_is_closed(box, file, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(children(os.getpid()))
    spares = Spares(box, READER)
    spares.keep()
    assert list(tmp_path.iterdir()) != []

    spares.close()

    assert set(children(os.getpid())) == before
    assert list(tmp_path.iterdir()) == []
