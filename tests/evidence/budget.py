"""Two seconds of processor time for a megabyte, more where the machine is slow at the moment: by ratio, in one run."""

import time

SECONDS = 2.0
TIMES = 65
"""How many times a fixed piece of work fits into a budget that has grown."""


def allowed() -> float:
    """The budget for the processor as fast as it is now; ask right after the work that is measured."""
    began = time.process_time()
    made = {str(number): (number, [number]) for number in range(60_000)}
    sorted(made, key=made.__getitem__)
    return max(SECONDS, TIMES * (time.process_time() - began))
