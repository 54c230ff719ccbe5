"""Throughput of the queue page against a bare Flask view on the same server, by ratio in one run.

    python -m bench.queue [SUBMISSIONS …]     (default: 1000 100000)

The bare view (`bench.bare`) makes four indexed queries and renders a page of the same size from a compiled template.
The last line compares the largest queue with the smallest, each by the yardstick's time in the same rounds.
"""

import sys

from bench.side_by_side import compare, world


def main(sizes):
    costs = []
    with world() as (made, portal, bare):
        cookie = made.cookie(made.reviewer)
        for size in sizes:
            made.seed(size)
            weight = len(portal.ask("GET", "/queue", cookie=cookie)[0])
            costs.append(
                compare(
                    f"queue of {size}, {weight} bytes",
                    (portal, lambda: portal.ask("GET", "/queue", cookie=cookie)),
                    (bare, lambda weight=weight: bare.ask("GET", f"/page/{weight}")),
                )
            )
    print(f"largest against smallest queue: {costs[-1] / costs[0]:.2f} times the time of a page")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 100_000])
