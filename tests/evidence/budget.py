"""Seconds of processor time for a piece of work, more where the machine is slow at the moment: by ratio, in one run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

SIZES = (140_000, 1_000_000)
"""Characters of hostile text: a megabyte, and few enough for a page to be read and not refused by its length."""
USUAL = 0.03
"""Seconds the fixed piece of work takes on a machine that gives a budget its plain meaning."""


@contextmanager
def seconds(limit: float) -> Iterator[None]:
    """Fail when the block took more, on this process's own clock, than a machine of usual speed would take."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    if took >= limit:
        slower = max(_piece() for _ in range(3)) / USUAL
        assert took < limit * max(1.0, slower), (
            f"{took:.2f} s, on a machine {slower:.1f} times as slow as usual"
        )


def _piece() -> float:
    """Seconds of a fixed piece of work, of the sort that readers do."""
    began = time.process_time()
    made = {str(number): (number, [number]) for number in range(60_000)}
    sorted(made, key=made.__getitem__)
    return time.process_time() - began
