"""Waiting for something to come true, and saying what for when it does not."""

import time

from embedded.process import Unstartable


def until(ready, *, seconds, what):
    """Ask twenty times a second; raises `Unstartable` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise Unstartable(f"Waited {seconds} s in vain for {what}.")
        time.sleep(0.05)
