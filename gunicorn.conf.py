"""Read by gunicorn itself when it is started here: its processes count in one folder (see `app/metrics.py`)."""

import os
import shutil
import tempfile

SHARED = "PROMETHEUS_MULTIPROC_DIR"
made = []


def on_starting(_server):
    """A fresh folder for each start, known to the processes before any of them imports what counts."""
    if not os.environ.get(SHARED):
        made.append(tempfile.mkdtemp(prefix="touchstone-metrics-"))
        os.environ[SHARED] = made[0]


def on_exit(_server):
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
